"""One person writes without end, and thousands whom nobody knows come in: the others go on tapping as if nothing were.

The school's whole service as a process of its own; a messenger that says yes to everything and remembers when. The time
of a tap counts from its webhook to its answer, and to its screen.
"""

import asyncio
import json
import os
import re
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientError, ClientSession, TCPConnector, web
from sqlalchemy import func, select

from bot.web.app import WEBHOOK_PATH
from bot.web.webhook import SECRET_HEADER
from handlers.callbacks.family import OpenMenu
from storage.models.delivery import Inbox
from storage.models.people import Draft, JoinAttempts, Person, TelegramAccount
from storage.uow import Storage
from tests.delivery.gates.counts import COUNTS
from tests.delivery.gates.table import Row, allowed, most, ms, noted
from tests.delivery.test_runtime import free_port
from tests.school import BOT, found
from tests.support import databases
from tests.support.waiting import eventually

pytestmark = pytest.mark.slow

SECRET, TOKEN = "a-secret-of-the-hook", f"{BOT}:{'A' * 35}"
WITHIN = 1.0
CONNECTIONS = 40  # as many as Telegram opens
BESIDE = 6.0  # among all other tests
PAUSE = 1.6  # seconds between the taps of one person: less, and the messenger's own pace would count
MOST_GROWN = 48 * 1024  # KiB of memory, however long the flood
MUST = f"p99 of the others ≤ {WITHIN:.0f} s, told once, memory + ≤ {MOST_GROWN // 1024} MiB"
QUERY = re.compile(rb"callback_query_id\D+(\d+)")
MESSAGE = re.compile(rb"message_id\D+(\d+)")
CHAT = re.compile(rb"chat_id\D+(\d+)")
TOO_MANY = "быстрее"


@dataclass
class Messenger:
    """A Bot API that takes everything."""

    answered: dict[int, float] = field(default_factory=dict)
    shown: dict[int, float] = field(default_factory=dict)
    told: Counter[int] = field(default_factory=Counter)

    async def take(self, request: web.Request) -> web.Response:
        """One call of the bot."""
        body, now = await request.read(), asyncio.get_running_loop().time()
        method = request.match_info["method"]
        result: Any = True
        if method == "answerCallbackQuery":
            self.answered[_number(QUERY, body)] = now
        elif method in ("sendMessage", "editMessageText"):
            chat, number = _number(CHAT, body), _number(MESSAGE, body) or 1
            if method == "editMessageText":
                self.shown[number] = now
            elif TOO_MANY in _unescaped(body):
                self.told[chat] += 1
            result = {"message_id": number, "date": 1, "chat": {"id": chat, "type": "private"}, "text": "…"}
        elif method == "getMe":
            result = {"id": BOT, "is_bot": True, "first_name": "…", "username": "zvonok_bot"}
        return web.json_response({"ok": True, "result": result})


def _number(pattern: re.Pattern[bytes], body: bytes) -> int:
    found = pattern.search(body)
    return int(found[1]) if found else 0


def _unescaped(body: bytes) -> str:
    from urllib.parse import unquote_plus

    said = unquote_plus(body.decode("utf-8", "replace"))
    return said.encode().decode("unicode_escape", "replace") if "\\u" in said else said


@dataclass
class Service:
    """The service at its webhook."""

    process: asyncio.subprocess.Process
    url: str
    messenger: Messenger
    session: ClientSession
    flooding: ClientSession  # connections of its own, so that nobody waits in our queue for what is measured
    numbers: int = 0
    room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(CONNECTIONS))

    def memory(self) -> int:
        """KiB that the process holds."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        return int(status.split("VmRSS:")[1].split()[0])

    async def post(self, session: ClientSession, **event: Any) -> None:
        """One update, at the webhook."""
        self.numbers += 1
        body = json.dumps({"update_id": self.numbers, **event})
        async with session.post(self.url + WEBHOOK_PATH, data=body, headers={SECRET_HEADER: SECRET}) as answer:
            assert answer.status == 200, answer.status

    async def message(self, user: int, **content: Any) -> None:
        """Something that somebody sends."""
        about = {"message_id": 7, "date": 1, "chat": {"id": user, "type": "private"}, "from": person(user)}
        async with self.room:
            await self.post(self.flooding, message=about | content)

    async def taps(self, user: int, number: int) -> None:
        """Somebody opens the menu; `number` names the tap and its message."""
        message = {"message_id": number, "date": 1, "chat": {"id": user, "type": "private"}, "text": "…"}
        query = {"id": str(number), "from": person(user), "chat_instance": "x", "message": message}
        await self.post(self.session, callback_query=query | {"data": OpenMenu().pack()})


def person(user: int) -> dict[str, Any]:
    return {"id": user, "is_bot": False, "first_name": "…", "language_code": "ru"}


@asynccontextmanager
async def serving(path: Path, data: Path) -> AsyncIterator[Service]:
    """The service on a base, with its messenger."""
    messenger = Messenger()
    app = web.Application(client_max_size=2**24)
    app.router.add_route("*", "/bot{token}/{method}", messenger.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{free_port()}"
    settings = {
        "BOT_TOKEN": TOKEN,
        "BOT_API_BASE": f"http://127.0.0.1:{runner.addresses[0][1]}",
        "DATABASE_URL": f"sqlite:///{path}",
        "DATA_DIR": str(data),
        "HTTP_PORT": url.rpartition(":")[2],
        "WEBHOOK_URL": url,
        "WEBHOOK_SECRET": SECRET,
        "LOG_LEVEL": "WARNING",
        "SECRET_KEY": "a key of the flood",
    }
    words = [sys.executable, "-m", "bot", "run"]
    process = await asyncio.create_subprocess_exec(*words, env={**os.environ, **settings})
    try:
        flooding = ClientSession(connector=TCPConnector(limit=CONNECTIONS))
        async with ClientSession() as session, flooding:
            await ready(session, url, process)
            yield Service(process, url, messenger, session, flooding)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
        await process.wait()
        await runner.cleanup()


async def ready(session: ClientSession, url: str, process: asyncio.subprocess.Process) -> None:
    """Until the bot is this process's."""
    async with asyncio.timeout(60):
        while True:
            assert process.returncode is None, "the service has ended"
            try:
                async with session.get(url + "/readyz") as answer:
                    facts = await answer.json()
                    if answer.status == 200 and (facts.get("role") == "owner" or facts.get("owner")):
                        return
            except ClientError:
                pass
            await asyncio.sleep(0.1)


async def taps_go_on(service: Service, people: list[int], seconds: float) -> list[float]:
    """Everybody taps now and then for a while; how long each tap took to its answer and its screen, the later."""
    loop, sent = asyncio.get_running_loop(), dict[int, float]()

    async def one(place: int, user: int) -> None:
        await asyncio.sleep(PAUSE * place / len(people))
        until, number = loop.time() + seconds, (place + 1) * 100_000
        while loop.time() < until:
            number += 1
            sent[number] = loop.time()
            await service.taps(user, number)
            await asyncio.sleep(PAUSE)

    await asyncio.gather(*(one(place, user) for place, user in enumerate(people)))
    messenger = service.messenger
    await eventually(lambda: sent.keys() <= messenger.answered.keys() & messenger.shown.keys())
    return [max(messenger.answered[number], messenger.shown[number]) - began for number, began in sent.items()]


async def flood(service: Service, user: int, messages: int) -> None:
    """One person writes: words, whole pages, files; over as many connections as Telegram opens."""
    kinds: tuple[dict[str, Any], ...] = (
        {"text": "н Иванов"},
        {"text": "я" * 4096},
        {"text": "x", "entities": [{"type": "bold", "offset": 0, "length": 1}] * 900},
        {"document": {"file_id": "f", "file_unique_id": "u", "file_name": "я" * 60, "file_size": 2**31}},
    )
    async with asyncio.TaskGroup() as group:
        for number in range(messages):
            group.create_task(service.message(user, **kinds[number % len(kinds)]))


async def strangers(service: Service, count: int) -> None:
    """People nobody knows come in, some with a code that doesn't exist."""
    async with asyncio.TaskGroup() as group:
        for number in range(count):
            text = "/start" if number % 2 else "AAAAA-AAAAA"
            entities = [{"type": "bot_command", "offset": 0, "length": 6}] if number % 2 else None
            group.create_task(service.message(10**9 + number, text=text, entities=entities))


async def test_a_flood_by_one_person_slows_nobody_else_and_is_told_them_once(tmp_path: Path) -> None:
    path = tmp_path / "flood.db"
    storage = Storage(databases.sqlite_file(path))
    cast = await found(storage)
    others = [user for user in cast.accounts if user != cast.owner][:10]
    async with serving(path, tmp_path / "data") as service:
        calm = await taps_go_on(service, others, PAUSE)
        before = service.memory()
        taps = asyncio.ensure_future(taps_go_on(service, others, COUNTS.flood_seconds))
        await flood(service, cast.owner, COUNTS.flood)
        took = await taps
        grown = service.memory() - before
        told = service.messenger.told[cast.owner]
        states = await counted(storage, Inbox.state)
    await storage.close()
    slow = most(took, 0.99)
    row = noted(
        Row(
            f"flood: {COUNTS.flood:,} by one person",
            "SQLite",
            MUST,
            slow <= allowed(WITHIN, BESIDE) and told == 1 and grown <= MOST_GROWN,
            deeds=COUNTS.flood + len(took),
            lost=sum(states.values()) - len(calm) - len(took) - COUNTS.flood,
            measured=f"{len(took)} taps: p50 {ms(most(took, 0.5))}, p99 {ms(slow)}; {states['ignored']:,} left out, "
            f"told {told} time; memory + {grown / 1024:.0f} MiB",
        )
    )
    assert row.good and row.lost == 0, row
    assert states["ignored"] > 0 and states["dead"] == 0


async def test_strangers_leave_nothing_behind_but_their_wrong_codes(tmp_path: Path) -> None:
    path = tmp_path / "strangers.db"
    storage = Storage(databases.sqlite_file(path))
    await found(storage)
    people, accounts = await total(storage, Person), await total(storage, TelegramAccount)
    async with serving(path, tmp_path / "data") as service:
        await strangers(service, COUNTS.strangers)
        while await total(storage, JoinAttempts) < COUNTS.strangers // 2:  # noqa: ASYNC110 - the base tells nobody
            await asyncio.sleep(0.1)
    assert (await total(storage, Person), await total(storage, TelegramAccount)) == (people, accounts)
    assert await total(storage, Draft) == 0
    assert await total(storage, JoinAttempts) == COUNTS.strangers // 2
    await storage.close()


async def counted(storage: Storage, column: Any) -> Counter[str]:
    async with storage.reading() as uow:
        return Counter({row[0]: row[1] for row in await uow.execute(select(column, func.count()).group_by(column))})


async def total(storage: Storage, model: Any) -> int:
    async with storage.reading() as uow:
        return int((await uow.execute(select(func.count()).select_from(model))).scalar_one())
