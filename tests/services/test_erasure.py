"""Erasing: of somebody who has left nothing stays but what the journal must keep, and nobody who is here is touched."""

import asyncio
import hashlib
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import insert, select, update

from bot.commands_erase import erase
from services.clock import StoppedClock
from services.erasure import Erasure, NotGoneYet, canonical
from services.outbox import items
from services.people import NoSuchPerson
from services.rules import keeping
from storage.models.audit import AuditEntry
from storage.models.delivery import Letter
from storage.models.family import Contact, Visit
from storage.models.people import Guardianship, Person, PersonRole, TelegramAccount
from storage.repositories.audit import note
from storage.uow import Storage
from storage.vocabulary import PersonId
from tests.delivery.conftest import BOT, NOW, Family, found
from tests.delivery.post import at_work

CANARY = "Канарейкина"
TODAY = NOW.date()


async def a_guardian_with_traces(storage: Storage, family: Family) -> None:
    """The mother, under a name that is found anywhere, with a letter, a contact, an account and a visit."""
    mother = family.mother
    async with storage.writing() as uow:
        await uow.execute(
            update(Person)
            .where(Person.id == mother)
            .values(last_name=CANARY, key=CANARY.lower(), phone="+7 900 1234567", email="kanareyka@example.org")
        )
        contact: dict[str, Any] = {"channel": "email", "state": "confirmed", "source": "№ 7", "given_on": TODAY}
        address = "kanareyka@example.org"
        await uow.execute(
            insert(Contact), {"school_id": family.school, "person_id": mother, "address": address, "rank": 0, **contact}
        )
        await uow.execute(insert(Visit), {"person_id": mother, "on_date": TODAY, "school_id": family.school})
    async with at_work(storage) as post:
        await post.put(family.fact("mark:1:1", value=CANARY))
        await post.settled(1)


async def she_leaves(storage: Storage, family: Family) -> None:
    async with storage.writing() as uow:
        for model, column in ((Guardianship, Guardianship.guardian_id), (PersonRole, PersonRole.person_id)):
            await uow.execute(update(model).where(column == family.mother).values(until_on=TODAY))


def everything(path: Path) -> bytes:
    """The bytes of a SQLite base with its log."""
    return b"".join(one.read_bytes() for one in path.parent.glob(path.name + "*"))


async def test_nothing_of_her_stays_in_the_file(sqlite_url: str) -> None:
    storage = Storage(sqlite_url)
    family = await found(storage)
    await a_guardian_with_traces(storage, family)
    await she_leaves(storage, family)
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    words = [CANARY.encode(), CANARY.lower().encode(), b"kanareyka@", b"1234567"]
    erased = await Erasure(storage, StoppedClock(NOW)).erase(family.mother)
    await storage.close()  # the log goes into the file
    content = await asyncio.to_thread(everything, path)
    assert [word for word in words if word in content] == []
    assert (erased.plan.name_until, erased.rows["letters"], erased.rows["contacts"]) == (None, 1, 1)


async def test_who_is_still_here_is_not_erased(storage: Storage) -> None:
    family = await found(storage)
    office = Erasure(storage, StoppedClock(NOW))
    for person in (family.mother, family.teacher, family.anna):
        with pytest.raises(NotGoneYet):
            await office.erase(person)
    with pytest.raises(NoSuchPerson):
        await office.plan(PersonId(999_999))


async def test_a_name_that_the_journal_must_keep_stays_and_her_childs_letters_to_others_stay(storage: Storage) -> None:
    family = await found(storage)
    async with storage.writing() as uow:
        later: dict[str, Any] = {"due_at": NOW, "cap_at": NOW, "expires_at": NOW + timedelta(hours=72)}
        await items.put(uow, [family.fact("mark:1:1", recipient_id=family.father, **later)], NOW)
        await note(
            uow,
            school_id=family.school,
            actor_id=family.mother,
            at=NOW,
            action="consent_given",
            subject="person:1",
            detail={},
        )
    await she_leaves(storage, family)
    erased = await Erasure(storage, StoppedClock(NOW)).erase(family.mother)
    assert erased.plan.name_until == TODAY.replace(year=TODAY.year + 5)
    async with storage.reading() as uow:
        mother = (await uow.execute(Person.__table__.select().where(Person.id == family.mother))).one()
        account = TelegramAccount.__table__
        chats = (await uow.execute(account.select().where(account.c.person_id == family.mother))).all()
        letters = (await uow.execute(Letter.__table__.select())).all()
    assert mother.last_name != "Удалено" and mother.phone is None
    assert all(row.chat_id < 0 and row.state == "revoked" and row.bot_id == BOT for row in chats) and chats
    assert letters == []


def test_names_stay_five_years_and_where_there_are_results_twenty_five() -> None:
    assert keeping.name_until(None, results=True) is None
    assert keeping.name_until(date(2026, 5, 20), results=False) == date(2031, 5, 20)
    assert keeping.name_until(date(2028, 2, 29), results=True) == date(2053, 3, 1)


def test_the_command_asks_writes_the_proof_and_names_nobody_in_it(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def prepare() -> Family:
        storage = Storage(sqlite_url)
        family = await found(storage)
        await a_guardian_with_traces(storage, family)
        await she_leaves(storage, family)
        await storage.close()
        return family

    async def noted() -> str:
        storage = Storage(sqlite_url)
        async with storage.reading() as uow:
            line = select(AuditEntry.detail).where(AuditEntry.action == "person_erased")
            detail = (await uow.execute(line)).scalar_one()
        await storage.close()
        return str(detail["proof"])

    family = asyncio.run(prepare())
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    refused = CliRunner().invoke(erase, [str(family.mother)], input="n\n")
    assert refused.exit_code == 1 and not (tmp_path / "data" / "erasures").exists()
    done = CliRunner().invoke(erase, [str(family.mother), "--yes"])
    assert done.exit_code == 0, done.output
    text = next((tmp_path / "data" / "erasures").iterdir()).read_text(encoding="utf-8")
    assert '"letters": 1' in text and CANARY not in text
    proof = json.loads(text)
    assert proof["sha256"] == hashlib.sha256(canonical(proof)).hexdigest()
    assert asyncio.run(noted()) == proof["sha256"], "the sealed chain vouches for the proof"
    proof["removed"]["letters"] = 0
    assert proof["sha256"] != hashlib.sha256(canonical(proof)).hexdigest()
    assert proof["name"] == {"erased": True, "until": None} and "О 2.10" in proof["kept"]["audit"]
    assert "Удалять некого" in CliRunner().invoke(erase, ["--due"]).output
    assert CliRunner().invoke(erase, []).exit_code == 1
