"""What a slip does once its holder has agreed: the account, the ties that follow the human, who hears of it.

Functions here take a unit of work; services.joining opens it.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from services import consent, invitations
from services.actor import Visitor
from services.errors import SchoolError
from services.i18n import N_
from services.letters import announcements
from services.letters.announcements import Occasion
from services.names import FullName, fits
from services.outbox import items
from services.rules.regulation import Regulation
from storage.repositories import drafts as drafts
from storage.repositories import guardians, joining
from storage.repositories import invitations as rows
from storage.repositories.audit import note
from storage.repositories.guardians import ChildRow
from storage.repositories.invitations import InvitationRow
from storage.repositories.joining import AccountRow, PersonRow
from storage.uow import Uow
from storage.vocabulary import STAFF_ROLES, AccountState, InvitationKind, Role


class WrongCode(SchoolError):
    """Wrong, used, expired: the same answer, so that nobody learns which."""

    sentence = N_(
        "This code or link doesn't work: it may be mistyped, used or expired. Type it once more, or ask the homeroom "
        "teacher for a new slip."
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


@dataclass(frozen=True, slots=True)
class Slip:
    """A live invitation with all it depends on; an employee's has no children."""

    invitation: InvitationRow
    person: PersonRow
    children: tuple[ChildRow, ...]
    today: date

    @property
    def regulation(self) -> Regulation:
        """The school's regulation."""
        return Regulation.from_json(self.person.regulation)

    def occasion(self, now: datetime) -> Occasion:
        """Where and when facts about this slip come up."""
        return Occasion(self.person.school_id, ZoneInfo(self.person.timezone), self.regulation, now)


async def find_slip(uow: Uow, now: datetime, **which: Any) -> Slip | None:
    """The live invitation by `token_hash`, `code_hash` or `invitation_id`; one whose right is gone is none."""
    invitation = await rows.live_invitation(uow, now, **which)
    person = None if invitation is None else await joining.person(uow, invitation.person_id, lock=True)
    if invitation is None or person is None:
        return None
    today = local_date(person, now)
    if invitation.kind is InvitationKind.STAFF:
        held = await joining.roles(uow, person.id, today)
        return Slip(invitation, person, (), today) if held & STAFF_ROLES else None
    children = tuple(one for one in await guardians.children(uow, person.id, today) if one.recorded)
    return Slip(invitation, person, children, today) if children else None


def local_date(person: PersonRow, now: datetime) -> date:
    """Today in the person's school."""
    return now.astimezone(ZoneInfo(person.timezone)).date()


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
    if mine is not None:
        await ensure_same_human(uow, mine, slip)
    if not await rows.use(uow, slip.invitation, visitor.user_id, now):
        raise WrongCode
    await drafts.remove(uow, visitor.bot_id, visitor.user_id)
    await _leave_other_phone(uow, visitor, slip, now)
    added = mine is not None and mine.person_id != slip.person.id
    if mine is None:
        mine = await _new_account(uow, visitor, slip, AccountState.AWAITING if by_code else AccountState.ACTIVE, now)
    elif added:
        for child in slip.children:
            awaiting_since = now if by_code else None
            await guardians.take_over(uow, mine.person_id, slip.person.id, child, slip.today, awaiting_since)
    elif not by_code:
        await joining.activate(uow, mine.id, now, by=None)
        await guardians.confirm_children(uow, mine.person_id, [child.student_id for child in slip.children])
        mine = replace(mine, state=AccountState.ACTIVE)
    await joining.ensure_role(uow, slip.person.school_id, mine.person_id, Role.GUARDIAN, slip.today)
    await _tell_homeroom(uow, slip, mine, now)
    await _note_join(uow, slip, mine, now)
    return mine.state is AccountState.AWAITING or (added and by_code)


async def connect_staff(uow: Uow, visitor: Visitor, slip: Slip, mine: AccountRow | None, now: datetime) -> None:
    """An employee's code connects at once; a chat that spoke for them as a guardian brings its children along.

    Raises EmployeesChat, SomebodyElsesSlip, WrongCode.
    """
    moves = mine is not None and mine.person_id != slip.person.id
    if mine is not None and moves:
        if STAFF_ROLES & await joining.roles(uow, mine.person_id, slip.today):
            raise EmployeesChat
        if not fits(_name(await invitations.known(uow, mine.person_id)), _name(slip.person)):
            raise SomebodyElsesSlip(name=invitations.full(slip.person))
    if not await rows.use(uow, slip.invitation, visitor.user_id, now):
        raise WrongCode
    await drafts.remove(uow, visitor.bot_id, visitor.user_id)
    await _leave_other_phone(uow, visitor, slip, now)
    if mine is not None and not moves:
        await joining.activate(uow, mine.id, now, by=None)
    else:
        if mine is not None:
            await joining.revoke(uow, mine.id, now, by=slip.person.id)
            await _bring_family(uow, mine, slip, now)
        mine = await _new_account(uow, visitor, slip, AccountState.ACTIVE, now)
    await _note_join(uow, slip, mine, now)


async def _bring_family(uow: Uow, mine: AccountRow, slip: Slip, now: datetime) -> None:
    children = await guardians.children(uow, mine.person_id, slip.today)
    for child in children:
        awaiting_since = now if child.awaiting or mine.state is AccountState.AWAITING else None
        await guardians.take_over(uow, slip.person.id, mine.person_id, child, slip.today, awaiting_since)
    if children:
        await joining.ensure_role(uow, slip.person.school_id, slip.person.id, Role.GUARDIAN, slip.today)
    if await guardians.consents(uow, mine.person_id) and not await guardians.consents(uow, slip.person.id):
        await guardians.add_consent(uow, slip.person.school_id, slip.person.id, consent.VERSION, now)
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


async def _leave_other_phone(uow: Uow, visitor: Visitor, slip: Slip, now: datetime) -> None:
    """The slip's person was connected elsewhere: that account ends; its owner and the administrators hear of it."""
    other = await joining.account_of_person(uow, visitor.bot_id, slip.person.id)
    if other is None or other.user_id == visitor.user_id:
        return
    await joining.revoke(uow, other.id, now, by=slip.person.id)
    occasion = slip.occasion(now)
    administrators = await joining.administrators(uow, slip.person.school_id, slip.today)
    facts = [
        announcements.relinked(occasion, visitor.bot_id, slip.person.id, other.id),
        *(announcements.relinked_staff(occasion, one.bot_id, one.person_id, other.id) for one in administrators),
    ]
    await items.put(uow, facts, now)


async def _tell_homeroom(uow: Uow, slip: Slip, mine: AccountRow, now: datetime) -> None:
    classes = sorted({child.class_id for child in slip.children if child.class_id is not None})
    occasion = slip.occasion(now)
    facts = [
        announcements.joined(occasion, one.bot_id, one.person_id, mine.id, slip.invitation.id)
        for one in await joining.homeroom_teachers(uow, classes, slip.today)
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
