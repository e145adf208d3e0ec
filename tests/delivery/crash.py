"""A service that is killed and started again, people who go on meanwhile, and a judge who believes only the phones."""

import asyncio
import multiprocessing
import os
import re
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, true, update

from bot.sandbox.client import Person, Sandbox
from bot.sandbox.server import SandboxServer
from services.clock import machine_now
from services.outbox import unreached
from storage.models.delivery import Inbox, Item, Letter
from storage.uow import Storage
from tests.delivery import echo
from tests.delivery.conftest import Family

TOKEN = "42:TEST"
MARK = "↻"
PATIENCE = 90.0


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
    """The life of a forked service: its environment, its log, its work."""
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

    @property
    def alive(self) -> bool:
        return self.process.is_alive()

    async def ready(self) -> bool:
        """Whether it came up; False: it died on the way."""
        assert await asyncio.to_thread(self._ready.poll, PATIENCE), "it neither came up nor died"
        try:
            return bool(self._ready.recv() == "ready")
        except EOFError:
            return False

    async def ended(self, within: float = PATIENCE) -> bool:
        await asyncio.to_thread(self.process.join, within)
        return not self.alive

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

    Letters of unknown fate are not waited for: their twenty seconds are put behind them.
    """
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while True:
        async with storage.writing() as uow:
            long_ago = machine_now() - timedelta(seconds=40)
            await uow.write(update(Letter).where(Letter.state == "unknown").values(sending_at=long_ago))
            open_ends = [
                (await uow.execute(select(func.count()).select_from(model).where(condition))).scalar_one()
                for model, condition in (
                    (Inbox, Inbox.state == "new"),
                    (Item, and_(Item.state == "waiting", waiting)),
                    (Letter, Letter.state.in_(["sending", "unknown"])),
                )
            ]
        if not any(open_ends) and not await telegram.pending_updates():
            return
        assert asyncio.get_running_loop().time() < deadline, f"open ends: {open_ends}"
        await asyncio.sleep(0.2)


@dataclass
class Scene:
    """The teacher does, the mother reads, the service comes and goes."""

    storage: Storage
    database_url: str
    url: str
    telegram: Sandbox
    teacher: Person
    mother: Person
    data: Path
    deeds: list[str] = field(default_factory=list)
    kills: int = 0

    async def start(self, kill_at: str = "", mistake: str = "") -> Service:
        """Start the service; with `kill_at` it dies at that point, perhaps on the way up."""
        return Service(
            environment(self.url, self.database_url, self.data, kill_at) | {"ZVONOK_TEST_MISTAKE": mistake},
            self.data / "service.log",
            echo.serve,
        )

    async def do_something(self) -> None:
        """A typed word, and a tap."""
        word = f"word{len(self.deeds)}"
        await self.teacher.types(word)
        self.deeds.append(word)
        tap = await self.telegram.post(f"/sandbox/people/{self.teacher.id}/tap-raw", {"data": "tap", "wait": False})
        self.deeds.append(f"tap-{tap['query_id']}")

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

    async def quiet(self) -> None:
        """Wait until everything has an end."""
        await until_quiet(self.storage, self.telegram, true())

    async def judged(self) -> Verdict:
        """Compare the phones with the base."""
        async with self.storage.reading() as uow:
            applied = Counter([str(row.value) for row in await uow.execute(select(Item.value))])
            broken = await unreached.lost(uow, machine_now(), machine_now())
        chat = await self.telegram.request("GET", f"/sandbox/people/{self.mother.id}/messages")
        plain: Counter[str] = Counter()
        marked: Counter[str] = Counter()
        for message in chat["messages"]:
            found = re.match(r"\[(.*)\]", message["text"])
            for word in found.group(1).split(", ") if found else ():
                (marked if MARK in message["text"] else plain)[word] += 1
        return Verdict(
            kills=self.kills,
            deeds=len(self.deeds),
            lost=[deed for deed in self.deeds if not applied[deed] or not plain[deed] + marked[deed]],
            applied_twice=[deed for deed in self.deeds if applied[deed] > 1],
            copies=sum(max(plain[deed] + marked[deed] - 1, 0) for deed in self.deeds),
            unmarked_copies=[deed for deed in self.deeds if plain[deed] > 1],
            broken_promises=[loss.how for loss in broken],
        )


@asynccontextmanager
async def scene(storage: Storage, database_url: str, family: Family, data: Path) -> AsyncIterator[Scene]:
    server = SandboxServer(TOKEN)
    async with server.running() as url, Sandbox.connect(url) as telegram:
        teacher = await telegram.person("Нина", id=int(family.teacher_chat))
        mother = await telegram.person("Мария", id=int(family.mother_chat))
        await teacher.starts()
        await mother.starts()
        here = Scene(storage, database_url, url, telegram, teacher, mother, data)
        services: list[Service] = []
        start = here.start

        async def remembered(*arguments: Any, **more: Any) -> Service:
            services.append(await start(*arguments, **more))
            return services[-1]

        here.start = remembered  # type: ignore[method-assign]
        try:
            yield here
        finally:
            for service in services:
                if service.alive:
                    service.process.kill()
                    await service.ended()
