"""A base in trouble while people go on: what somebody outside sees of it, and how long until all goes on."""

import asyncio
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from aiohttp import ClientError, ClientSession

from tests.delivery.crash import Scene, Service, Verdict
from tests.delivery.gates.table import Row, base_of, judged, noted

PEOPLE = 30
EVERY = 0.25  # seconds between deeds: nobody's lane is flooded by what waits through a minute
PATIENCE = 45.0  # seconds until all has been told
STUCK = 60.0
MUST = f"503, not ready, alarm; goes on within {STUCK:.0f} s; lost 0, twice 0, unmarked 0"
ALARMS = re.compile("nothing_stored|storage_down|owner_lost|nobody_runs|base_unreachable")


class Trouble(Protocol):
    """Something that happens to the base, and ends. Both block."""

    def begin(self, service: Service) -> None:
        """From now on."""

    def end(self, service: Service) -> None:
        """No more."""

    def close(self) -> None:
        """It won't happen again."""


@dataclass
class Seen:
    """What the messenger saw, who asked for readiness, and the support chat."""

    refused: bool = False
    unready: bool = False
    alarm: str = ""
    went_on: list[float] = field(default_factory=list)

    @property
    def all(self) -> bool:
        """Whether everybody knows of the trouble."""
        return self.refused and self.unready and bool(self.alarm)


async def lived_through(
    here: Scene, trouble: Trouble, lasts: Sequence[float], mistake: str = ""
) -> tuple[Seen, Verdict]:
    """People go on through the trouble, as often as `lasts` names how many seconds it lasts at least."""
    try:
        return await _lived_through(here, trouble, lasts, mistake)
    finally:
        await asyncio.to_thread(trouble.close)


async def _lived_through(here: Scene, trouble: Trouble, lasts: Sequence[float], mistake: str) -> tuple[Seen, Verdict]:
    address, support = here.by_webhook(), here.pairs[-1].teacher
    here.more_environment["SUPPORT_CHAT"] = str(support)
    seen = Seen()
    service = await here.start("", mistake)
    assert await service.ready()
    async with ClientSession() as session:
        for seconds in lasts:
            async with here.busy(EVERY, math.inf):  # a base that is locked couldn't say how many wait
                await here.first_letter((await here.telegram.ledger()).seq)
                await asyncio.to_thread(trouble.begin, service)
                await _watch(here, session, address, support, seen, seconds, 0.0 if mistake else PATIENCE)
                await asyncio.to_thread(trouble.end, service)
                seen.went_on.append(await here.first_letter((await here.telegram.ledger()).seq))
            await here.quiet()
            await _ready(session, address)
    await service.stop()
    return seen, await here.judged()


def written(name: str, here: Scene, seen: Seen, verdict: Verdict, mistake: str = "") -> Row:
    """The gate's row."""
    measured = f"goes on after {max(seen.went_on):.1f} s; alarm {seen.alarm or 'none'}"
    held = seen.all and max(seen.went_on) <= STUCK
    return noted(judged(name, base_of(here.database_url), verdict, MUST, held, measured, mistake))


async def _watch(
    here: Scene, session: ClientSession, address: str, support: int, seen: Seen, at_least: float, patience: float
) -> None:
    """Look at it for so long, and until everybody knows."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    this_time = Seen(alarm=seen.alarm)  # the same alarm is said once an hour
    while (gone := loop.time() - began) < at_least or (not this_time.all and gone < patience):
        bot = (await here.telegram.state())["bot"]
        this_time.refused |= "503" in (bot["last_error"] or "")
        this_time.unready |= not await _is_ready(session, address)
        for letter in (await here.telegram.ledger(chat=support)).sent:
            alarm = ALARMS.search(letter.text)
            this_time.alarm = this_time.alarm or (alarm.group() if alarm else "")
        await asyncio.sleep(0.1)
    first = not seen.went_on
    seen.refused = this_time.refused and (first or seen.refused)
    seen.unready = this_time.unready and (first or seen.unready)
    seen.alarm = this_time.alarm


async def _is_ready(session: ClientSession, address: str) -> bool:
    try:
        async with session.get(address + "/readyz") as answer:
            return answer.status == 200
    except (ClientError, TimeoutError):
        return False


async def _ready(session: ClientSession, address: str) -> None:
    deadline = asyncio.get_running_loop().time() + STUCK
    while not await _is_ready(session, address):
        assert asyncio.get_running_loop().time() < deadline, "it did not become ready"
        await asyncio.sleep(0.1)
