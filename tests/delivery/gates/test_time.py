"""The clock's letters in every zone, on days when clocks change, through restarts over the minute: once a local date.

The ticks and the postman are the real ones; the oracle is the wire, which sees what was carried to whom and when.
"""

import random
import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, update

from services.clock import StoppedClock
from services.letters.digest import EveningDigest
from services.outbox.outcomes import Outcome
from services.outbox.transport import FrozenLetter
from storage.models.delivery import Item, Occurrence
from storage.models.school import School
from storage.uow import Storage
from tests.delivery.conftest import Family
from tests.delivery.gates.table import Row, base_of, noted
from tests.delivery.post import Wire, at_work

pytestmark = pytest.mark.slow

EVENING = 18 * 60 + 30
# Zone, first local day, evening hour: clocks forward and back, at the evening's own minute too, and zones without.
DAYS = [
    ("Europe/Moscow", date(2026, 10, 24), EVENING),
    ("Asia/Kamchatka", date(2026, 12, 30), EVENING),
    ("Europe/Berlin", date(2026, 10, 24), EVENING),
    ("Europe/Berlin", date(2027, 3, 27), 2 * 60 + 30),  # a minute that is skipped on the second day
    ("Europe/Berlin", date(2026, 10, 24), 2 * 60 + 30),  # a minute that comes twice on the second day
    ("America/New_York", date(2026, 10, 31), EVENING),
    ("Africa/Cairo", date(2027, 4, 29), 0),  # midnight is skipped
    ("Australia/Lord_Howe", date(2027, 4, 3), EVENING),  # by half an hour
    ("Pacific/Kiritimati", date(2026, 9, 7), EVENING),
]
SPAN = timedelta(days=3)
MUST = "one evening letter a local date"


async def lived(
    storage: Storage, family: Family, zone: str, first: date, minute: int, *, forgetful: bool = False
) -> Counter[date]:
    """Live three days in small steps, restarting at random; the letters by the date they were for."""
    chance = random.Random(f"{zone}{first}{minute}")
    local = ZoneInfo(zone)
    clock = StoppedClock(datetime(first.year, first.month, first.day, tzinfo=local).astimezone(UTC))
    wire = Told(clock, local)
    async with storage.writing() as uow:
        hours = {"digest_minute": minute, "quiet_from_minute": 0, "quiet_until_minute": 0}
        await uow.write(update(School).values(timezone=zone, regulation=hours))
    async with at_work(storage, clock=clock, wire=wire) as post:
        ends, tick = clock.now() + (timedelta(hours=19) if forgetful else SPAN), EveningDigest(storage)
        while clock.now() < ends:
            if forgetful:  # what was done is forgotten, and so is what was told
                async with storage.writing() as uow:
                    await uow.write(delete(Occurrence))
                    await uow.write(update(Item).where(Item.state == "told").values(state="void", reason="merged"))
            await tick(clock.now())
            if chance.random() < 0.3:
                tick = EveningDigest(storage)
                await tick(clock.now())
            waiting = [row for row in await post.rows() if row.state == "waiting" and row.due_at <= clock.now()]
            if waiting:
                post.postman.wake()
                await post.until(lambda: nobody_waits(post))
            clock.advance(timedelta(minutes=chance.choice([1, 4, 7, 20])))
            if chance.random() < 0.02:
                clock.advance(timedelta(minutes=-3))  # a clock that was set right
    return wire.dates


async def nobody_waits(post: Any) -> bool:
    now = post.clock.now()
    return not [row for row in await post.rows() if row.state == "waiting" and row.due_at <= now]


class Told(Wire):
    """A wire that counts evening letters by the date they are for, which is the local one or was it till eight."""

    def __init__(self, clock: StoppedClock, zone: ZoneInfo) -> None:
        super().__init__()
        self.clock, self.zone = clock, zone
        self.dates: Counter[date] = Counter()

    async def send(self, letter: FrozenLetter) -> Outcome:
        for said in re.findall(r"digest:[\d-]+=([\d-]+)", str(letter.payload["text"])):
            local = self.clock.now().astimezone(self.zone)
            assert date.fromisoformat(said) in (local.date(), (local - timedelta(hours=8)).date())
            self.dates[date.fromisoformat(said)] += 1
        return await super().send(letter)


@pytest.mark.parametrize(("zone", "first", "minute"), DAYS)
async def test_the_evening_letter_comes_once_a_local_date(
    zone: str, first: date, minute: int, storage: Storage, database_url: str, family: Family
) -> None:
    dates = await lived(storage, family, zone, first, minute)
    # On the first night the service begins with the letter of the evening before.
    wanted = {first + timedelta(days=day): 1 for day in range(SPAN.days)}
    once = set(dates.values()) == {1} and wanted.items() <= dates.items()
    hour = f"{minute // 60:02}:{minute % 60:02}"
    measured = f"{hour}, {len(dates)} days, {sum(dates.values())} letters"
    row = noted(Row(f"time: {zone}, {first}", base_of(database_url), MUST, once, deeds=len(dates), measured=measured))
    assert row.good, dates


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_gate_is_red_when_what_was_done_is_forgotten(
    storage: Storage, database_url: str, family: Family
) -> None:
    dates = await lived(storage, family, "Europe/Moscow", date(2026, 10, 24), EVENING, forgetful=True)
    once = set(dates.values()) == {1}
    measured = f"{len(dates)} days, {sum(dates.values())} letters"
    name, base = "time: Europe/Moscow", base_of(database_url)
    row = noted(Row(name, base, MUST, once, measured=measured, mistake="what_was_done_is_forgotten"))
    assert row.good, dates
