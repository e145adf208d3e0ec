"""Taps: fifty teachers mark their classes through the webhook, each tapping again when the last tap was answered."""

import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

import aiohttp
from sqlalchemy import text

from bench.api import SECRET, TOKEN, Api, serving
from bench.place import Place, opened
from bench.school import TEACHER_USERS, Roll, fill
from bench.sizes import Sizes
from bench.subject import serving_taps
from bench.table import Row, against, judged, middle, percentile
from handlers.callbacks.marks import PutMark
from storage.engine import open_engines
from storage.uow import Storage

MARKS = ("5", "4", "3", "2")
RATE_TARGET, P99_TARGET_MS = 0.5, 250.0

Update = dict[str, Any]


async def measure(place: Place, sizes: Sizes) -> list[Row]:
    """Taps/s of the product and of the bare handler in turns, and the product's p99 at half of its rate."""
    roll = Roll(sizes.teachers, mode="digest")  # no letters go meanwhile: families read in the evening
    rates: list[tuple[float, float]] = []
    slow: list[float] = []
    with tempfile.TemporaryDirectory() as folder, place.base() as ours, place.base() as bare_base:
        storage = await opened(ours)
        await fill(storage, roll)
        await storage.close()
        await _bare_table(bare_base)
        product_words = ["-m", "bench.product", "taps"]
        bare_words = ["-m", "bench.baselines.bare_tap"]
        async with (
            serving() as api,
            serving_taps([*product_words, api.url, ours], folder) as product_hook,
            serving_taps([*bare_words, api.url, TOKEN, bare_base], folder) as bare_hook,
            fingers(api) as finger,
        ):
            product, bare = Teachers(roll, finger, product_hook), Teachers(roll, finger, bare_hook)
            for one in (product, bare):
                await one.flat_out(sizes.warm_up)
            for _ in range(sizes.rounds):
                rates.append((await product.flat_out(sizes.taps), await bare.flat_out(sizes.taps)))
                slow.append(await product.steadily(rates[-1][0] / 2, sizes.steady_taps))
        await _ensure_written(ours, "mark", product.taps)
        await _ensure_written(bare_base, "bare_tap", bare.taps)
    return [
        against(f"taps: flat out, {place.name}", *_sides(rates), "≥", RATE_TARGET),
        judged(
            f"taps: to the answer at half that rate, p99, {place.name}",
            statistics.median(slow),
            "ms",
            "≤",
            P99_TARGET_MS,
        ),
    ]


def _sides(rates: list[tuple[float, float]]) -> tuple[float, str, float]:
    product, bare = middle(rates)
    return product, "taps/s", bare


async def _bare_table(url: str) -> None:
    writer, reader = open_engines(url)
    async with writer.begin() as connection:
        await connection.execute(text("CREATE TABLE bare_tap (who BIGINT, data TEXT)"))
    await writer.dispose()
    await reader.dispose()


async def _ensure_written(url: str, table: str, taps: int) -> None:
    """Raises RuntimeError when what was answered isn't in the base: then something else was measured."""
    storage = Storage(url)
    async with storage.reading() as uow:
        written = (await uow.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one()
    await storage.close()
    if written != taps:
        raise RuntimeError(f"{taps} taps made {written} rows of {table}")


Finger = Callable[[str, Update], Awaitable[float]]
_ids = count(1)


def tap_of(user: int, data: str) -> Update:
    """An update as Telegram would send it."""
    update_id = next(_ids)
    chat = {"id": user, "type": "private", "first_name": "Bench"}
    query = {
        "id": str(update_id),
        "from": {"id": user, "is_bot": False, "first_name": "Bench"},
        "chat_instance": "1",
        "data": data,
        "message": {"message_id": 1, "date": 1, "chat": chat, "text": "x"},
    }
    return {"update_id": update_id, "callback_query": query}


@asynccontextmanager
async def fingers(api: Api, patience: float = 60.0) -> AsyncIterator[Finger]:
    """Something that sends a tap to a webhook and waits for its answer; it returns when the answer came."""
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def tap(hook: str, update: Update) -> float:
            query_id = update["callback_query"]["id"]
            waiter = api.answered[query_id] = asyncio.get_running_loop().create_future()
            async with session.post(hook, json=update, headers=headers) as response:
                if response.status != 200:
                    raise RuntimeError(f"the webhook answered {response.status}")
            try:
                async with asyncio.timeout(patience):
                    ended: float = await waiter
                    return ended
            finally:
                del api.answered[query_id]

        yield tap


class Teachers:
    """Everybody goes through the class, then through it again with another mark."""

    def __init__(self, roll: Roll, finger: Finger, hook: str) -> None:
        self._roll = roll
        self._finger = finger
        self._hook = hook
        self._next = [0] * roll.teachers
        self._chance = random.Random(7)

    @property
    def taps(self) -> int:
        """How many there were."""
        return sum(self._next)

    async def flat_out(self, taps: int) -> float:
        """Every teacher taps as soon as the last tap was answered; taps/s."""
        left = iter(range(taps))

        async def teach(teacher: int) -> None:
            for _ in left:
                await self._finger(self._hook, self._tap(teacher))

        begun = time.perf_counter()
        await asyncio.gather(*(teach(teacher) for teacher in self._roll.teacher_ids))
        return taps / (time.perf_counter() - begun)

    async def steadily(self, rate: float, taps: int) -> float:
        """Taps as people come, at random, so many a second; the 99th percentile from the tap to its answer, ms."""
        loop = asyncio.get_running_loop()
        took: list[float] = []

        async def one(teacher: int, at: float) -> None:
            await asyncio.sleep(max(at - time.perf_counter(), 0.0))
            took.append(await self._finger(self._hook, self._tap(teacher)) - at)

        at, coming = time.perf_counter(), []
        for number in range(taps):
            at += self._chance.expovariate(rate)
            coming.append(loop.create_task(one(number % self._roll.teachers + 1, at)))
        await asyncio.gather(*coming)
        return percentile(took, 99) * 1000

    def _tap(self, teacher: int) -> Update:
        number = self._next[teacher - 1]
        self._next[teacher - 1] += 1
        turn, seat = divmod(number, self._roll.seats)
        button = PutMark(
            work=teacher,
            student=self._roll.student(teacher, seat),
            value=MARKS[turn % len(MARKS)],
            seen=turn,
            page=0,
        )
        return tap_of(TEACHER_USERS + teacher, button.pack())
