"""The way in: a slip's link or code, whose child it is, consent, ready. And the way out, and back (regulation §3).

Nothing is kept between the steps but a `draft` row; a button names the invitation it was shown for, and gives no right.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from services import codes, connecting, consent, drafts, invitations
from services.actor import Actor, Visitor
from services.clock import Clock
from services.connecting import Slip, WrongCode
from services.errors import NotFoundHere, SchoolError
from services.i18n import N_
from services.invitations import Issued
from services.outbox import items, returning
from services.rules.regulation import Regulation
from storage.repositories import drafts as draft_rows
from storage.repositories import guardians, joining, students
from storage.repositories import invitations as rows
from storage.repositories.audit import note
from storage.repositories.guardians import ChildRow
from storage.repositories.joining import PersonRow
from storage.uow import Storage, Uow
from storage.vocabulary import (
    STAFF_ROLES,
    AccountState,
    DraftPurpose,
    InvitationId,
    InvitationKind,
    ItemKind,
    PersonId,
    Relation,
    Role,
    SchoolId,
)

TRIES = 5
LOCKED_FOR = timedelta(days=1)
THINKING_TIME = timedelta(days=1)  # between the link and «Согласен(на)»
OF_ALL_CHILDREN = (ItemKind.DIGEST, ItemKind.WEEKLY)  # a guardian's letters that name no one child


class TooManyTries(SchoolError):
    """Five wrong codes."""

    sentence = N_(
        "Five codes didn't fit. Typing is closed until tomorrow; the link and the QR code of a slip still work."
    )


class StepsForgotten(SchoolError):
    """The draft is gone: too late, or another slip came after it."""

    sentence = N_("This step is over. Open the link of your slip, or type its code, once more.")


@dataclass(frozen=True, slots=True)
class Child:
    """A child of a slip."""

    student_id: PersonId
    name: str
    class_name: str
    relation: Relation


@dataclass(frozen=True, slots=True)
class Offer:
    """What a slip offers. `agreeing`: the child is confirmed, and the consent is asked for.

    `holder`: whom the slip is for; a student's has no children but the class they sit in.
    """

    invitation_id: InvitationId
    holder: str
    school: str
    children: tuple[Child, ...]
    agreeing: bool
    regulation: Regulation
    own_class: str | None = None


@dataclass(frozen=True, slots=True)
class Joined:
    """Somebody is in; a family or a student who typed the code awaits the homeroom teacher's word."""

    kind: InvitationKind
    awaiting: bool
    children: tuple[Child, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """How a visitor who isn't connected stands."""

    awaiting: bool
    offer: Offer | None


class Joining:
    """Lets people in and out; `key` signs the codes."""

    def __init__(self, storage: Storage, clock: Clock, key: bytes) -> None:
        self._storage = storage
        self._clock = clock
        self._key = key

    async def issue_staff(self, person_id: PersonId, *, by: PersonId | None = None) -> Issued:
        """A code for an employee. Raises NobodyToInvite, NotStaff."""
        now = self._clock.now()
        async with self._storage.writing() as uow:
            person = await invitations.known(uow, person_id)
            await invitations.ensure_staff(uow, person_id, connecting.local_date(person, now))
            return await self._issue(uow, person, InvitationKind.STAFF, now, by)

    async def issue_family(
        self,
        person_id: PersonId,
        *,
        application: str | None = None,
        application_on: date | None = None,
        consent_on: date | None = None,
        by: PersonId | None = None,
    ) -> Issued:
        """A code for a guardian, whose papers are given or were recorded before (О п.4.8).

        Raises NobodyToInvite, NotAGuardian, NoApplication.
        """
        now = self._clock.now()
        async with self._storage.writing() as uow:
            person = await invitations.known(uow, person_id)
            today = connecting.local_date(person, now)
            await guardians.record_application(
                uow, person_id, today, application=application, application_on=application_on, consent_on=consent_on
            )
            await invitations.ensure_papers(uow, person_id, today)
            return await self._issue(uow, person, InvitationKind.FAMILY, now, by)

    async def issue_student(self, person_id: PersonId, *, by: PersonId | None = None) -> Issued:
        """A code for a student of the years that have a diary of their own. Raises NobodyToInvite, NoOwnDiary."""
        now = self._clock.now()
        async with self._storage.writing() as uow:
            person = await invitations.known(uow, person_id)
            own = await students.enrolled(uow, person_id, connecting.local_date(person, now))
            if own is None or not connecting.has_own_diary(own, Regulation.from_json(person.regulation)):
                raise invitations.NoOwnDiary(name=invitations.full(person))
            return await self._issue(uow, person, InvitationKind.STUDENT, now, by)

    async def knock(self, visitor: Visitor, text: str) -> Offer | Joined:
        """Somebody opened a link or typed a code.

        Raises WrongCode, AnotherBotsSlip, TooManyTries, SomebodyElsesSlip, EmployeesChat.
        """
        now = self._clock.now()
        async with self._storage.writing(visitor.seq, now=now) as uow:
            answer = await self._knock(uow, visitor, text.strip(), now)
        if isinstance(answer, SchoolError):
            raise answer
        return answer

    async def confirm_child(self, visitor: Visitor, invitation_id: InvitationId) -> Offer | Joined:
        """«Yes, this is my child». Raises StepsForgotten, WrongCode, SomebodyElsesSlip."""
        now = self._clock.now()
        async with self._storage.writing(visitor.seq, now=now) as uow:
            slip, data = await self._draft(uow, visitor, invitation_id, now)
            mine = await joining.account_of_user(uow, visitor.bot_id, visitor.user_id)
            if slip.own is not None:
                awaiting = await connecting.connect_student(uow, visitor, slip, mine, now, by_code=data["by_code"])
                return Joined(InvitationKind.STUDENT, awaiting)
            person_id = mine.person_id if mine else slip.person.id
            if consent.version(slip.regulation) in await guardians.standing_consents(uow, person_id):
                awaiting = await connecting.connect_family(uow, visitor, slip, mine, now, by_code=data["by_code"])
                return Joined(InvitationKind.FAMILY, awaiting, _children(slip.children))
            await _remember(uow, visitor, {**data, "agreeing": True}, now)
            return _offer(slip, agreeing=True)

    async def agree(self, visitor: Visitor, invitation_id: InvitationId) -> Joined:
        """«Согласен(на)»: consent, account, homeroom teacher told. Raises StepsForgotten, WrongCode."""
        now = self._clock.now()
        async with self._storage.writing(visitor.seq, now=now) as uow:
            mine = await joining.account_of_user(uow, visitor.bot_id, visitor.user_id)
            try:
                slip, data = await self._draft(uow, visitor, invitation_id, now)
            except StepsForgotten:
                if mine is not None:  # pressed twice
                    return Joined(InvitationKind.FAMILY, mine.state is AccountState.AWAITING)
                raise
            if not data.get("agreeing"):
                raise StepsForgotten
            by_code = data["by_code"]
            if mine is not None or not by_code:  # who typed a code agrees for the person once confirmed
                person_id = mine.person_id if mine else slip.person.id
                await consent.give(uow, slip.person.school_id, person_id, slip.regulation, now)
            awaiting = await connecting.connect_family(uow, visitor, slip, mine, now, by_code=by_code)
            return Joined(InvitationKind.FAMILY, awaiting, _children(slip.children))

    async def decline(self, visitor: Visitor) -> None:
        """«Not my child», or no consent: nothing is kept, and the code stays good."""
        async with self._storage.writing(visitor.seq, now=self._clock.now()) as uow:
            await drafts.take(uow, visitor.bot_id, visitor.user_id, DraftPurpose.JOIN, self._clock.now())

    async def standing(self, visitor: Visitor) -> Standing:
        """Where a visitor stands who isn't connected, or not yet."""
        now = self._clock.now()
        async with self._storage.reading() as uow:
            account = await joining.account_of_user(uow, visitor.bot_id, visitor.user_id)
            data = await drafts.peek(uow, visitor.bot_id, visitor.user_id, DraftPurpose.JOIN, now)
            which = None if data is None else {"invitation_id": data["invitation"]}
            slip = None if which is None else await connecting.find_slip(uow, visitor.bot_id, now, **which)
        awaiting = account is not None and account.state is AccountState.AWAITING
        return Standing(awaiting, _offer(slip, agreeing=bool(data and data.get("agreeing"))) if slip else None)

    # --- the way out, and back -----------------------------------------------------------------------------------

    async def leave(self, visitor: Visitor | Actor) -> None:
        """Take the consent back: letters stop, the diary closes, the journal stays. The chat may come back by itself.

        An account that still awaits confirmation ends, a student's ends as well, and a slip that still waits for an
        answer is forgotten.
        """
        now = self._clock.now()
        async with self._storage.writing(visitor.seq, now=now) as uow:
            await drafts.take(uow, visitor.bot_id, visitor.user_id, DraftPurpose.JOIN, now)
            mine = await joining.account_of_user(uow, visitor.bot_id, visitor.user_id)
            if mine is None:
                return
            if mine.state is AccountState.AWAITING:
                await joining.revoke(uow, mine.id, now, by=mine.person_id)
                return
            person = await invitations.known(uow, mine.person_id)
            today = connecting.local_date(person, now)
            held = await joining.roles(uow, person.id, today)
            if held and held <= {Role.STUDENT}:
                await joining.revoke(uow, mine.id, now, by=person.id)
                await items.cancel(uow, recipient_id=person.id)
                await _note(uow, person, "account.leave", now)
                return
            if not await guardians.revoke_consents(uow, mine.person_id, now):
                return
            if held & STAFF_ROLES:
                for child in await guardians.children(uow, person.id, today):
                    await items.cancel(uow, recipient_id=person.id, student_id=child.student_id)
                for kind in OF_ALL_CHILDREN:
                    await items.cancel(uow, recipient_id=person.id, kind=kind)
            else:
                await items.cancel(uow, recipient_id=person.id)
            await _note(uow, person, "consent.revoke", now)

    async def come_back(self, actor: Actor) -> None:
        """Agree anew in a connected chat. Raises NotFoundHere where there is nothing to agree to: an employee's."""
        if not actor.roles & {Role.GUARDIAN, Role.STUDENT}:
            raise NotFoundHere
        now = self._clock.now()
        async with self._storage.writing(actor.seq, now=now) as uow:
            person = await invitations.known(uow, actor.person_id)
            regulation = Regulation.from_json(person.regulation)
            if await consent.give(uow, actor.school_id, actor.person_id, regulation, now):
                await returning.gather(uow, actor.person_id, now)
                await _note(uow, person, "consent.give", now)

    async def consent_asked(self, actor: Actor) -> tuple[str, Regulation]:
        """The school's name and regulation: what the text of the consent says."""
        async with self._storage.reading() as uow:
            person = await invitations.known(uow, actor.person_id)
        return person.school, Regulation.from_json(person.regulation)

    # --- within a unit of work -----------------------------------------------------------------------------------

    async def issue_in(
        self,
        uow: Uow,
        school_id: SchoolId,
        people: Sequence[PersonId],
        kind: InvitationKind,
        regulation: Regulation,
        now: datetime,
        by: PersonId,
    ) -> dict[PersonId, Issued]:
        """Codes for people whose right to them the caller has seen; the caller notes it."""
        return await invitations.issue(uow, self._key, school_id, people, kind, regulation, now, by)

    async def _issue(
        self, uow: Uow, person: PersonRow, kind: InvitationKind, now: datetime, by: PersonId | None
    ) -> Issued:
        regulation = Regulation.from_json(person.regulation)
        issued = await invitations.issue(uow, self._key, person.school_id, [person.id], kind, regulation, now, by)
        await note(
            uow,
            school_id=person.school_id,
            actor_id=by,
            at=now,
            action="invitation.issue",
            subject=f"person:{person.id}",
            detail={"kind": kind.value, "invitation": issued[person.id].invitation_id},
        )
        return issued[person.id]

    async def _knock(self, uow: Uow, visitor: Visitor, text: str, now: datetime) -> Offer | Joined | SchoolError:
        """A refusal that counts a wrong try is returned, so that the count stays."""
        by_code = not codes.is_token(text)
        failed = await rows.failures(uow, visitor.bot_id, visitor.user_id, now - LOCKED_FOR)
        if by_code and failed >= TRIES:
            return TooManyTries()
        code = codes.typed(text) if by_code else None
        which = {
            "token_hash": "" if by_code else codes.digest(self._key, "token", text),
            "code_hash": codes.digest(self._key, "code", code) if code else "",
        }
        slip = await connecting.find_slip(uow, visitor.bot_id, now, **which)
        if slip is None:
            elsewhere = await connecting.school_elsewhere(uow, visitor.bot_id, now, **which)
            if elsewhere is not None:
                return connecting.AnotherBotsSlip(school=elsewhere)
            if code is not None:
                await rows.note_failures(uow, visitor.bot_id, visitor.user_id, failed + 1, now)
            return WrongCode()
        await rows.forget_failures(uow, visitor.bot_id, visitor.user_id)
        mine = await joining.account_of_user(uow, visitor.bot_id, visitor.user_id)
        if slip.invitation.kind is InvitationKind.STAFF:
            await connecting.connect_staff(uow, visitor, slip, mine, now)
            return Joined(InvitationKind.STAFF, awaiting=False)
        await connecting.ensure_own_chat(uow, mine, slip)
        await _remember(uow, visitor, {"invitation": slip.invitation.id, "by_code": by_code}, now)
        return _offer(slip, agreeing=False)

    async def _draft(
        self, uow: Uow, visitor: Visitor, invitation_id: InvitationId, now: datetime
    ) -> tuple[Slip, dict[str, Any]]:
        data = await drafts.peek(uow, visitor.bot_id, visitor.user_id, DraftPurpose.JOIN, now)
        if data is None or data["invitation"] != invitation_id:
            raise StepsForgotten
        slip = await connecting.find_slip(uow, visitor.bot_id, now, invitation_id=invitation_id)
        if slip is None:
            raise WrongCode
        return slip, data


async def _remember(uow: Uow, visitor: Visitor, data: dict[str, Any], now: datetime) -> None:
    until = now + THINKING_TIME
    await draft_rows.put(uow, visitor.bot_id, visitor.user_id, DraftPurpose.JOIN, data, now, until)


def _children(children: tuple[ChildRow, ...]) -> tuple[Child, ...]:
    return tuple(
        Child(one.student_id, f"{one.first_name} {one.last_name}", one.class_name, one.relation) for one in children
    )


def _offer(slip: Slip, *, agreeing: bool) -> Offer:
    return Offer(
        invitation_id=slip.invitation.id,
        holder=invitations.full(slip.person),
        school=slip.person.school,
        children=_children(slip.children),
        agreeing=agreeing,
        regulation=slip.regulation,
        own_class=None if slip.own is None else slip.own.class_name,
    )


async def _note(uow: Uow, person: PersonRow, action: str, now: datetime) -> None:
    subject = f"person:{person.id}"
    await note(uow, school_id=person.school_id, actor_id=person.id, at=now, action=action, subject=subject, detail={})
