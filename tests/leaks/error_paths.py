"""A process in which everything fails, with canaries in whatever fails: what it writes to its logs is what is tested.

Run as `python -m tests.leaks.error_paths FOLDER FORMAT`; logs at DEBUG, as the service sets them up.
"""

import asyncio
import json
import os
import random
import ssl
import sys
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramNetworkError, TelegramServerError
from aiogram.types import Update
from pydantic import SecretStr
from sqlalchemy import insert, text
from sqlalchemy.exc import OperationalError

from bot import lanes as lanes_module
from bot import observability
from bot.lanes import Lanes
from bot.mail import MailTransport, Server
from bot.scheduler import Metronome
from bot.settings import Settings
from bot.tasks import Tasks
from bot.telegram import TelegramTransport
from services.channels.links import MailLinks
from services.clock import machine_now
from services.outbox.ready import Readiness
from services.outbox.transport import FrozenLetter
from storage.models.delivery import Item
from storage.models.people import PersonRole
from storage.repositories.due import address_at
from storage.repositories.inbox import Waiting
from storage.vocabulary import Channel, InboxSeq, LetterId, LetterMethod
from tests.everybody.chats import TOKEN
from tests.everybody.world import World
from tests.leaks.hunt import Hunt
from tests.school import BOT

SECRET = "s3cret-of-the-error-paths"
CANARY = "ъвозщ"  # one of no child
MAIL = "mama-of-the-canary@example.org"


class Failing(Exception):
    """An error that quotes what it was about."""


def everything_fails(folder: Path, how: str) -> None:
    """Go through each error path once."""
    settings = Settings(
        _env_file=None, log_level="DEBUG", log_format=how, bot_token=SecretStr(TOKEN), secret_key=SecretStr(SECRET)
    )
    observability.set_up(settings)
    lanes_module.RETRY = (0.01,)  # type: ignore[assignment]
    world = World(folder)
    try:
        world.does(updates_that_fail(world))
        world.does(letters_that_fail(world))
        world.does(mail_that_fails())
        world.does(ticks_and_tasks_that_fail(world))
        people_about(world)
    finally:
        world.close()


async def updates_that_fail(world: World) -> None:
    """In lanes, as they come: a bug of ours, refused SQL, the messenger's errors, updates that don't parse."""
    chats, mother = world.chats, world.two.people["mother"]

    async def handle(update: Waiting) -> None:
        await chats.dispatcher.feed_update(chats.bot, Update.model_validate_json(update.payload))

    async def quietly(update: Waiting) -> None:
        return None

    async def probe() -> None:
        return None

    async def lived(payload: str) -> None:
        tasks, over = Tasks(), asyncio.Event()
        lanes = Lanes(handle, quietly, quietly, probe, lambda *_, **__: over.set(), tasks)
        lanes.start()
        lanes.put([Waiting(InboxSeq(1), 1, mother, payload)])
        await over.wait()
        await lanes.stop(60.0)
        await tasks.finish(10.0)

    def typed(said: str) -> str:
        person = {"id": mother, "is_bot": False, "first_name": CANARY}
        chat = {"id": mother, "type": "private", "first_name": CANARY}
        message = {"message_id": 1, "date": 1, "chat": chat, "from": person, "text": said}
        return json.dumps({"update_id": 1, "message": message})

    async def bug(*_: Any) -> Any:
        raise Failing(f"Дневник: {CANARY}, token {TOKEN}")

    async def refused(*_: Any) -> Any:
        async with world.storage.writing() as uow:
            await uow.execute(insert(PersonRole).values(school_id=1, person_id=10**9, role=CANARY, since_on=None))

    async def crossed(*_: Any) -> Any:
        async with world.storage.writing() as uow:
            await uow.execute(text("INSERT INTO person (last_name) VALUES (:name)"), {"name": CANARY})

    with suppress(OperationalError):
        async with world.storage.reading() as uow:
            await uow.execute(text(f"SELECT * FROM {CANARY}"))
    asks = chats.offices["directory"].actor
    for failure in (bug, refused, crossed):
        chats.offices["directory"].actor = failure
        await lived(typed(f"привет {CANARY}"))
    chats.offices["directory"].actor = asks
    for error in (
        lambda method: TelegramBadRequest(method, f"Bad Request: can't parse {CANARY}"),
        lambda method: TelegramForbiddenError(method, f"Forbidden: {CANARY}"),
        lambda method: TelegramNetworkError(method, f"https://api.telegram.org/bot{TOKEN}/sendMessage {CANARY}"),
    ):
        chats.wire.fails = error
        await lived(typed("меню"))
    chats.wire.fails = lambda method: None
    await lived(json.dumps({"update_id": 1, "message": {"text": CANARY}}))
    await lived(f'{{"update_id": 1, "message": "{CANARY}')
    await lived(json.dumps({"update_id": 1, "callback_query": {"data": CANARY}}))


async def letters_that_fail(world: World) -> None:
    """Composing breaks; the messenger refuses what was composed."""

    class Composer:
        async def compose(self, *_: Any) -> Any:
            raise Failing(f"letter about {CANARY}")

    now = world.clock.now()
    waits = {"created_at": now, "due_at": now, "cap_at": now, "expires_at": now + timedelta(days=3), "state": "waiting"}
    async with world.storage.writing() as uow:
        item = insert(Item).values(
            school_id=world.two.near.cast.school_id,
            bot_id=BOT,
            recipient_id=world.two.people["mother"],
            student_id=world.two.near.things["student"],
            kind="mark",
            bundle="diary:1",
            collapse_key="mark:1:1",
            value="5",
            priority=2,
            **waits,
        )
        await uow.execute(item)
    await Readiness(world.storage, world.clock, Composer(), BOT).look(0.0, ())
    transport = TelegramTransport(world.chats.bot)
    payload = {"text": f"<b>{CANARY}</b>", "rows": [], "silent": False}
    for error in (
        lambda method: TelegramBadRequest(method, f"Bad Request: can't parse entities {CANARY}"),
        lambda method: TelegramServerError(method, f"Internal {CANARY}"),
        lambda method: TelegramNetworkError(method, f"bot{TOKEN} {CANARY}"),
    ):
        world.chats.wire.fails = error
        await transport.send(FrozenLetter(LetterId(1), "1", LetterMethod.SEND, payload, None))
    world.chats.wire.fails = lambda method: None


async def mail_that_fails() -> None:
    """Nobody listens; and a server that refuses the address by name."""

    async def refuses(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        while line := await reader.readline():
            code = b"550 unknown " + MAIL.encode() if line.upper().startswith(b"RCPT") else b"250 ok"
            writer.write(code + b"\r\n")
            if line.upper().startswith(b"QUIT"):
                break
        writer.close()

    listening = await asyncio.start_server(refuses, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    payload = {
        "to": MAIL,
        "contact": 1,
        "subject": CANARY,
        "plain": CANARY,
        "html": CANARY,
        "text": CANARY,
        "locale": "ru",
    }
    letter = FrozenLetter(LetterId(1), address_at(Channel.EMAIL, 1), LetterMethod.SEND, payload, None)
    links, encrypted = MailLinks("http://127.0.0.1", SECRET.encode()), ssl.create_default_context()
    for at in (port, 1):
        server = Server.from_url(f"smtp://127.0.0.1:{at}")
        await MailTransport(server, "Школа <school@example.org>", links, machine_now, encrypted).send(letter)
    listening.close()


async def ticks_and_tasks_that_fail(world: World) -> None:
    """A job of the clock, and a task nobody awaits."""

    async def job(now: datetime) -> None:
        raise Failing(CANARY)

    async def work() -> None:
        raise Failing(CANARY)

    await Metronome(world.clock, (job,)).tick()
    tasks = Tasks()
    tasks.spawn(work(), "work")
    await tasks.finish(1.0)


def people_about(world: World) -> None:
    """Everybody presses and types, right and wrong."""
    hunt, chance = Hunt(world), random.Random(7)
    while hunt.steps < 150:
        hunt.step(chance.choice)


if __name__ == "__main__":
    os.environ.setdefault("ZVONOK_TEST_RUN", sys.argv[1])
    everything_fails(Path(sys.argv[1]), sys.argv[2])
