"""A postman with a composer that only joins values, and a transport that does as it is told."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from services.clock import StoppedClock, machine_now
from services.outbox import items, unreached
from services.outbox.limits import Limits
from services.outbox.outcomes import Outcome
from services.outbox.pace import Pace
from services.outbox.postman import Postman
from services.outbox.transport import Composed, DueItem, FrozenLetter, Reachable
from storage.models.base import Base
from storage.models.delivery import Item, Letter
from storage.repositories import owner
from storage.uow import Storage, Uow
from storage.vocabulary import ItemKind, LetterMethod, LetterState
from tests.delivery.conftest import BOT, NOW
from tests.support.waiting import eventually

SENT = Outcome(LetterState.SENT, "ok")


class Joined:
    """Writes «key=value; …»; a value «nothing» has nothing to tell, «broken» breaks the template."""

    def __init__(self) -> None:
        self.most = 100

    async def compose(self, uow: Uow, recipient: Reachable, due: Sequence[DueItem], now: datetime) -> Composed | None:
        if any(one.value == "broken" for one in due):
            raise ValueError("a template with a mistake")
        if all(one.value == "nothing" for one in due):
            return None
        told = due[: self.most]
        edits = [one for one in told if one.value == "done" and one.previous_letter_id is not None]
        return Composed(
            {"text": "; ".join(f"{one.collapse_key}={one.value}" for one in told), "rows": [], "silent": False},
            tuple(one.id for one in told),
            method=LetterMethod.EDIT if edits else LetterMethod.SEND,
            target_letter_id=edits[0].previous_letter_id if edits else None,
        )


@dataclass
class Wire:
    """A transport: remembers what it carried, answers what was scripted, else «sent»."""

    carried: list[FrozenLetter] = field(default_factory=list)
    script: list[Outcome | asyncio.Event] = field(default_factory=list)
    gate: asyncio.Event | None = None
    on_wire: int = 0
    most_on_wire: int = 0
    numbers: int = 0

    async def send(self, letter: FrozenLetter) -> Outcome:
        self.carried.append(letter)
        self.on_wire += 1
        self.most_on_wire = max(self.most_on_wire, self.on_wire)
        if self.gate is not None:
            await self.gate.wait()
        self.on_wire -= 1
        self.numbers += 1
        if self.script:
            answer = self.script.pop(0)
            assert isinstance(answer, Outcome)
            return answer
        return Outcome(LetterState.SENT, "ok", external_id=str(self.numbers))

    @property
    def texts(self) -> list[str]:
        return [str(one.payload["text"]) for one in self.carried]


def spawn(work: Coroutine[Any, Any, None], name: str) -> "asyncio.Task[None]":
    return asyncio.ensure_future(work)


@dataclass
class Post:
    """A postman at work, and the school's stopped clock."""

    storage: Storage
    postman: Postman
    wire: Wire
    clock: StoppedClock
    composer: Joined
    epoch: int = 0

    async def put(self, *facts: items.Fact) -> None:
        async with self.storage.writing() as uow:
            await items.put(uow, facts, self.clock.now())

    async def rows(self, model: type[Base] = Item) -> list[Any]:
        table = model.__table__
        async with self.storage.reading() as uow:
            return list((await uow.execute(select(table).order_by(table.c.id))).all())

    async def letters(self) -> list[Any]:
        return await self.rows(Letter)

    async def lost(self) -> list[unreached.Loss]:
        async with self.storage.reading() as uow:
            return await unreached.lost(uow, self.clock.now(), machine_now())

    async def idle(self) -> bool:
        """The postman has gone round some times more."""
        before = self.postman.experience.counts.ledgers
        for _ in range(3):
            self.postman.wake()
            await asyncio.sleep(0.05)
        return before == self.postman.experience.counts.ledgers

    async def listed(self) -> set[int]:
        """On whose list of the unreached something stands."""
        return {row.recipient_id for row in await self.rows() if row.kind == ItemKind.UNREACHED}

    async def states(self) -> dict[str, tuple[str, str | None]]:
        return {row.collapse_key: (row.state, row.reason) for row in await self.rows()}

    async def until(self, happened: Callable[[], Any]) -> None:
        """Wait for a condition; an asynchronous one is asked again and again."""
        deadline = asyncio.get_running_loop().time() + 20
        while True:
            result = happened()
            if asyncio.iscoroutine(result):
                result = await result
            if result:
                return
            assert asyncio.get_running_loop().time() < deadline, "it did not happen"
            await asyncio.sleep(0.02)

    async def settled(self, letters: int) -> None:
        """So many letters were carried, and none is under way."""
        await eventually(lambda: len(self.wire.carried) >= letters)

        async def quiet() -> bool:
            return all(row.state != "sending" for row in await self.letters())

        await self.until(quiet)


@asynccontextmanager
async def at_work(
    storage: Storage,
    *,
    clock: StoppedClock | None = None,
    wire: Wire | None = None,
    limits: Limits | None = None,
    at: Callable[[str], None] = lambda point: None,
) -> AsyncIterator[Post]:
    clock, wire, composer = clock or StoppedClock(NOW), wire or Wire(), Joined()
    postman = Postman(
        storage, clock, composer, wire, Pace(limits or Limits.off()), bot_id=BOT, spawn=spawn, at=at, care_every=0.1
    )
    storage.on_items = postman.wake
    async with storage.writing() as uow:
        epoch = await owner.acquire(uow, BOT, "test", _ttl())
    assert epoch is not None
    running = spawn(postman.run(epoch), "postman")
    try:
        yield Post(storage, postman, wire, clock, composer, epoch)
    finally:
        postman.stop()
        if wire.gate is not None:
            wire.gate.set()
        await asyncio.wait_for(running, 20)


def _ttl() -> Any:
    from bot.ownership import TTL

    return TTL
