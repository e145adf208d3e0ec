"""A service that is killed and started again, people who go on meanwhile, and a judge who believes only the phones."""

import asyncio
import contextlib
import ctypes
import math
import multiprocessing
import os
import random
import re
import signal
import socket
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, true, update
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from bot.sandbox.client import Sandbox
from bot.sandbox.server import SandboxServer
from services.clock import machine_now
from services.outbox import unreached
from services.outbox.outcomes import SECOND_COPY
from storage.models.delivery import Inbox, Item, Letter
from storage.uow import Storage
from storage.vocabulary import Role
from tests.delivery import echo
from tests.delivery.conftest import Family, add_person, connect

TOKEN = "42:TEST"
SECRET = "a-secret-of-these-gates"  # of the letters that Telegram takes
MARK = "↻"
PR_SET_PDEATHSIG = 1
PATIENCE = 90.0
ROOM = 40  # updates of one teacher that may wait, on the average: nobody comes near the hundred of a flood


@dataclass
class Verdict:
    """What the people saw against what they did."""

    kills: int = 0
    deeds: int = 0
    lost: list[str] = field(default_factory=list)
    applied_twice: list[str] = field(default_factory=list)
    copies: int = 0
    unmarked_copies: list[str] = field(default_factory=list)
    broken_promises: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not (self.lost or self.applied_twice or self.unmarked_copies or self.broken_promises)


# One process imports everything once; each service is a fork of it.
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.delivery.echo", "bot.app"])


def run_service(
    serve: Callable[[Callable[[], None]], Coroutine[Any, Any, None]],
    environment: dict[str, str],
    log: str,
    ready: Connection,
) -> None:
    """The life of a forked service: its environment, its log, its work. It goes with the tests, however they end."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    os.environ.clear()
    os.environ.update(environment)
    with open(log, "ab", buffering=0) as file:
        os.dup2(file.fileno(), sys.stderr.fileno())
    asyncio.run(serve(lambda: ready.send("ready")))


class Service:
    """The service as a process of its own."""

    def __init__(self, environment: dict[str, str], log: Path, serve: Any) -> None:
        self._ready, theirs = FORKS.Pipe(duplex=False)
        self.process = FORKS.Process(target=run_service, args=(serve, environment, str(log), theirs), daemon=True)
        self.process.start()
        theirs.close()
        self._log = log
        self._came_up: bool | None = None

    @property
    def alive(self) -> bool:
        return self.process.is_alive()

    @property
    def pid(self) -> int:
        assert self.process.pid is not None
        return self.process.pid

    async def ready(self) -> bool:
        """Whether it came up; False: it died on the way."""
        if self._came_up is None:
            assert await asyncio.to_thread(self._ready.poll, PATIENCE), "it neither came up nor died"
            try:
                self._came_up = bool(self._ready.recv() == "ready")
            except EOFError:
                self._came_up = False
        return self._came_up

    async def comes_up(self) -> None:
        """It runs, whether the bot is its own or not."""
        said = self._log.with_name("up")
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while not await asyncio.to_thread(said.exists):
            assert self.alive and asyncio.get_running_loop().time() < deadline, "it did not come up"
            await asyncio.sleep(0.05)

    async def ended(self, within: float = PATIENCE) -> bool:
        await asyncio.to_thread(self.process.join, within)
        return not self.alive

    async def kill(self) -> None:
        """SIGKILL, now."""
        self.process.kill()
        await self.killed()

    def signal(self, number: signal.Signals) -> None:
        """Any other signal."""
        os.kill(self.pid, number)

    async def killed(self) -> None:
        assert await self.ended()
        assert self.process.exitcode == -signal.SIGKILL, f"it ended with {self.process.exitcode}"

    async def stop(self) -> None:
        if self.alive:
            self.process.terminate()
        assert await self.ended()
        assert self.process.exitcode == 0, f"it ended with {self.process.exitcode}"


def environment(url: str, database_url: str, data: Path, kill_at: str, token: str = TOKEN) -> dict[str, str]:
    """What a service finds: nothing of this machine's own settings."""
    return {
        **{name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")},
        "BOT_TOKEN": token,
        "BOT_API_BASE": url,
        "DATABASE_URL": database_url,
        "DATA_DIR": str(data),
        "HTTP_PORT": "0",
        "LOG_LEVEL": "INFO",
        "ZVONOK_KILL_AT": kill_at,
    }


async def until_quiet(storage: Storage, telegram: Sandbox, waiting: ColumnElement[bool]) -> None:
    """Wait until everything that came in is done, no item of `waiting` waits, and every letter has an end.

    Letters of unknown fate are not waited for: the time until their next copy is put behind them. However many ends are
    open, they must become fewer while the patience lasts.
    """
    fewest, deadline = sys.maxsize, 0.0
    while True:
        # Where this and the service wait for each other's rows, PostgreSQL turns one away: the next round asks again.
        with contextlib.suppress(OperationalError):
            async with storage.writing() as uow:
                long_ago = machine_now() - timedelta(seconds=2 * SECOND_COPY[-1])
                await uow.write(update(Letter).where(Letter.state == "unknown").values(sending_at=long_ago))
        async with storage.reading() as uow:
            open_ends = [
                (await uow.execute(select(func.count()).select_from(model).where(condition))).scalar_one()
                for model, condition in (
                    (Inbox, Inbox.state == "new"),
                    (Item, and_(Item.state == "waiting", waiting)),
                    (Letter, Letter.state.in_(["sending", "unknown"])),
                )
            ]
        left = sum(open_ends) + await telegram.pending_updates()
        if not left:
            return
        if left < fewest:
            fewest, deadline = left, asyncio.get_running_loop().time() + PATIENCE
        assert asyncio.get_running_loop().time() < deadline, f"open ends: {open_ends}"
        await asyncio.sleep(0.2)


@dataclass(frozen=True)
class Pair:
    """A teacher, and the mother who is told what that teacher does."""

    teacher: int
    mother: int


@dataclass
class Scene:
    """Teachers do, mothers read, the service comes and goes."""

    storage: Storage
    database_url: str
    url: str
    telegram: Sandbox
    pairs: Sequence[Pair]
    data: Path
    chance: random.Random = field(default_factory=lambda: random.Random(1))
    deeds: list[str] = field(default_factory=list)
    kills: int = 0
    stored: int = 0
    services: list[Service] = field(default_factory=list)
    more_environment: dict[str, str] = field(default_factory=dict)

    async def start(self, kill_at: str = "", mistake: str = "", data: str = "") -> Service:
        """Start the service; with `kill_at` it dies at that point, perhaps on the way up. `data`: another folder."""
        folder = self.data / data
        await asyncio.to_thread(folder.mkdir, exist_ok=True)
        given = environment(self.url, self.database_url, folder, kill_at) | self.more_environment
        given["ZVONOK_TEST_MISTAKE"] = mistake
        # In a thread: the first of all imports everything.
        self.services.append(await asyncio.to_thread(Service, given, folder / "service.log", echo.serve))
        return self.services[-1]

    def by_webhook(self, public: str = "") -> str:
        """Services started from now on are brought their updates at this address, and answer there.

        `public`: what stands before them, where it isn't their own.
        """
        with socket.socket() as asked:
            asked.bind(("127.0.0.1", 0))
            port: int = asked.getsockname()[1]
        address = f"http://127.0.0.1:{port}"
        self.more_environment |= {"HTTP_PORT": str(port), "WEBHOOK_URL": public or address, "WEBHOOK_SECRET": SECRET}
        return address

    async def do_something(self, pair: Pair | None = None) -> None:
        """A typed word, and a tap."""
        pair = pair or self.chance.choice(self.pairs)
        word = f"word{len(self.deeds)}"
        self.deeds.append(word)
        await self._act(pair, "send", {"text": word})
        self.deeds.append(f"tap-{await self.tap(pair, 'tap')}")

    async def tap(self, pair: Pair, data: str) -> str:
        """A teacher's tap; the number of its query."""
        begun = await self._act(pair, "tap-raw", {"data": data, "wait": False})
        return str(begun["query_id"])

    async def _act(self, pair: Pair, act: str, body: dict[str, Any]) -> dict[str, Any]:
        return await self.telegram.request("POST", f"/sandbox/people/{pair.teacher}/{act}", sync=False, json=body)

    async def until_killed(self, service: Service) -> None:
        """Go on until the service dies."""
        deadline = asyncio.get_running_loop().time() + PATIENCE
        await service.ready()
        while service.alive:
            assert asyncio.get_running_loop().time() < deadline, "it was never killed"
            await self.do_something()
            await service.ended(within=0.2)
        await service.killed()
        self.kills += 1

    @asynccontextmanager
    async def busy(self, every: float = 0.1, room: float | None = None) -> AsyncIterator[None]:
        """People go on doing things, whatever happens to the service; what they began they finish.

        They hold back while `room` updates wait, unless told otherwise ROOM for each: a service that hardly runs would
        be flooded, and leave texts out as it says it does.
        """
        enough = asyncio.Event()
        most = ROOM * len(self.pairs) if room is None else room

        async def work() -> None:
            while not enough.is_set():
                if most == math.inf or await self.waiting() < most:
                    await self.do_something()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(enough.wait(), every)

        working = asyncio.ensure_future(work())
        try:
            yield
        finally:
            # Cut off inside a deed, it would count a word the sandbox never took in.
            enough.set()
            await working

    async def waiting(self) -> int:
        """Updates that are not done yet; those in a base that doesn't answer as they were last counted."""
        with contextlib.suppress(SQLAlchemyError):
            async with self.storage.reading() as uow:
                self.stored = int((await uow.execute(select(func.count()).where(Inbox.state == "new"))).scalar_one())
        return self.stored + await self.telegram.pending_updates()

    async def fewer_wait_than(self, room: int) -> None:
        """Wait until fewer updates wait."""
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while await self.waiting() >= room:
            assert asyncio.get_running_loop().time() < deadline, "they are not done"
            await asyncio.sleep(0.05)

    async def quiet(self) -> None:
        """Wait until everything has an end."""
        await until_quiet(self.storage, self.telegram, true())

    async def first_letter(self, after: int = 0) -> float:
        """Wait for a letter that is no copy, numbered above `after`; how many seconds it took."""
        began = asyncio.get_running_loop().time()
        while all(MARK in letter.text for letter in (await self.telegram.ledger(after)).sent):
            assert asyncio.get_running_loop().time() - began < PATIENCE, "no letter came"
            await asyncio.sleep(0.1)
        return asyncio.get_running_loop().time() - began

    async def judged(self) -> Verdict:
        """Compare the phones with the base."""
        async with self.storage.reading() as uow:
            applied = Counter([str(row.value) for row in await uow.execute(select(Item.value))])
            broken = await unreached.lost(uow, machine_now(), machine_now())
        plain: Counter[str] = Counter()
        marked: Counter[str] = Counter()
        mothers = {pair.mother for pair in self.pairs}
        for letter in (await self.telegram.ledger()).sent:
            found = re.match(r"\[(.*)\]", letter.text) if letter.chat in mothers else None
            for word in found.group(1).split(", ") if found else ():
                (marked if MARK in letter.text else plain)[word] += 1
        return Verdict(
            kills=self.kills,
            deeds=len(self.deeds),
            lost=[deed for deed in self.deeds if not applied[deed] or not plain[deed] + marked[deed]],
            applied_twice=[deed for deed in self.deeds if applied[deed] > 1],
            copies=sum(max(plain[deed] + marked[deed] - 1, 0) for deed in self.deeds),
            unmarked_copies=[deed for deed in self.deeds if plain[deed] > 1],
            broken_promises=[loss.how for loss in broken],
        )


async def enlist(storage: Storage, family: Family, count: int) -> list[Pair]:
    """The family's own teacher and mother, and so many pairs more, all with accounts."""
    pairs = [Pair(int(family.teacher_chat), int(family.mother_chat))]
    async with storage.writing() as uow:
        for number in range(count):
            chat = 2001 + 2 * number  # a mother's chat stands before her teacher's
            for first_name, role, own in (("Мать", Role.GUARDIAN, chat), ("Учитель", Role.TEACHER, chat + 1)):
                person = await add_person(uow, family.school, f"{first_name} {number}", role)
                await connect(uow, family.school, person, str(own))
            pairs.append(Pair(chat + 1, chat))
    return pairs


def meet(server: SandboxServer, chat: int) -> None:
    """Somebody who has started the bot long ago."""
    person = server.add_person(f"Person {chat}", id=chat)
    person.met = person.started = True


@asynccontextmanager
async def scene(
    storage: Storage, database_url: str, family: Family, data: Path, more_pairs: int = 0, **more: Any
) -> AsyncIterator[Scene]:
    server = SandboxServer(TOKEN)
    await asyncio.to_thread(data.mkdir, parents=True, exist_ok=True)
    async with server.running() as url, Sandbox.connect(url) as telegram:
        pairs = await enlist(storage, family, more_pairs)
        for pair in pairs:
            meet(server, pair.teacher)
            meet(server, pair.mother)
        here = Scene(storage, database_url, url, telegram, pairs, data, **more)
        try:
            yield here
        finally:
            for service in here.services:
                if service.alive:
                    service.process.kill()
                    await service.ended()
