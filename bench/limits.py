"""Limits: how near the postman keeps to the rate it is allowed, at an API that answers 429 as Telegram does."""

import tempfile

from bench.api import Api, serving
from bench.letters import emptied, full_outbox
from bench.place import Place, opened
from bench.school import Roll, fill
from bench.sizes import Sizes
from bench.subject import Subject, running
from bench.table import Row, against, judged
from bot.sandbox.limits import Limits as Telegrams
from services.outbox.limits import Limits
from storage.uow import Storage

TARGET = 0.95
AT_ONCE, EVENING = 2, 4  # priorities: news at once; letters that may wait, and leave room for others


async def measure(place: Place, sizes: Sizes) -> list[Row]:
    """Letters/s beside what our own limits allow, and how often the API said 429."""
    roll = Roll(-(-sizes.limited_letters // 30))
    ours = Limits()
    with tempfile.TemporaryDirectory() as folder, place.base() as url:
        storage = await opened(url)
        await fill(storage, roll)
        async with (
            serving() as api,
            running(["-m", "bench.product", "limited", api.url, url], folder, talks=True) as product,
        ):
            api.limit(Telegrams())
            await product.says()
            rates = {
                priority: await _rate(api, product, storage, roll, sizes.limited_letters, priority, burst)
                for priority, burst in ((AT_ONCE, ours.bot_burst), (EVENING, 1))
            }
        await storage.close()
    rows = [
        against(f"limits: {name}, {place.name}", rates[priority], "letters/s", allowed, "≥", TARGET)
        for name, priority, allowed in (
            ("letters at once", AT_ONCE, ours.bot_rate),
            ("evening letters", EVENING, ours.bulk_rate),
        )
    ]
    busiest = max(api.seconds.values())
    return [
        *rows,
        judged(f"limits: told to wait (429), {place.name}", api.refused, "times", "=", 0),
        judged(f"limits: busiest second, {place.name}", busiest, "letters", "≤", Telegrams().bot_per_second),
    ]


async def _rate(
    api: Api, product: Subject, storage: Storage, roll: Roll, letters: int, priority: int, burst: int
) -> float:
    """Letters/s beyond the burst that a rested bot may send at once."""
    await full_outbox(storage, roll, letters, priority)
    await emptied(api, product, letters)
    return (letters - burst) / (api.last_sent - api.first_sent)
