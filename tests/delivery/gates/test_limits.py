"""Three hundred evening letters and forty urgent ones under Telegram's limits: no 429, and the urgent don't wait."""

import asyncio
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from services.clock import machine_now
from services.outbox.items import Fact, put
from storage.models.people import TelegramAccount
from storage.uow import Storage
from storage.vocabulary import ItemKind, PersonId
from tests.delivery.conftest import BOT, Family
from tests.delivery.crash import Scene, scene
from tests.delivery.gates.counts import COUNTS
from tests.delivery.gates.table import Row, allowed, base_of, most, ms, noted

pytestmark = pytest.mark.slow

ROWS = 200  # of one transaction
READERS = 300  # families; with more letters they get several each
BULK = 20  # letters a second that may wait
MOST_A_SECOND = 30
URGENT_WITHIN = 0.5
MUST = f"429 = 0, ≤ {MOST_A_SECOND} in any second, urgent p99 ≤ {URGENT_WITHIN * 1000:.0f} ms, lost 0"


async def evening(here: Scene, family: Family, letters: int, now: datetime) -> None:
    """So many evening letters fall due now."""
    async with here.storage.reading() as uow:
        chats = (await uow.execute(select(TelegramAccount.chat_id, TelegramAccount.person_id))).all()
    people = {row.chat_id: PersonId(row.person_id) for row in chats}
    facts = [
        Fact(
            school_id=family.school,
            bot_id=BOT,
            recipient_id=people[here.pairs[number % READERS].mother],
            kind=ItemKind.JOINED,
            bundle=f"evening:{number}",
            collapse_key=f"evening:{number}",
            value=f"evening{number}",
            priority=4,
            due_at=now,
            cap_at=now,
            expires_at=None,
        )
        for number in range(letters)
    ]
    for start in range(0, letters, ROWS):
        async with here.storage.writing() as uow:
            await put(uow, facts[start : start + ROWS], now)


async def rush(
    here: Scene, family: Family, digests: int, urgent: int, mistake: str = "", lasts: float | None = None
) -> Row:
    """The evening's letters, and urgent ones among them, as the phones saw them."""
    here.more_environment["ZVONOK_TEST_LIMITS"] = "telegram"
    await here.telegram.limit()
    service = await here.start("", mistake)
    assert await service.ready()
    await evening(here, family, digests, machine_now())
    begun: dict[str, float] = {}
    await here.first_letter()
    lasts = lasts or digests / BULK * 0.9
    for number in range(urgent):
        word = f"urgent{number}"
        pair = here.pairs[READERS + number % (len(here.pairs) - READERS)]
        begun[word] = machine_now().timestamp()
        await here.tap(pair, word)
        await asyncio.sleep(lasts / urgent)
    await here.quiet()
    await service.stop()
    ledger = await here.telegram.ledger()
    arrived = {letter.text.partition("-")[0].lstrip("["): letter.at for letter in reversed(ledger.sent)}
    took = [arrived[word] - at for word, at in begun.items() if word in arrived]
    lost = digests + urgent - len({letter.text for letter in ledger.sent})
    slow = most(took, 0.99)
    held = (
        not lost
        and not ledger.refused_429
        and ledger.most_in_second <= MOST_A_SECOND
        and slow <= allowed(URGENT_WITHIN)
    )
    measured = (
        f"429: {ledger.refused_429}; {ledger.most_in_second} in the busiest second; "
        f"urgent p50 {ms(most(took, 0.5))}, p99 {ms(slow)}"
    )
    base = base_of(here.database_url)
    name = f"limits: {digests} + {urgent}"
    row = Row(name, base, MUST, held, deeds=digests + urgent, lost=lost, measured=measured, mistake=mistake)
    return noted(row)


async def test_urgent_letters_pass_an_evening_and_nobody_is_told_to_wait(
    storage: Storage, database_url: str, family: Family, tmp_path: Path
) -> None:
    async with scene(storage, database_url, family, tmp_path, READERS + 19) as here:
        row = await rush(here, family, COUNTS.digests, COUNTS.urgent)
    assert row.good, row


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("mistake", ["no_limits", "urgent_like_the_rest"])
async def test_the_gate_is_red(
    mistake: str, storage: Storage, database_url: str, family: Family, tmp_path: Path
) -> None:
    async with scene(storage, database_url, family, tmp_path, READERS + 19) as here:
        row = await rush(here, family, 150, 10, mistake, lasts=1.0)
    assert row.good, row
