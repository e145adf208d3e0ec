"""The product as a subject of measurement: the whole service for taps, its postman alone for letters."""

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

from bench.api import SECRET, TOKEN
from bench.school import NOW
from bot import loop
from bot.app import build, make_offices
from bot.commands_run import serve
from bot.memory import leave_alone_what_stays
from bot.ownership import TTL
from bot.settings import Settings, read_settings
from bot.tasks import Tasks
from bot.telegram import TelegramTransport, make_bot
from handlers.letters import TelegramLetters
from handlers.staff_letters import staff_letters
from services.clock import ShiftedClock
from services.outbox.limits import Limits
from services.outbox.pace import Pace
from services.outbox.postman import Postman
from storage.repositories import owner
from storage.uow import Storage
from storage.vocabulary import BotId


async def taps(api: str, database: str, port: str) -> None:
    """Serve the webhook without limits until terminated."""
    await _serve(api, database, int(port), NOW, Limits.off())


async def storm(api: str, database: str, begins: str, port: str) -> None:
    """Serve the webhook with the messenger's limits from a moment of the school's day on, until terminated."""
    await _serve(api, database, int(port), datetime.fromisoformat(begins), Limits())


async def _serve(api: str, database: str, port: int, now: datetime, limits: Limits) -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_of(api, database, folder, port)
        await serve(build(settings, clock=ShiftedClock(now), limits=limits))


async def letters(api: str, database: str) -> None:
    """Empty the outbox as fast as it goes; see `_post`."""
    await _post(api, database, Limits.off())


async def limited(api: str, database: str) -> None:
    """Empty the outbox as fast as the messenger allows."""
    await _post(api, database, Limits())


async def _post(api: str, database: str, limits: Limits) -> None:
    """Say «ready», work from one line to the next, and again."""
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_of(api, database, folder, 0)
        storage, clock, tasks = Storage(database), ShiftedClock(NOW), Tasks()
        offices = make_offices(settings, storage, clock)
        bot = make_bot(settings)
        postman = Postman(
            storage,
            clock,
            TelegramLetters(staff_letters(offices)),
            TelegramTransport(bot),
            Pace(limits),
            bot_id=BotId(bot.id),
            spawn=tasks.spawn,
        )
        leave_alone_what_stays()
        while True:
            epoch = await _own(storage, BotId(bot.id))
            print("ready", flush=True)
            if not await _line():
                break
            running = tasks.spawn(postman.run(epoch), "postman")
            await _line()
            postman.stop()
            await running
        await bot.session.close()
        await storage.close()


async def _line() -> str:
    return await asyncio.to_thread(sys.stdin.readline)


async def _own(storage: Storage, bot_id: BotId) -> int:
    async with storage.writing() as uow:
        epoch = await owner.acquire(uow, bot_id, "bench", TTL)
    assert epoch is not None  # nobody else has this base
    return epoch


def settings_of(api: str, database: str, folder: str, port: int) -> Settings:
    """The settings of a service on a base, at a local API."""
    return read_settings(
        bot_token=TOKEN,
        bot_api_base=api,
        database_url=database,
        data_dir=Path(folder),
        http_port=port,
        webhook_url=f"http://127.0.0.1:{port}/webhook",
        webhook_secret=SECRET,
        log_level="WARNING",
    )


async def _run(subject: Callable[..., Awaitable[None]], words: list[str]) -> None:
    await subject(*words)


SUBJECTS: dict[str, Callable[..., Awaitable[None]]] = {
    "taps": taps,
    "storm": storm,
    "letters": letters,
    "limited": limited,
}

if __name__ == "__main__":
    subject, *words = sys.argv[1:]
    loop.run(_run(SUBJECTS[subject], words))
