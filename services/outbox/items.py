"""Items: facts that wait for their recipient. All waiting is theirs; letters are only sent (delivery, §2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.rules import channels
from storage.repositories import items as rows
from storage.uow import Uow
from storage.vocabulary import (
    AccountId,
    BotId,
    Channel,
    ItemId,
    ItemKind,
    LessonId,
    PersonId,
    SchoolId,
    VoidReason,
    WorkId,
)


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact for one recipient.

    Items of one `bundle` share a letter; under one `collapse_key` a newer `value` takes the place of a waiting older
    one. A value that equals what was told last (None: never told, or taken back) needs no letter. Moments are school
    time, aware UTC: the letter goes at `due_at`, pushed back by newer facts until `cap_at`, and never past
    `expires_at`. `account_id` names the account to write to where it isn't the recipient's present one.
    `channel`: how it travels; what is to be printed waits for the next print instead of losing its sense.
    """

    school_id: SchoolId
    bot_id: BotId
    recipient_id: PersonId
    kind: ItemKind
    bundle: str
    collapse_key: str
    value: str | None
    priority: int
    due_at: datetime
    cap_at: datetime
    expires_at: datetime | None
    student_id: PersonId | None = None
    lesson_id: LessonId | None = None
    work_id: WorkId | None = None
    account_id: AccountId | None = None
    channel: Channel = Channel.TELEGRAM


@dataclass(frozen=True, slots=True)
class Rescheduled:
    """New times, and perhaps another bundle, for a waiting item."""

    item_id: ItemId
    bundle: str
    priority: int
    due_at: datetime
    cap_at: datetime
    expires_at: datetime | None


CHUNK = 190  # facts: with the rows that stand beside them a transaction changes 200 at most (delivery, §5)


def in_chunks(facts: Sequence[Fact]) -> list[Sequence[Fact]]:
    """Facts in the order they are put in, cut to what one transaction may hold; no facts are one chunk of none."""
    ordered = sorted(facts, key=_place)
    return [ordered[first : first + CHUNK] for first in range(0, max(len(ordered), 1), CHUNK)]


def _place(fact: Fact) -> tuple[PersonId, str]:
    return fact.recipient_id, fact.collapse_key


async def put(uow: Uow, facts: Sequence[Fact], now: datetime) -> None:
    """Let the facts wait, in the transaction of the change they tell of: one statement.

    Rows go in one order everywhere, since opposite orders would deadlock PostgreSQL.
    """
    if not facts:
        return
    ordered = sorted(facts, key=_place)
    await rows.upsert(
        uow,
        [
            rows.NewItem(
                school_id=fact.school_id,
                bot_id=fact.bot_id,
                recipient_id=fact.recipient_id,
                student_id=fact.student_id,
                lesson_id=fact.lesson_id,
                work_id=fact.work_id,
                kind=fact.kind,
                bundle=fact.bundle,
                collapse_key=fact.collapse_key,
                value=fact.value,
                priority=fact.priority,
                created_at=now,
                due_at=min(fact.due_at, fact.cap_at),
                cap_at=fact.cap_at,
                expires_at=channels.expiry(fact.channel, fact.kind, fact.due_at, fact.expires_at),
                account_id=fact.account_id,
                channel=fact.channel,
            )
            for fact in ordered
        ],
    )
    if any(min(fact.due_at, fact.cap_at) <= now for fact in facts):  # the rest is found by the look that is due then
        uow.put_items = True


async def hasten(uow: Uow, lesson_id: LessonId, kind: ItemKind, due_at: datetime) -> None:
    """Bring forward what a lesson's waiting items of a kind are due: never later than they were. One statement."""
    await rows.hasten(uow, lesson_id, kind, due_at)
    uow.put_items = True


async def reschedule(uow: Uow, moves: Sequence[Rescheduled]) -> None:
    """Give waiting items other times, when their recipient chose other hours. One statement."""
    if not moves:
        return
    await rows.reschedule(
        uow,
        [
            rows.Move(one.item_id, one.bundle, one.priority, one.due_at, one.cap_at, one.expires_at)
            for one in sorted(moves, key=lambda move: move.item_id)
        ],
    )
    uow.put_items = True


async def cancel(
    uow: Uow,
    *,
    recipient_id: PersonId | None = None,
    student_id: PersonId | None = None,
    lesson_id: LessonId | None = None,
    kind: ItemKind | None = None,
    reason: VoidReason = VoidReason.CANCELLED,
) -> int:
    """Void the waiting items that match every condition given; how many. Without a condition nothing matches."""
    return await rows.cancel(
        uow, recipient_id=recipient_id, student_id=student_id, lesson_id=lesson_id, kind=kind, reason=reason
    )
