"""Letters about the way in and about what wasn't delivered: who joined, was confirmed, disconnected, not reached."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services import words
from services.i18n import N_, gettext
from services.letters.typeset import fits, typeset
from services.outbox.transport import DueItem, Reachable
from storage.repositories import diary, guardians, joining, notices, students
from storage.uow import Uow
from storage.vocabulary import STAFF_ROLES, AccountId, AccountState, ClassId, ItemId, ItemKind, PersonId

WHAT = {
    ItemKind.ABSENCE: N_("absence"),
    ItemKind.ABSENCE_WITHDRAWN: N_("absence taken back"),
    ItemKind.ABSENCE_LATER: N_("absence"),
    ItemKind.MARK: N_("mark"),
    ItemKind.HOMEWORK: N_("homework"),
    ItemKind.DIGEST: N_("evening letter"),
    ItemKind.TERM_RESULT: N_("results"),
    ItemKind.THREAD: N_("letter of the school"),
    ItemKind.ABSENT_DAYS: N_("days of absence"),
    ItemKind.TIMETABLE: N_("timetable changes"),
    ItemKind.RISK: N_("a low term mark ahead"),
    ItemKind.WEEKLY: N_("weekly letter"),
    ItemKind.NOTE_DECIDED: N_("answer to an absence note"),
    ItemKind.BROADCAST: N_("broadcast"),
    ItemKind.BROADCAST_URGENT: N_("urgent broadcast"),
}


NOBODY = N_("nobody is connected")


@dataclass(frozen=True, slots=True)
class Awaiting:
    """A guardian, or a student, who typed a code, in the reader's class."""

    class_id: ClassId
    person_id: PersonId
    name: str
    student: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice's text, the items it tells, whom its reader may confirm, and whether it opens the diary."""

    text: str
    item_ids: tuple[ItemId, ...]
    awaiting: tuple[Awaiting, ...] = ()
    diary: bool = False
    absences_of: ClassId | None = None  # a class whose absences it opens


@dataclass(frozen=True, slots=True)
class JoinedLine:
    """Who came in: a guardian with the children of the reader's class, or a student.

    `again`: another phone of theirs is connected, and goes on until this one is confirmed.
    """

    name: str
    said: str
    awaiting: bool
    student: bool = False
    again: bool = False


@dataclass(frozen=True, slots=True)
class UnreachedLine:
    """What wasn't delivered, to whom, about whom, due when."""

    guardian: str
    student: str
    what: str
    day: str


async def joined(uow: Uow, recipient: Reachable, items: Sequence[DueItem], today: date) -> Notice | None:
    """For a homeroom teacher: who came in, with the children of the own class only."""
    own = await guardians.led_students(uow, recipient.person_id, today)
    lines: list[JoinedLine] = []
    awaiting: list[Awaiting] = []
    for account in await notices.accounts(uow, _account_ids(items)):
        if account.state is AccountState.REVOKED:
            continue
        again = account.state is AccountState.AWAITING and account.another
        if account.person_id in own:
            waits = account.state is AccountState.AWAITING
            sits = await students.enrolled(uow, account.person_id, today)
            lines.append(JoinedLine(account.full_name, sits.class_name if sits else "", waits, True, again))
            if waits and sits is not None:
                awaiting.append(Awaiting(sits.class_id, account.person_id, account.short_name, student=True))
            continue
        children = [
            child for child in await guardians.children(uow, account.person_id, today) if child.student_id in own
        ]
        if not children:
            continue
        waits = account.state is AccountState.AWAITING or any(child.awaiting for child in children)
        said = ", ".join(
            f"{child.last_name} {child.first_name}, {child.class_name} ({words.relation(child.relation)})"
            for child in children
        )
        lines.append(JoinedLine(account.full_name, said, waits, again=again))
        class_id = children[0].class_id
        if waits and class_id is not None:
            awaiting.append(Awaiting(class_id, account.person_id, account.short_name))
    if not lines:
        return None
    return Notice(typeset("joined", people=lines), _ids(items), tuple(awaiting))


def confirmed(items: Sequence[DueItem]) -> Notice:
    """For a guardian or student: the diary is open."""
    return Notice(typeset("confirmed"), _ids(items), diary=True)


async def revoked(uow: Uow, items: Sequence[DueItem], today: date) -> Notice:
    """At the chat that was disconnected, or not confirmed."""
    [person_id] = {one.person_id for one in await notices.accounts(uow, _account_ids(items))}
    staff = bool(STAFF_ROLES & await joining.roles(uow, person_id, today))
    refused = items[0].bundle.startswith("refused:")
    return Notice(typeset("revoked", refused=refused, staff=staff), _ids(items))


async def relinked(uow: Uow, items: Sequence[DueItem]) -> Notice:
    """For the owner at the former account, which ended or may end; or for an administrator."""
    people = await notices.accounts(uow, _account_ids(items))
    scope = items[0].bundle.partition(":")[0]
    view = {"own": scope == "access", "asked": scope == "asked", "names": [one.full_name for one in people]}
    return Notice(typeset("relinked", **view), _ids(items))


def tie_ended(items: Sequence[DueItem]) -> Notice:
    """For a guardian: a tie to a child has ended, or holds again; no child is named."""
    back = all(item.value is None for item in items)
    return Notice(typeset("tie_ended", back=back), _ids(items), diary=back)


async def own_code(uow: Uow, recipient: Reachable, items: Sequence[DueItem]) -> Notice | None:
    """For the director and administrators: who made a code for themselves."""
    people = [await joining.person(uow, PersonId(int(item.value))) for item in items if item.value]
    names = dict.fromkeys(
        " ".join(part for part in (one.last_name, one.first_name, one.middle_name) if part)
        for one in people
        if one is not None
    )
    return Notice(typeset("own_code", names=list(names)), _ids(items)) if names else None


async def unreached(uow: Uow, recipient: Reachable, items: Sequence[DueItem], today: date) -> Notice | None:
    """For a homeroom teacher: what families didn't get in time."""
    values = [int(item.value) for item in items if item.value]
    found = await notices.undelivered(uow, [ItemId(value) for value in values if value > 0])
    # A student whom nobody could be told of: services/finals/reaching.
    alone = await diary.names(uow, {PersonId(-value) for value in values if value < 0})
    lines = sorted(
        (
            UnreachedLine(
                one.guardian,
                one.student,
                gettext(WHAT[one.kind]),
                words.day(one.due_at.astimezone(recipient.zone).date(), today),
            )
            for one in found
            if one.kind in WHAT
        ),
        key=lambda line: (line.guardian, line.student, line.day, line.what),
    )
    results, day = gettext(WHAT[ItemKind.TERM_RESULT]), words.day(today, today)
    lines += [
        UnreachedLine(f"{last} {first}", gettext(NOBODY), results, day)
        for first, last in sorted(alone.values(), key=lambda name: (name[1], name[0]))
    ]
    distinct = list(dict.fromkeys(lines))
    if not distinct:
        return None
    shown = len(distinct)
    while not fits(text := typeset("unreached", lines=distinct[:shown], more=len(distinct) - shown)):
        shown = shown * 3 // 4
    return Notice(text, _ids(items))


def _account_ids(items: Sequence[DueItem]) -> list[AccountId]:
    return [AccountId(int(item.value)) for item in items if item.value]


def _ids(items: Sequence[DueItem]) -> tuple[ItemId, ...]:
    return tuple(item.id for item in items)
