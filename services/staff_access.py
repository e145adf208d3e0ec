"""«Доступ»: the administrator's staff codes, who of the staff is connected, and disconnecting (В 3.1, 4.1.10)."""

from dataclasses import dataclass
from datetime import datetime

from services import drafts, invitations, relinking
from services.actor import Actor
from services.clock import Clock
from services.errors import NotFoundHere, SchoolError
from services.i18n import N_
from services.invitations import Issued
from services.joining import Joining
from services.letters import announcements
from services.names import fold
from services.outbox import items
from services.relinking import note_access, occasion_of
from services.rules.short_names import initials
from storage.repositories import diary
from storage.repositories import staff_access as rows
from storage.repositories.staff_access import ClassName, StaffRow
from storage.uow import Storage, Uow
from storage.vocabulary import AccountId, DraftPurpose, InvitationKind, PersonId, Role

SHOWN = 8


class NotTheAdministrator(SchoolError):
    """Staff codes are the administrator's."""

    sentence = N_("Employees' access is the administrator's.")


class NobodyOfTheStaff(SchoolError):
    """The typed name fits nobody."""

    sentence = N_("Nobody of the staff has such a name. Type the beginning of the surname.")


class NotYourself(SchoolError):
    """An administrator who disconnects themselves could let nobody in again."""

    sentence = N_("You can't disconnect yourself. Another administrator, or the command line, does that.")


class EmployeeNotConnected(SchoolError):
    """There is no account to end."""

    sentence = N_("This employee isn't connected.")


@dataclass(frozen=True, slots=True)
class Employee:
    """Somebody of the staff. `since`: when their account joined, in school time; None: not connected."""

    person_id: PersonId
    name: str
    short_name: str
    roles: tuple[Role, ...]
    account_id: AccountId | None
    since: datetime | None
    unreachable: bool
    oneself: bool


@dataclass(frozen=True, slots=True)
class StaffView:
    """The staff by name; `classes`: whose families' access the administrator may look at."""

    school: str
    people: tuple[Employee, ...]
    classes: tuple[ClassName, ...]

    @property
    def connected(self) -> int:
        """How many are."""
        return sum(one.account_id is not None for one in self.people)


@dataclass(frozen=True, slots=True)
class StaffCode:
    """An employee's code, whose secrets are seen this once."""

    school: str
    employee: Employee
    issued: Issued
    now: datetime


class StaffAccess:
    """The administrator's office of employees' accounts."""

    def __init__(self, storage: Storage, clock: Clock, joining: Joining) -> None:
        self._storage = storage
        self._clock = clock
        self._joining = joining

    async def view(self, actor: Actor) -> StaffView:
        """The staff. Raises NotTheAdministrator."""
        async with self._storage.reading() as uow:
            return await self._view(uow, actor)

    async def employee(self, actor: Actor, person_id: PersonId) -> Employee:
        """One of them. Raises NotTheAdministrator, NotFoundHere."""
        async with self._storage.reading() as uow:
            return _one(await self._view(uow, actor), person_id)

    async def ask_name(self, actor: Actor) -> StaffView:
        """Whom? A name is awaited. Raises NotTheAdministrator."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            view = await self._view(uow, actor)
            await drafts.expect(uow, actor.bot_id, actor.user_id, DraftPurpose.STAFF_SEARCH, {}, now)
            return view

    async def named(self, actor: Actor, text: str) -> list[Employee]:
        """Those whose name begins so, in any of its parts. Raises NotTheAdministrator, NobodyOfTheStaff."""
        async with self._storage.reading() as uow:
            view = await self._view(uow, actor)
        wanted = fold(text).split()
        found = [
            one
            for one in view.people
            if wanted and all(any(part.startswith(word) for part in fold(one.name).split()) for word in wanted)
        ]
        if not found:
            raise NobodyOfTheStaff
        return found

    async def issue(self, actor: Actor, person_id: PersonId) -> StaffCode:
        """A one-time code; one for oneself is told to the director and every administrator at once.

        Raises NotTheAdministrator, NotFoundHere.
        """
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            view = await self._view(uow, actor)
            employee = _one(view, person_id)
            occasion = await occasion_of(uow, actor, now)
            made = await self._joining.issue_in(
                uow, actor.school_id, [person_id], InvitationKind.STAFF, occasion.regulation, now, actor.person_id
            )
            issued = made[person_id]
            if employee.oneself:
                today = now.astimezone(actor.zone).date()
                told = await rows.heads(uow, actor.school_id, today)
                facts = [
                    announcements.own_code(occasion, bot_id, head, person_id, issued.invitation_id)
                    for head, bot_id in told
                ]
                await items.put(uow, facts, now)
            detail: dict[str, object] = {"kind": "staff", "invitation": issued.invitation_id}
            await note_access(uow, actor, "invitation.issue", person_id, detail, now)
            return StaffCode(view.school, employee, issued, now)

    async def disconnect(self, actor: Actor, person_id: PersonId) -> Employee:
        """«Отключить»: the account ends at once, with its codes and what waits for it.

        Raises NotTheAdministrator, NotFoundHere, NotYourself, EmployeeNotConnected.
        """
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            employee = _one(await self._view(uow, actor), person_id)
            if employee.oneself:
                raise NotYourself
            accounts = [] if employee.account_id is None else [employee.account_id]
            occasion = await occasion_of(uow, actor, now)
            if not await relinking.disconnect(uow, occasion, actor, person_id, accounts):
                raise EmployeeNotConnected
            return _one(await self._view(uow, actor), person_id)

    async def _view(self, uow: Uow, actor: Actor) -> StaffView:
        if Role.ADMINISTRATOR not in actor.roles:
            raise NotTheAdministrator
        today = self._clock.now().astimezone(actor.zone).date()
        school, _zone, _stored = await diary.school(uow, actor.school_id)
        people = await rows.staff(uow, actor.school_id, today)
        classes = await rows.classes(uow, actor.school_id, today)
        return StaffView(school, tuple(_employee(one, actor) for one in people), tuple(classes))


def _one(view: StaffView, person_id: PersonId) -> Employee:
    found = next((one for one in view.people if one.person_id == person_id), None)
    if found is None:
        raise NotFoundHere
    return found


def _employee(row: StaffRow, actor: Actor) -> Employee:
    return Employee(
        person_id=row.person.id,
        name=invitations.full(row.person),
        short_name=initials(row.person.last_name, row.person.first_name, row.person.middle_name),
        roles=row.roles,
        account_id=row.account_id,
        since=None if row.linked_at is None else row.linked_at.astimezone(actor.zone),
        unreachable=row.unreachable,
        oneself=row.person.id == actor.person_id,
    )
