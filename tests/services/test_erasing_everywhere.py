"""Erasing, judged from outside: every table is read as text, and a base's file byte by byte, for what was known."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from services.audit_chain import AuditChain
from services.clock import StoppedClock
from services.erasure import Erasure, NotGoneYet, StillUnderWay
from storage.models.base import Base
from storage.models.delivery import Inbox, Item, Letter
from storage.models.family import Contact
from storage.models.journal import Mark
from storage.models.people import (
    Draft,
    Enrollment,
    Guardianship,
    Invitation,
    JoinAttempts,
    Person,
    PersonRole,
    TelegramAccount,
)
from storage.scrubbing import scrub
from storage.uow import Storage
from storage.vocabulary import PersonId
from tests.everybody.schools import Side, found_two
from tests.school import BOT, TODAY, Cast, at

PHONE, CHAT, MAIL = "+7 900 7654321", 7_000_000_123, "kanareyka@example.org"
LAST, FIRST, MIDDLE = "Канарейкина", "Прасковея", "Ермогеновна"
LATER = at("12:00", date(2032, 6, 1))  # the journal's five years are over
KEY = b"k" * 32


@dataclass
class Known:
    """A base with one person in every place that can hold something of a person."""

    storage: Storage
    side: Side

    @property
    def cast(self) -> Cast:
        return self.side.cast

    def erasure(self, now: Any = LATER) -> Erasure:
        return Erasure(self.storage, StoppedClock(now))


@pytest.fixture
async def base(storage: Storage) -> Known:
    return Known(storage, (await found_two(storage)).near)


async def named(known: Known, person: PersonId) -> None:
    """The person under a name found nowhere else, with everything that may be known of somebody."""
    storage, now = known.storage, at("10:00")
    async with storage.writing() as uow:
        name = {"last_name": LAST, "first_name": FIRST, "middle_name": MIDDLE, "key": f"{LAST} {FIRST}".casefold()}
        await uow.write(update(Person).where(Person.id == person).values(phone=PHONE, email=MAIL, **name))
        chat = update(TelegramAccount).where(TelegramAccount.person_id == person)
        assert await uow.write(chat.values(user_id=CHAT, chat_id=CHAT))
        contact = {"channel": "email", "state": "confirmed", "source": f"№ 7, {LAST}", "given_on": TODAY, "rank": 1}
        await uow.execute(
            insert(Contact).values(person_id=person, school_id=known.cast.school_id, address=MAIL, **contact)
        )
        await uow.execute(insert(JoinAttempts).values(bot_id=BOT, user_id=CHAT, failed=2, last_at=now))
        data = {"text": f"Я {LAST}"}
        await uow.execute(
            insert(Draft).values(bot_id=BOT, user_id=CHAT, purpose="thread", data=data, created_at=now, expires_at=now)
        )
        slip = {"token_hash": "t", "code_hash": "c", "created_at": now, "expires_at": now, "used_at": now}
        await uow.execute(
            insert(Invitation).values(
                school_id=known.cast.school_id, person_id=person, kind="family", used_by_user=CHAT, **slip
            )
        )
        said = json.dumps({"message": {"from": {"id": CHAT}, "text": LAST}})
        for number, state in enumerate(("done", "dead"), 1):
            row = {"update_id": number, "lane": CHAT, "payload": said if state == "dead" else None, "state": state}
            await uow.execute(insert(Inbox).values(bot_id=BOT, attempts=0, received_at=now, **row))


async def wrote(known: Known, person: PersonId, address: str, text: str, state: str = "sent") -> None:
    """A letter to somebody."""
    now, cast = at("10:00"), known.cast
    async with known.storage.writing() as uow:
        letter = {"method": "send", "payload": {"text": text, "to": MAIL}, "state": state, "epoch": 1, "copies": 0}
        moments = {"created_at": now, "sending_at": now}
        made = insert(Letter).values(bot_id=BOT, channel="telegram", address=address, **letter, **moments)
        letter_id = (await uow.execute(made.returning(Letter.id))).scalar_one()
        told = {"kind": "joined", "bundle": "x", "collapse_key": f"x:{letter_id}", "value": "7", "priority": 2}
        due = {"created_at": now, "due_at": now, "cap_at": now, "state": "told", "told_at": now}
        await uow.execute(
            insert(Item).values(
                school_id=cast.school_id, bot_id=BOT, recipient_id=person, letter_id=letter_id, **told, **due
            )
        )


async def leaves(known: Known, person: PersonId) -> None:
    """Nothing ties the person to the school any more."""
    async with known.storage.writing() as uow:
        for model, column in (
            (Guardianship, Guardianship.guardian_id),
            (PersonRole, PersonRole.person_id),
            (Enrollment, Enrollment.student_id),
        ):
            await uow.write(update(model).where(column == person).values(until_on=TODAY))


async def found_of(storage: Storage, words: list[str]) -> list[str]:
    """Where the words stand: every row of every table as text, with what JSON makes of letters read back."""
    places = []
    async with storage.reading() as uow:
        for table in Base.metadata.sorted_tables:
            for row in (await uow.execute(select(table))).mappings():
                text = json.dumps(dict(row), ensure_ascii=False, default=str)
                places += [f"{table.name}: {word}" for word in words if word.casefold() in text.casefold()]
    return places


@pytest.mark.slow
async def test_of_a_guardian_who_left_no_table_keeps_a_word(base: Known) -> None:
    mother = base.cast.mother_larina
    await named(base, mother)
    await wrote(base, mother, str(CHAT), f"Здравствуйте, {FIRST}")
    await wrote(base, base.cast.homeroom_teacher, "6", f"Подключилась {LAST} {FIRST} {MIDDLE}")
    words = [LAST, FIRST, MIDDLE, "7654321", str(CHAT), MAIL]
    assert {one.partition(": ")[2] for one in await found_of(base.storage, words)} == set(words)
    await leaves(base, mother)
    chain = AuditChain(base.storage, StoppedClock(LATER), KEY)
    await chain(LATER)
    erased = await base.erasure().erase(mother)
    assert erased.plan.name_until is None
    assert await found_of(base.storage, words) == []
    await chain(LATER + timedelta(hours=1))
    verdict = await chain.verify()
    assert verdict.broken_after is None and verdict.lines, "the erasure is a line of the chain like any other"


@pytest.mark.slow
async def test_of_a_student_words_about_them_go_with_the_name_and_the_marks_stay_nameless(base: Known) -> None:
    student = base.cast.larina
    await named(base, student)
    async with base.storage.reading() as uow:
        marked = [row[0] for row in await uow.execute(select(Mark.comment).where(Mark.student_id == student))]
    words = [LAST, FIRST, str(CHAT), MAIL, *filter(None, marked)]
    assert len(words) > 5
    await leaves(base, student)
    at_once = base.erasure(at("12:00"))
    plan = await at_once.plan(student)
    assert plan.name_until == date(2051, 9, 8), "results are kept twenty-five years (К 16)"
    await at_once.erase(student)
    assert set(await found_of(base.storage, words)) >= {f"person: {LAST}", f"person: {FIRST}"}
    assert not [one for one in await found_of(base.storage, words) if one.endswith((str(CHAT), MAIL))]
    await base.erasure(at("12:00", date(2051, 9, 9))).erase(student)
    assert await found_of(base.storage, words) == []
    async with base.storage.reading() as uow:
        marks = list(await uow.execute(select(Mark.value, Mark.comment).where(Mark.student_id == student)))
    assert marks and {(row.value, row.comment) for row in marks} == {("4", "")}


@pytest.mark.slow
async def test_nobody_is_erased_while_they_are_here_and_who_left_long_ago_is_due_to_be(base: Known) -> None:
    assert await base.erasure(at("12:00")).due() == []
    for person in (base.cast.mother_larina, base.cast.larina, base.cast.owner):
        with pytest.raises(NotGoneYet):
            await base.erasure().erase(person)
    await leaves(base, base.cast.mother_larina)
    await wrote(base, base.cast.mother_larina, str(base.cast.mother_larina), "…", state="unknown")
    with pytest.raises(StillUnderWay):
        await base.erasure().erase(base.cast.mother_larina)
    async with base.storage.writing() as uow:
        await uow.write(update(Letter).values(state="closed"))
    assert base.cast.mother_larina not in [one.person_id for one in await base.erasure(at("12:00")).due()]
    due = await base.erasure().due()
    assert base.cast.mother_larina in [one.person_id for one in due]
    for one in due:
        await base.erasure().erase(one.person_id)
    assert await base.erasure().due() == [], "who is erased is due no more"


@pytest.mark.slow
async def test_the_file_and_its_log_keep_no_byte_while_the_service_runs_on(sqlite_url: str) -> None:
    storage = Storage(sqlite_url)
    known = Known(storage, (await found_two(storage)).near)
    await named(known, known.cast.mother_larina)
    await leaves(known, known.cast.mother_larina)
    await known.erasure().erase(known.cast.mother_larina)
    assert scrub(sqlite_url), "nobody was reading meanwhile"
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    content = b"".join(one.read_bytes() for one in path.parent.glob(path.name + "*"))
    spelt = [LAST, LAST.casefold(), FIRST, MAIL, str(CHAT), "7654321", json.dumps(LAST)[1:-1]]
    assert [word for word in spelt if word.encode() in content] == []
    await storage.close()
