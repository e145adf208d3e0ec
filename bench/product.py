"""The product as a subject of measurement: the whole service for taps, its postman alone for letters."""

import asyncio
import contextlib
import signal
import sys
import tempfile
from pathlib import Path

from bench.api import SECRET, TOKEN
from bench.school import NOW
from bot.app import build, make_offices
from bot.settings import Settings, read_settings
from bot.tasks import Tasks
from bot.telegram import TelegramTransport, make_bot
from handlers.letters import TelegramLetters
from handlers.staff_letters import staff_letters
from services.clock import ShiftedClock
from services.outbox.limits import Limits
from services.outbox.pace import Pace
from services.outbox.postman import Postman
from storage.uow import Storage
from storage.vocabulary import BotId


async def taps(api: str, database: str, port: str) -> None:
    """Serve the webhook until terminated."""
    with tempfile.TemporaryDirectory() as folder:
        settings = _settings(api, database, folder, int(port))
        app = build(settings, clock=ShiftedClock(NOW), limits=Limits.off())
        await app.start()
        await _terminated()
        await app.stop()


async def letters(api: str, database: str) -> None:
    """Say «ready», wait for a line, then empty the outbox until terminated."""
    with tempfile.TemporaryDirectory() as folder:
        settings = _settings(api, database, folder, 0)
        storage, clock, tasks = Storage(database), ShiftedClock(NOW), Tasks()
        offices = make_offices(settings, storage, clock)
        bot = make_bot(settings)
        postman = Postman(
            storage,
            clock,
            TelegramLetters(staff_letters(offices)),
            TelegramTransport(bot),
            Pace(Limits.off()),
            bot_id=BotId(bot.id),
            spawn=tasks.spawn,
        )
        epoch = await _own(storage, BotId(bot.id))
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        running = tasks.spawn(postman.run(epoch), "postman")
        await _terminated()
        postman.stop()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(running, 5)
        await bot.session.close()
        await storage.close()


async def _own(storage: Storage, bot_id: BotId) -> int:
    from bot.ownership import TTL
    from storage.repositories import owner

    async with storage.writing() as uow:
        epoch = await owner.acquire(uow, bot_id, "bench", TTL)
    assert epoch is not None  # nobody else has this base
    return epoch


def _settings(api: str, database: str, folder: str, port: int) -> Settings:
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


async def _terminated() -> None:
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    await ended.wait()


if __name__ == "__main__":
    subject, *words = sys.argv[1:]
    asyncio.run(taps(*words) if subject == "taps" else letters(*words))
