"""«Мой класс»: who of the families is connected, who is confirmed, who is disconnected, who gets a slip (В 4.3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services import consent, relinking
from services.access import access_class, access_class_office
from services.actor import Actor
from services.clock import Clock
from services.errors import NotFoundHere, SchoolError
from services.i18n import N_
from services.invitations import Issued
from services.joining import Joining
from services.letters import announcements
from services.outbox import items
from services.relinking import note_access, occasion_of
from services.rules.regulation import Regulation
from services.rules.short_names import initials
from storage.repositories import absences, diary, guardians, homeroom, joining, students, ties
from storage.repositories.homeroom import LedClass, Tie
from storage.repositories.rights import ClassRow
from storage.repositories.ties import TieRow
from storage.uow import Storage, Uow
from storage.vocabulary import AccountId, ClassId, GuardianStanding, InvitationKind, PersonId, Relation


class NoClass(SchoolError):
    """The person is nobody's homeroom teacher."""

    sentence = N_("You have no class of your own this year.")


class NothingToConfirm(SchoolError):
    """The guardian doesn't await anything any more."""

    sentence = N_("There is nothing to confirm here any more.")


class NothingToDisconnect(SchoolError):
    """The guardian has no account."""

    sentence = N_("This guardian isn't connected.")


class EmployeesAccount(SchoolError):
    """The guardian works here: the account is more than a family's."""

    sentence = N_("This guardian is an employee of the school: the administrator disconnects employees.")


class PapersMissing(SchoolError):
    """Application and consent come before the slip (О п.4.8)."""

    sentence = N_("No slip without paper: the application and the consent aren't recorded at the school's office yet.")


@dataclass(frozen=True, slots=True)
class Family:
    """A guardian with the own class's children. `since`: when the account joined, in school time; `by_code`: typed.

    `newcomer_id`: the account that awaits confirmation, where another may still speak (`account_id`).
    """

    guardian_id: PersonId
    name: str
    short_name: str
    children: tuple[str, ...]
    relation: Relation
    standing: GuardianStanding
    since: datetime | None
    by_code: bool
    account_id: AccountId | None
    staff: bool
    recorded: bool
    newcomer_id: AccountId | None = None


@dataclass(frozen=True, slots=True)
class ClassView:
    """A homeroom teacher's class: its families by standing, and the other own classes.

    `unexplained`: days of absence that wait for their reason. `led`: the asker is its homeroom teacher, not the
    administrator. `ended`: whose ties were ended by hand. `students`: how many may have a diary of their own, have
    one, and await confirmation.
    """

    class_id: ClassId
    name: str
    families: tuple[Family, ...]
    without_guardians: tuple[str, ...]
    classes: tuple[LedClass, ...]
    today: date
    unexplained: int = 0
    led: bool = True
    students: int = 0
    students_connected: int = 0
    students_awaiting: int = 0
    ended: tuple[Family, ...] = ()

    def of(self, standing: GuardianStanding) -> list[Family]:
        """The families that stand so."""
        if standing is GuardianStanding.ENDED:
            return list(self.ended)
        return [family for family in self.families if family.standing is standing]


@dataclass(frozen=True, slots=True)
class IssuedSlip:
    """A guardian's slip; its secrets are seen this once."""

    family: Family
    issued: Issued


@dataclass(frozen=True, slots=True)
class Slips:
    """Slips of a class, and whom there is none for."""

    school: str
    class_id: ClassId
    class_name: str
    slips: tuple[IssuedSlip, ...]
    without_papers: tuple[str, ...]
    now: datetime


class Homeroom:
    """The office of a homeroom teacher; sees the own class only."""

    def __init__(self, storage: Storage, clock: Clock, joining_: Joining) -> None:
        self._storage = storage
        self._clock = clock
        self._joining = joining_

    async def view(self, actor: Actor, class_id: ClassId | None = None) -> ClassView:
        """A class, by default the first own one. Raises NoClass, NotFoundHere, NotYourClass."""
        async with self._storage.reading() as uow:
            return await self._view(uow, actor, class_id)

    async def access(self, actor: Actor, class_id: ClassId) -> ClassView:
        """Who is connected in a class: for its homeroom teacher, and for the administrator (В 3.1)."""
        async with self._storage.reading() as uow:
            return await self._view(uow, actor, class_id, office=True)

    async def family(self, actor: Actor, class_id: ClassId, guardian_id: PersonId) -> tuple[ClassView, Family]:
        """One guardian of the class. Raises NotFoundHere, NotYourClass."""
        async with self._storage.reading() as uow:
            return _found(await self._view(uow, actor, class_id, office=True), guardian_id)

    async def confirm(self, actor: Actor, class_id: ClassId, guardian_id: PersonId) -> Family:
        """«Подтвердить»: the person who typed the code is known; a former phone ends. Raises NothingToConfirm."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            view = await self._view(uow, actor, class_id)
            family = _one(view, guardian_id)
            account_id = family.newcomer_id or family.account_id
            if family.standing is not GuardianStanding.AWAITING or account_id is None:
                raise NothingToConfirm
            occasion = await occasion_of(uow, actor, now)
            opened = False
            if family.newcomer_id is not None and family.since is not None:
                opened = await relinking.confirm(
                    uow, occasion, actor.bot_id, guardian_id, family.newcomer_id, actor.person_id
                )
                if opened:  # agreed to when the code was typed
                    await consent.give(uow, actor.school_id, guardian_id, occasion.regulation, family.since)
            led = await guardians.led_students(uow, actor.person_id, view.today)
            if not await guardians.confirm_children(uow, guardian_id, led) and not opened:
                raise NothingToConfirm  # a colleague was quicker
            await items.put(uow, [announcements.confirmed(occasion, actor.bot_id, guardian_id, account_id)], now)
            await note_access(uow, actor, "account.confirm", guardian_id, {"account": account_id}, now)
            return _one(await self._view(uow, actor, class_id), guardian_id)

    async def refuse(self, actor: Actor, class_id: ClassId, guardian_id: PersonId) -> Family:
        """«Не подтверждать»: the phone that typed the code stays outside. Raises NothingToConfirm."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            newcomer_id = _one(await self._view(uow, actor, class_id), guardian_id).newcomer_id
            if newcomer_id is None or not await joining.revoke(uow, newcomer_id, now, by=actor.person_id):
                raise NothingToConfirm
            occasion = await occasion_of(uow, actor, now)
            await items.put(uow, [announcements.refused(occasion, actor.bot_id, guardian_id, newcomer_id)], now)
            await note_access(uow, actor, "account.refuse", guardian_id, {"account": newcomer_id}, now)
            return _one(await self._view(uow, actor, class_id), guardian_id)

    async def disconnect(self, actor: Actor, class_id: ClassId, guardian_id: PersonId) -> tuple[ClassView, Family]:
        """«Отключить»: letters stop and the diary closes at once. Raises NothingToDisconnect, EmployeesAccount."""
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            family = _one(await self._view(uow, actor, class_id, office=True), guardian_id)
            accounts = [one for one in (family.account_id, family.newcomer_id) if one is not None]
            if family.staff and accounts:
                raise EmployeesAccount
            occasion = await occasion_of(uow, actor, now)
            if not await relinking.disconnect(uow, occasion, actor, guardian_id, accounts):
                raise NothingToDisconnect
            return _found(await self._view(uow, actor, class_id, office=True), guardian_id)

    async def slips(self, actor: Actor, class_id: ClassId, guardian_id: PersonId | None = None) -> Slips:
        """New slips: of all who aren't connected, or of one guardian, for another phone too (О п.4.8).

        Older unused slips from this homeroom teacher end. Raises PapersMissing for one without papers.
        """
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            view = await self._view(uow, actor, class_id)
            if guardian_id is None:
                wanted = view.of(GuardianStanding.AWAY)
            else:
                wanted = [_one(view, guardian_id)]
                if not wanted[0].recorded:
                    raise PapersMissing
            school, _zone, stored = await diary.school(uow, actor.school_id)
            people = [family.guardian_id for family in wanted]
            regulation = Regulation.from_json(stored)
            issued = await self._joining.issue_in(
                uow, actor.school_id, people, InvitationKind.FAMILY, regulation, now, actor.person_id
            )
            for person_id, one in issued.items():
                detail = {"kind": "family", "invitation": one.invitation_id}
                await note_access(uow, actor, "invitation.issue", person_id, detail, now)
            bare = view.of(GuardianStanding.NO_PAPERS) if guardian_id is None else []
            return Slips(
                school=school,
                class_id=class_id,
                class_name=view.name,
                slips=tuple(IssuedSlip(family, issued[family.guardian_id]) for family in wanted),
                without_papers=tuple(f"{family.name} ({', '.join(family.children)})" for family in bare),
                now=now,
            )

    async def _view(self, uow: Uow, actor: Actor, class_id: ClassId | None, *, office: bool = False) -> ClassView:
        today = self._clock.now().astimezone(actor.zone).date()
        classes = await homeroom.led_classes(uow, actor.person_id, today)
        if class_id is None:
            if not classes:
                raise NoClass
            class_id = classes[0].id
        door = access_class_office if office else access_class
        school_class: ClassRow = await door(uow, actor, class_id, today)
        _name, _zone, stored = await diary.school(uow, actor.school_id)
        own_diary = school_class.level >= Regulation.from_json(stored).student_level_from
        allowed = [one for one in await students.of_class(uow, class_id, today) if own_diary and one.recorded]
        return ClassView(
            class_id=class_id,
            name=school_class.name,
            families=_families(await homeroom.ties(uow, class_id, today), actor),
            without_guardians=tuple(await homeroom.students_without_guardians(uow, class_id, today)),
            classes=tuple(classes),
            today=today,
            unexplained=await absences.waiting_for_reason(uow, class_id, today),
            led=school_class.led,
            students=len(allowed),
            students_connected=sum(one.account_id is not None for one in allowed),
            students_awaiting=sum(one.awaiting_id is not None for one in allowed),
            ended=_ended(await ties.ended(uow, class_id, today)),
        )


def _one(view: ClassView, guardian_id: PersonId) -> Family:
    everybody = (*view.families, *view.ended)
    found = next((family for family in everybody if family.guardian_id == guardian_id), None)
    if found is None:
        raise NotFoundHere
    return found


def _found(view: ClassView, guardian_id: PersonId) -> tuple[ClassView, Family]:
    return view, _one(view, guardian_id)


def _families(ties: Sequence[Tie], actor: Actor) -> tuple[Family, ...]:
    gathered: dict[PersonId, list[Tie]] = {}
    for tie in ties:
        gathered.setdefault(tie.guardian_id, []).append(tie)
    return tuple(_family(own, actor) for own in gathered.values())


def _family(own: Sequence[Tie], actor: Actor) -> Family:
    first = own[0]
    # Only the children with papers are promised on a slip; without any, all are named.
    named = [tie for tie in own if tie.recorded] or own
    since = first.newcomer_at or first.linked_at
    return Family(
        guardian_id=first.guardian_id,
        name=" ".join(part for part in (first.last_name, first.first_name, first.middle_name) if part),
        short_name=initials(first.last_name, first.first_name),
        children=tuple(f"{tie.student_last_name} {tie.student_first_name}" for tie in named),
        relation=first.relation,
        standing=standing_of(own),
        since=None if since is None else since.astimezone(actor.zone),
        by_code=first.newcomer_id is not None or first.confirmed_at is not None,
        account_id=first.account_id,
        staff=first.staff,
        recorded=any(tie.recorded for tie in own),
        newcomer_id=first.newcomer_id,
    )


def _ended(rows: Sequence[TieRow]) -> tuple[Family, ...]:
    """Guardians whose ties were ended, a line each."""
    own: dict[PersonId, list[TieRow]] = {}
    for row in rows:
        own.setdefault(row.guardian_id, []).append(row)
    return tuple(
        Family(
            guardian_id=guardian_id,
            name=" ".join(
                part
                for part in (of[0].guardian_last_name, of[0].guardian_first_name, of[0].guardian_middle_name)
                if part
            ),
            short_name=initials(of[0].guardian_last_name, of[0].guardian_first_name),
            children=tuple(dict.fromkeys(row.student for row in of)),
            relation=of[0].relation,
            standing=GuardianStanding.ENDED,
            since=None,
            by_code=False,
            account_id=None,
            staff=False,
            recorded=False,
        )
        for guardian_id, of in own.items()
    )


def standing_of(own: Sequence[Tie]) -> GuardianStanding:
    """How a guardian stands, by the ties to the children of one class."""
    first = own[0]
    if not any(tie.recorded for tie in own):
        return GuardianStanding.NO_PAPERS
    if first.newcomer_id is not None or (first.account_id is not None and any(tie.awaiting for tie in own)):
        return GuardianStanding.AWAITING
    if first.account_id is None:
        return GuardianStanding.AWAY
    if not first.agrees:
        # An employee's chat is connected before any consent as a guardian.
        return GuardianStanding.LEFT if first.agreed else GuardianStanding.AWAY
    return GuardianStanding.BLOCKED if first.unreachable else GuardianStanding.CONNECTED
