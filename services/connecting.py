"""What a slip does once its holder has agreed: the account, the ties that follow the human, who hears of it.

Functions here take a unit of work; services.joining opens it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from services import invitations, relinking
from services.actor import Visitor
from services.errors import SchoolError
from services.i18n import N_
from services.letters import announcements
from services.letters.announcements import Occasion
from services.names import FullName, fits
from services.outbox import items
from services.rules.regulation import Regulation
from storage.repositories import drafts as drafts
from storage.repositories import guardians, joining, students
from storage.repositories import invitations as rows
from storage.repositories.audit import note
from storage.repositories.guardians import ChildRow
from storage.repositories.invitations import InvitationRow
from storage.repositories.joining import AccountRow, PersonRow
from storage.repositories.students import Enrolled
from storage.uow import Uow
from storage.vocabulary import STAFF_ROLES, AccountState, BotId, ClassId, InvitationKind, Role

ADULTS = STAFF_ROLES | {Role.GUARDIAN}


class WrongCode(SchoolError):
    """Wrong, used, expired: the same answer, so that nobody learns which."""

    sentence = N_(
        "This code or link doesn't work: it may be mistyped, used or expired. Type it once more, or ask the homeroom "
        "teacher for a new slip."
    )


class AnotherBotsSlip(SchoolError):
    """The slip is good, but its school has another bot."""

    sentence = N_(
        "This slip is of another school: {school}. That school has a bot of its own; the link and the QR code of the "
        "slip lead to it. The slip hasn't been used up."
    )


class SomebodyElsesSlip(SchoolError):
    """The chat speaks for another human than the slip's."""

    sentence = N_(
        "This slip is for {name}. It opens on that person's own phone, and it hasn't been used up. "
        "This chat is connected with another name."
    )


class EmployeesChat(SchoolError):
    """The chat speaks for another employee."""

    sentence = N_("This chat is connected with another employee. One Telegram account is one person.")


class StudentsSlip(SchoolError):
    """A student's slip in somebody else's chat: students don't work under a teacher's or guardian's account."""

    sentence = N_(
        "This slip is a student's: {name}. It opens on the student's own phone, in their own Telegram, and it hasn't "
        "been used up. A student doesn't use a guardian's or an employee's account."
    )


class StudentsChat(SchoolError):
    """An adult's slip in a student's chat."""

    sentence = N_(
        "This chat is a student's. Guardians and employees come in from their own phone, in their own Telegram. "
        "The slip hasn't been used up."
    )


class EmployeesSlip(SchoolError):
    """A family's slip lets nobody in as an employee: it would carry an employee's rights along."""

    sentence = N_(
        "{name} works at the school. First connect with the employee's code from the administrator, then open this "
        "slip in that chat. It hasn't been used up."
    )


class CodeMovesNothing(SchoolError):
    """A typed code would take a child from another phone of the same human before anybody confirmed it."""

    sentence = N_(
        "This child's diary is connected on another phone. To have it here, open the link or the QR code of the slip: "
        "a typed code doesn't move it."
    )


@dataclass(frozen=True, slots=True)
class Slip:
    """A live invitation with all it depends on. A guardian's has children, a student's says where they sit."""

    invitation: InvitationRow
    person: PersonRow
    children: tuple[ChildRow, ...]
    today: date
    own: Enrolled | None = None

    @property
    def regulation(self) -> Regulation:
        """The school's regulation."""
        return Regulation.from_json(self.person.regulation)

    def occasion(self, now: datetime) -> Occasion:
        """Where and when facts about this slip come up."""
        return Occasion(self.person.school_id, ZoneInfo(self.person.timezone), self.regulation, now)


async def find_slip(uow: Uow, bot_id: BotId, now: datetime, **which: Any) -> Slip | None:
    """The live invitation by `token_hash`, `code_hash` or `invitation_id`.

    One whose right is gone is none, and so is one of a school that another bot serves: it opens there alone.
    """
    invitation = await rows.live_invitation(uow, now, **which)
    person = None if invitation is None else await joining.person(uow, invitation.person_id, lock=True)
    if invitation is None or person is None or person.bot_id not in (None, bot_id):
        return None
    today = local_date(person, now)
    if invitation.kind is InvitationKind.STAFF:
        held = await joining.roles(uow, person.id, today)
        return Slip(invitation, person, (), today) if held & STAFF_ROLES else None
    if invitation.kind is InvitationKind.STUDENT:
        own = await students.enrolled(uow, person.id, today)
        slip = Slip(invitation, person, (), today, own)
        return slip if own is not None and has_own_diary(own, slip.regulation) else None
    children = tuple(one for one in await guardians.children(uow, person.id, today) if one.recorded)
    return Slip(invitation, person, children, today) if children else None


async def school_elsewhere(uow: Uow, bot_id: BotId, now: datetime, **which: Any) -> str | None:
    """The school of a live invitation that another bot serves; None where there is no such invitation."""
    invitation = await rows.live_invitation(uow, now, **which)
    person = None if invitation is None else await joining.person(uow, invitation.person_id)
    return None if person is None or person.bot_id in (None, bot_id) else person.school


def local_date(person: PersonRow, now: datetime) -> date:
    """Today in the person's school."""
    return now.astimezone(ZoneInfo(person.timezone)).date()


def has_own_diary(own: Enrolled, regulation: Regulation) -> bool:
    """Whether a student may be let in: of the level from which the school does, papers recorded (О п.4.8)."""
    return own.recorded and own.level >= regulation.student_level_from


async def ensure_own_chat(uow: Uow, mine: AccountRow | None, slip: Slip) -> None:
    """A slip opens in a chat of its own person only, or in one of nobody (one account, one person).

    Who has the same name at another school is another person there.

    Raises StudentsSlip, StudentsChat, EmployeesSlip, EmployeesChat, SomebodyElsesSlip.
    """
    kind, name = slip.invitation.kind, invitations.full(slip.person)
    if mine is None:
        if kind is InvitationKind.FAMILY and STAFF_ROLES & await joining.roles(uow, slip.person.id, slip.today):
            raise EmployeesSlip(name=name)
        return
    if mine.person_id == slip.person.id:
        return
    if (await invitations.known(uow, mine.person_id)).school_id != slip.person.school_id:
        raise SomebodyElsesSlip(name=name)
    held = await joining.roles(uow, mine.person_id, slip.today)
    if kind is InvitationKind.STUDENT:
        raise StudentsSlip(name=name)
    if Role.STUDENT in held and not held & ADULTS:
        raise StudentsChat
    if kind is InvitationKind.FAMILY:
        await ensure_same_human(uow, mine, slip)
    elif held & STAFF_ROLES:
        raise EmployeesChat
    elif not fits(_name(await invitations.known(uow, mine.person_id)), _name(slip.person)):
        raise SomebodyElsesSlip(name=name)


async def ensure_same_human(uow: Uow, mine: AccountRow, slip: Slip) -> None:
    """A second slip in a chat is the same human's; the other parent's opens on another phone. Raises SomebodyElsesSlip.

    Whoever is tied to the child already can't be the second guardian of that child.
    """
    if mine.person_id == slip.person.id:
        return
    here = await invitations.known(uow, mine.person_id)
    own = {child.student_id for child in await guardians.children(uow, here.id, slip.today)}
    if not fits(_name(slip.person), _name(here)) or own & {child.student_id for child in slip.children}:
        raise SomebodyElsesSlip(name=invitations.full(slip.person))


async def connect_family(
    uow: Uow, visitor: Visitor, slip: Slip, mine: AccountRow | None, now: datetime, *, by_code: bool
) -> bool:
    """Use a family's slip up and connect the chat with its children; whether a homeroom teacher must confirm first.

    Raises WrongCode when somebody was quicker, SomebodyElsesSlip.
    """
    added = mine is not None and mine.person_id != slip.person.id
    former = await relinking.others(uow, visitor.bot_id, slip.person.id, visitor.user_id)
    if added and by_code and any(one.state is AccountState.ACTIVE for one in former):
        raise CodeMovesNothing
    await _use(uow, visitor, slip, mine, now)
    if mine is None or not added:
        mine = await _speaks(uow, visitor, slip, mine, former, now, by_code=by_code)
        if not by_code:
            await guardians.confirm_children(uow, mine.person_id, [child.student_id for child in slip.children])
    else:
        await relinking.end(uow, slip.occasion(now), visitor.bot_id, former, slip.person.id)
        for child in slip.children:
            awaiting_since = now if by_code else None
            await guardians.take_over(uow, mine.person_id, slip.person.id, child, slip.today, awaiting_since)
    await joining.ensure_role(uow, slip.person.school_id, mine.person_id, Role.GUARDIAN, slip.today)
    classes = {child.class_id for child in slip.children if child.class_id is not None}
    await _tell_homeroom(uow, slip, classes, mine, now)
    await _note_join(uow, slip, mine, now)
    return mine.state is AccountState.AWAITING or (added and by_code)


async def connect_student(
    uow: Uow, visitor: Visitor, slip: Slip, mine: AccountRow | None, now: datetime, *, by_code: bool
) -> bool:
    """Use a student's slip up; whether a homeroom teacher must confirm first. Raises WrongCode, StudentsSlip."""
    assert slip.own is not None, "a student's slip says where they sit"
    former = await relinking.others(uow, visitor.bot_id, slip.person.id, visitor.user_id)
    await _use(uow, visitor, slip, mine, now)
    mine = await _speaks(uow, visitor, slip, mine, former, now, by_code=by_code)
    await joining.ensure_role(uow, slip.person.school_id, mine.person_id, Role.STUDENT, slip.today)
    await _tell_homeroom(uow, slip, {slip.own.class_id}, mine, now)
    await _note_join(uow, slip, mine, now)
    return mine.state is AccountState.AWAITING


async def connect_staff(uow: Uow, visitor: Visitor, slip: Slip, mine: AccountRow | None, now: datetime) -> None:
    """An employee's code connects at once; a chat that spoke for them as a guardian brings its children along.

    Raises EmployeesChat, StudentsChat, SomebodyElsesSlip, WrongCode.
    """
    former = await relinking.others(uow, visitor.bot_id, slip.person.id, visitor.user_id)
    await _use(uow, visitor, slip, mine, now)
    if mine is not None and mine.person_id != slip.person.id:
        await joining.revoke(uow, mine.id, now, by=slip.person.id)
        if not await relinking.others(uow, visitor.bot_id, mine.person_id, visitor.user_id):
            await _bring_family(uow, mine, slip, now)  # else another phone speaks for the family, and keeps it
        mine = None
    mine = await _speaks(uow, visitor, slip, mine, former, now, by_code=False)
    await _note_join(uow, slip, mine, now)


async def _use(uow: Uow, visitor: Visitor, slip: Slip, mine: AccountRow | None, now: datetime) -> None:
    """Use a slip up where it may be used, and forget the dialog. Raises WrongCode when somebody was quicker."""
    await ensure_own_chat(uow, mine, slip)
    if not await rows.use(uow, slip.invitation, visitor.user_id, now):
        raise WrongCode
    await drafts.remove(uow, visitor.bot_id, visitor.user_id)


async def _speaks(
    uow: Uow,
    visitor: Visitor,
    slip: Slip,
    mine: AccountRow | None,
    former: Sequence[AccountRow],
    now: datetime,
    *,
    by_code: bool,
) -> AccountRow:
    """This chat's account speaks for the slip's person from now on, or awaits to beside the `former` ones."""
    occasion = slip.occasion(now)
    if by_code:
        if mine is None:
            await relinking.ask(uow, occasion, visitor.bot_id, former, slip.invitation.id)
            return await _new_account(uow, visitor, slip, AccountState.AWAITING, now)
        return mine
    await relinking.end(uow, occasion, visitor.bot_id, former, slip.person.id)
    if mine is None:
        return await _new_account(uow, visitor, slip, AccountState.ACTIVE, now)
    await joining.activate(uow, mine.id, now, by=None)
    return replace(mine, state=AccountState.ACTIVE)


async def _bring_family(uow: Uow, mine: AccountRow, slip: Slip, now: datetime) -> None:
    children = await guardians.children(uow, mine.person_id, slip.today)
    for child in children:
        awaiting_since = now if child.awaiting or mine.state is AccountState.AWAITING else None
        await guardians.take_over(uow, slip.person.id, mine.person_id, child, slip.today, awaiting_since)
    if children:
        await joining.ensure_role(uow, slip.person.school_id, slip.person.id, Role.GUARDIAN, slip.today)
    given = await guardians.standing_consents(uow, mine.person_id)
    for version in sorted(given - await guardians.standing_consents(uow, slip.person.id)):
        await guardians.add_consent(uow, slip.person.school_id, slip.person.id, version, now)
    await joining.hand_over_items(uow, mine.person_id, slip.person.id)


async def _new_account(uow: Uow, visitor: Visitor, slip: Slip, state: AccountState, now: datetime) -> AccountRow:
    account_id = await joining.add_account(
        uow,
        slip.person.school_id,
        slip.person.id,
        visitor.bot_id,
        visitor.user_id,
        visitor.chat_id,
        state,
        slip.invitation.id,
        now,
    )
    return AccountRow(account_id, slip.person.id, visitor.user_id, state)


async def _tell_homeroom(uow: Uow, slip: Slip, classes: set[ClassId], mine: AccountRow, now: datetime) -> None:
    occasion = slip.occasion(now)
    facts = [
        announcements.joined(occasion, one.bot_id, one.person_id, mine.id, slip.invitation.id)
        for one in await joining.homeroom_teachers(uow, sorted(classes), slip.today)
    ]
    await items.put(uow, facts, now)


async def _note_join(uow: Uow, slip: Slip, account: AccountRow, now: datetime) -> None:
    await note(
        uow,
        school_id=slip.person.school_id,
        actor_id=account.person_id,
        at=now,
        action="account.join",
        subject=f"person:{slip.person.id}",
        detail={"account": account.id, "state": account.state.value, "invitation": slip.invitation.id},
    )


def _name(person: PersonRow) -> FullName:
    return FullName(person.last_name, person.first_name, person.middle_name)
