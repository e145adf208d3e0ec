"""Invitations: a deep link and a short code for one person, one use, some days (О п.4.8; В 3.1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services import codes
from services.errors import SchoolError
from services.i18n import N_
from services.rules.regulation import Regulation
from storage.repositories import guardians, invitations, joining
from storage.repositories.invitations import NewInvitation
from storage.repositories.joining import PersonRow
from storage.repositories.staff_access import Named
from storage.uow import Uow
from storage.vocabulary import STAFF_ROLES, InvitationId, InvitationKind, PersonId, SchoolId


class NobodyToInvite(SchoolError):
    """There is no such person."""

    sentence = N_("Nobody has the number {id}.")


class NotStaff(SchoolError):
    """The person holds no role of the staff."""

    sentence = N_("{name} isn't on the staff: give them a role first, by importing the staff list.")


class NotAGuardian(SchoolError):
    """The person is nobody's guardian."""

    sentence = N_("{name} is nobody's guardian: import the class list with its guardians first.")


class NoOwnDiary(SchoolError):
    """A student's code needs a class of the right years and a guardian's papers (О п.4.8)."""

    sentence = N_(
        "No code for {name}: students come in from a certain year on, and once a guardian's application and consent "
        "are recorded."
    )


class NoApplication(SchoolError):
    """Application and consent come before the code (О п.4.8)."""

    sentence = N_(
        "No code without papers: record the guardian's application (number and date) and the date "
        "of the consent to personal-data processing first."
    )


@dataclass(frozen=True, slots=True)
class Issued:
    """An invitation just issued; its secrets are seen this once. `code` is as people type it, with its hyphen."""

    invitation_id: InvitationId
    token: str
    code: str
    expires_at: datetime


async def issue(
    uow: Uow,
    key: bytes,
    school_id: SchoolId,
    people: Sequence[PersonId],
    kind: InvitationKind,
    regulation: Regulation,
    now: datetime,
    by: PersonId | None,
) -> dict[PersonId, Issued]:
    """Issue an invitation to each of some people; whether they may have one is for the caller to say."""
    if not people:
        return {}
    expires_at = now + timedelta(days=regulation.invitation_days)
    secrets = [(person_id, codes.new_token(), codes.new_code()) for person_id in people]
    ids = await invitations.add_invitations(
        uow,
        [
            NewInvitation(
                school_id=school_id,
                person_id=person_id,
                kind=kind,
                token_hash=codes.digest(key, "token", token),
                code_hash=codes.digest(key, "code", code),
                created_at=now,
                created_by=by,
                expires_at=expires_at,
            )
            for person_id, token, code in secrets
        ],
    )
    return {
        person_id: Issued(invitation_id, token, codes.shown(code), expires_at)
        for invitation_id, (person_id, token, code) in zip(ids, secrets, strict=True)
    }


async def ensure_staff(uow: Uow, person_id: PersonId, today: date) -> None:
    """Raises NotStaff."""
    if not STAFF_ROLES & await joining.roles(uow, person_id, today):
        raise NotStaff(name=full(await known(uow, person_id)))


async def ensure_papers(uow: Uow, person_id: PersonId, today: date) -> None:
    """Some child's application and consent are recorded (О п.4.8). Raises NotAGuardian, NoApplication."""
    children = await guardians.children(uow, person_id, today)
    if not children:
        raise NotAGuardian(name=full(await known(uow, person_id)))
    if not any(child.recorded for child in children):
        raise NoApplication


async def known(uow: Uow, person_id: PersonId) -> PersonRow:
    """The person. Raises NobodyToInvite."""
    person = await joining.person(uow, person_id)
    if person is None:
        raise NobodyToInvite(id=person_id)
    return person


def full(person: PersonRow | Named) -> str:
    """«Ларина Прасковья Ивановна»."""
    return " ".join(part for part in (person.last_name, person.first_name, person.middle_name) if part)
