"""Students with a diary of their own: who is connected, confirming, disconnecting, slips (О п.4.8; В 3.1, 4.3.7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from services import relinking
from services.access import access_class, access_class_office
from services.actor import Actor
from services.clock import Clock
from services.errors import NotFoundHere, SchoolError
from services.homeroom import NothingToConfirm
from services.i18n import N_
from services.invitations import Issued
from services.joining import Joining
from services.letters import announcements
from services.outbox import items
from services.relinking import note_access, occasion_of
from services.rules.regulation import Regulation
from storage.repositories import diary, joining, students
from storage.repositories.students import StudentAccount
from storage.uow import Storage, Uow
from storage.vocabulary import AccountId, ClassId, InvitationKind, PersonId


class StudentNotConnected(SchoolError):
    """The student has no account."""

    sentence = N_("This student isn't connected.")


class NoSlipForStudents(SchoolError):
    """A guardian's papers come first, and the class must be of the right years (О п.4.8)."""

    sentence = N_(
        "No slip for this student yet: a guardian's application and consent aren't recorded, or the class is younger "
        "than class {level}."
    )


class StudentStanding(StrEnum):
    """How a student stands to the own diary."""

    AWAITING = "awaiting"
    CONNECTED = "connected"
    BLOCKED = "blocked"
    AWAY = "away"  # may have a slip
    NO_PAPERS = "no_papers"


@dataclass(frozen=True, slots=True)
class StudentLine:
    """A student. `since`: when the account that awaits, or speaks, joined, in school time."""

    student_id: PersonId
    name: str
    short_name: str
    standing: StudentStanding
    since: datetime | None
    account_id: AccountId | None
    newcomer_id: AccountId | None
    may_have_slip: bool


@dataclass(frozen=True, slots=True)
class StudentsView:
    """The students of a class. `level_from`: from which year on they have a diary; `led`: the asker leads the class."""

    class_id: ClassId
    class_name: str
    led: bool
    level: int
    level_from: int
    lines: tuple[StudentLine, ...]

    def of(self, standing: StudentStanding) -> list[StudentLine]:
        """Those who stand so."""
        return [line for line in self.lines if line.standing is standing]


@dataclass(frozen=True, slots=True)
class StudentSlips:
    """Slips of students; their secrets are seen this once."""

    school: str
    class_name: str
    slips: tuple[tuple[StudentLine, Issued], ...]
    without_papers: tuple[str, ...]
    now: datetime


class StudentAccess:
    """The office of students' own access: the class's homeroom teacher; the administrator looks on and disconnects."""

    def __init__(self, storage: Storage, clock: Clock, joining_: Joining) -> None:
        self._storage = storage
        self._clock = clock
        self._joining = joining_

    async def view(self, actor: Actor, class_id: ClassId) -> StudentsView:
        """The students of a class. Raises NotFoundHere, NotYourClass."""
        async with self._storage.reading() as uow:
            return await self._view(uow, actor, class_id, office=True)

    async def confirm(self, actor: Actor, class_id: ClassId, student_id: PersonId) -> StudentsView:
        """«Подтвердить»: this is the student's own phone. Raises NothingToConfirm, NotYourClass."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            newcomer_id = line_of(await self._view(uow, actor, class_id), student_id).newcomer_id
            occasion = await occasion_of(uow, actor, now)
            if newcomer_id is None or not await relinking.confirm(
                uow, occasion, actor.bot_id, student_id, newcomer_id, actor.person_id
            ):
                raise NothingToConfirm
            await items.put(uow, [announcements.confirmed(occasion, actor.bot_id, student_id, newcomer_id)], now)
            await note_access(uow, actor, "account.confirm", student_id, {"account": newcomer_id}, now)
            return await self._view(uow, actor, class_id)

    async def refuse(self, actor: Actor, class_id: ClassId, student_id: PersonId) -> StudentsView:
        """«Не подтверждать»: that phone stays outside. Raises NothingToConfirm, NotYourClass."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            newcomer_id = line_of(await self._view(uow, actor, class_id), student_id).newcomer_id
            if newcomer_id is None or not await joining.revoke(uow, newcomer_id, now, by=actor.person_id):
                raise NothingToConfirm
            occasion = await occasion_of(uow, actor, now)
            await items.put(uow, [announcements.refused(occasion, actor.bot_id, student_id, newcomer_id)], now)
            await note_access(uow, actor, "account.refuse", student_id, {"account": newcomer_id}, now)
            return await self._view(uow, actor, class_id)

    async def disconnect(self, actor: Actor, class_id: ClassId, student_id: PersonId) -> StudentsView:
        """«Отключить»: the student's diary closes at once. Raises StudentNotConnected, NotYourClass."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            line = line_of(await self._view(uow, actor, class_id, office=True), student_id)
            accounts = [one for one in (line.account_id, line.newcomer_id) if one is not None]
            occasion = await occasion_of(uow, actor, now)
            if not await relinking.disconnect(uow, occasion, actor, student_id, accounts):
                raise StudentNotConnected
            return await self._view(uow, actor, class_id, office=True)

    async def slips(self, actor: Actor, class_id: ClassId, student_id: PersonId | None = None) -> StudentSlips:
        """New slips: of all who may have one and aren't connected, or of one student, for another phone too.

        Older unused slips from this homeroom teacher end. Raises NoSlipForStudents, NotYourClass.
        """
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            view = await self._view(uow, actor, class_id)
            if student_id is None:
                wanted = view.of(StudentStanding.AWAY)
            else:
                wanted = [line_of(view, student_id)]
                if not wanted[0].may_have_slip:
                    raise NoSlipForStudents(level=view.level_from)
            school, _zone, stored = await diary.school(uow, actor.school_id)
            issued = await self._joining.issue_in(
                uow,
                actor.school_id,
                [one.student_id for one in wanted],
                InvitationKind.STUDENT,
                Regulation.from_json(stored),
                now,
                actor.person_id,
            )
            for person_id, one in issued.items():
                detail: dict[str, object] = {"kind": "student", "invitation": one.invitation_id}
                await note_access(uow, actor, "invitation.issue", person_id, detail, now)
            bare = view.of(StudentStanding.NO_PAPERS) if student_id is None else []
            return StudentSlips(
                school=school,
                class_name=view.class_name,
                slips=tuple((one, issued[one.student_id]) for one in wanted),
                without_papers=tuple(one.name for one in bare),
                now=now,
            )

    async def _view(self, uow: Uow, actor: Actor, class_id: ClassId, *, office: bool = False) -> StudentsView:
        today: date = self._clock.now().astimezone(actor.zone).date()
        door = access_class_office if office else access_class
        found = await door(uow, actor, class_id, today)
        _name, _zone, stored = await diary.school(uow, actor.school_id)
        level_from = Regulation.from_json(stored).student_level_from
        rows = await students.of_class(uow, class_id, today)
        return StudentsView(
            class_id=class_id,
            class_name=found.name,
            led=found.led,
            level=found.level,
            level_from=level_from,
            lines=_lines(rows, actor, found.level >= level_from),
        )


def line_of(view: StudentsView, student_id: PersonId) -> StudentLine:
    """One student of the class. Raises NotFoundHere."""
    found = next((line for line in view.lines if line.student_id == student_id), None)
    if found is None:
        raise NotFoundHere
    return found


def _lines(rows: Sequence[StudentAccount], actor: Actor, old_enough: bool) -> tuple[StudentLine, ...]:
    lines = []
    for row in rows:
        since = row.awaiting_at or row.linked_at
        line = StudentLine(
            student_id=row.student_id,
            name=" ".join(part for part in (row.last_name, row.first_name, row.middle_name) if part),
            short_name=f"{row.last_name} {row.first_name}",
            standing=_standing(row, old_enough),
            since=None if since is None else since.astimezone(actor.zone),
            account_id=row.account_id,
            newcomer_id=row.awaiting_id,
            may_have_slip=old_enough and row.recorded,
        )
        lines.append(line)
    return tuple(lines)


def _standing(row: StudentAccount, old_enough: bool) -> StudentStanding:
    if row.awaiting_id is not None:
        return StudentStanding.AWAITING
    if row.account_id is not None:
        return StudentStanding.BLOCKED if row.unreachable else StudentStanding.CONNECTED
    return StudentStanding.AWAY if old_enough and row.recorded else StudentStanding.NO_PAPERS
