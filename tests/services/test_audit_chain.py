"""The audit chain: what was sealed can't be changed, removed or added to unnoticed."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, update

from services import audit_chain
from services.anchors import Anchors
from services.audit_chain import AuditChain
from services.clock import StoppedClock
from storage.models.audit import AuditEntry, AuditSeal
from storage.repositories.audit import note
from storage.uow import Storage
from tests.delivery.conftest import NOW, Family, found


@pytest.fixture
async def chain(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> AuditChain:
    monkeypatch.setattr(audit_chain, "CHUNK", 4)
    family = await found(storage)
    await write(storage, family, 10)
    made = AuditChain(storage, StoppedClock(NOW), b"key")
    for _ in range(4):
        await made(NOW + timedelta(minutes=6))
    return made


async def write(storage: Storage, family: Family, count: int) -> None:
    async with storage.writing() as uow:
        for number in range(count):
            await note(
                uow,
                school_id=family.school,
                actor_id=family.teacher,
                at=NOW,
                action="mark_put",
                subject=f"mark:{number}:1",
                detail={"value": "5", "слово": "да"},
            )


async def test_lines_are_sealed_when_they_have_settled_and_the_chain_is_whole(
    storage: Storage, chain: AuditChain
) -> None:
    verdict = await chain.verify()
    assert (verdict.lines, verdict.broken_after) == (10, None)
    await write(storage, await _same_family(storage), 1)
    await chain(NOW + timedelta(minutes=4))
    assert (await chain.verify()).lines == 10
    await chain(NOW + timedelta(minutes=5))
    assert (await chain.verify()).lines == 11


async def _same_family(storage: Storage) -> Family:
    async with storage.reading() as uow:
        row = (await uow.execute(AuditEntry.__table__.select().limit(1))).one()
    return Family(row.school_id, row.actor_id, 0, 0, 0, 0, "", "")  # type: ignore[arg-type]


CHANGED = {
    "another value": update(AuditEntry).where(AuditEntry.id == 6).values(detail={"value": "4", "слово": "да"}),
    "another author": update(AuditEntry).where(AuditEntry.id == 6).values(actor_id=None),
    "another moment": update(AuditEntry).where(AuditEntry.id == 6).values(at=NOW + timedelta(microseconds=1)),
    "a line gone": delete(AuditEntry).where(AuditEntry.id == 6),
    "a seal changed": update(AuditSeal).where(AuditSeal.up_to == 8).values(hash="0" * 64),
}


@pytest.mark.parametrize("change", CHANGED.values(), ids=list(CHANGED))
async def test_what_was_changed_breaks_the_chain_where_it_was_changed(
    storage: Storage, chain: AuditChain, change: Any
) -> None:
    async with storage.writing() as uow:
        await uow.execute(change)
    assert (await chain.verify()).broken_after == 4


async def test_a_line_slipped_in_where_one_was_is_found(storage: Storage, chain: AuditChain) -> None:
    async with storage.writing() as uow:
        row = (await uow.execute(AuditEntry.__table__.select().where(AuditEntry.id == 6))).one()
        await uow.execute(delete(AuditEntry).where(AuditEntry.id == 6))
        await uow.execute(insert(AuditEntry), {**row._mapping, "subject": "mark:99:1"})
    assert (await chain.verify()).broken_after == 4


async def test_without_the_key_nobody_can_seal(storage: Storage, chain: AuditChain) -> None:
    forger: Callable[..., AuditChain] = AuditChain
    assert (await forger(storage, StoppedClock(NOW), b"another key").verify()).broken_after == 0


@pytest.fixture
async def anchored(storage: Storage, chain: AuditChain, tmp_path: Path) -> AuditChain:
    """The same chain with its anchors in a file: one of the 7th, of ten lines, one of the 8th, of eleven."""
    made = AuditChain(storage, StoppedClock(NOW), b"key", Anchors(tmp_path / "beside" / "anchors.txt"))
    for day in (0, 1):
        await write(storage, await _same_family(storage), 1)
        await made(NOW + timedelta(days=day, minutes=6))
        await made(NOW + timedelta(days=day, minutes=7))
    return made


async def test_a_day_has_one_anchor_outside_the_base(anchored: AuditChain, tmp_path: Path) -> None:
    written = Anchors(tmp_path / "beside" / "anchors.txt").all()
    assert [(one.on.day, one.up_to, one.lines) for one in written] == [(7, 11, 11), (8, 12, 12)]
    verdict = await anchored.verify()
    assert (verdict.lines, verdict.broken_after, verdict.anchors, verdict.lost) == (12, None, 2, None)


async def test_the_newest_lines_removed_with_their_seals_are_missed_by_their_anchor(
    storage: Storage, anchored: AuditChain
) -> None:
    async with storage.writing() as uow:
        await uow.execute(delete(AuditEntry).where(AuditEntry.id == 12))
        await uow.execute(delete(AuditSeal).where(AuditSeal.up_to == 12))
    verdict = await anchored.verify()
    assert verdict.broken_after is None and verdict.lost == date(2026, 9, 8)


async def test_a_chain_forged_with_the_stolen_key_is_missed_by_its_anchor(
    storage: Storage, anchored: AuditChain
) -> None:
    async with storage.writing() as uow:
        await uow.execute(update(AuditEntry).where(AuditEntry.id == 12).values(actor_id=None))
        await uow.execute(delete(AuditSeal).where(AuditSeal.up_to == 12))
    await AuditChain(storage, StoppedClock(NOW), b"key")(NOW + timedelta(days=2))
    assert (await anchored.verify()).lost == date(2026, 9, 8)


async def test_after_a_restore_only_the_anchors_before_it_bind(storage: Storage, anchored: AuditChain) -> None:
    async with storage.writing() as uow:  # what the base of the 7th knew
        await uow.execute(delete(AuditEntry).where(AuditEntry.id == 12))
        await uow.execute(delete(AuditSeal).where(AuditSeal.up_to == 12))
    await anchored.note_restored()
    verdict = await anchored.verify()
    assert (verdict.anchors, verdict.lost) == (1, None)
    async with storage.writing() as uow:
        await uow.execute(delete(AuditSeal).where(AuditSeal.up_to == 11))
        await uow.execute(delete(AuditEntry).where(AuditEntry.id == 11))
    assert (await anchored.verify()).lost == date(2026, 9, 7)
