"""Whom a broadcast is for: who may write to them, what they are called, and who they are at the moment."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from services import words
from services.broadcasts.refusals import NotYourAudience
from services.errors import NotFoundHere
from services.i18n import gettext, ngettext
from services.letters.news import hours_of
from services.rules import quiet_hours
from services.rules.quiet_hours import Hours
from services.rules.regulation import Regulation
from storage.repositories import absences, audiences, corrections, diary, recipients, rights, subgroups
from storage.uow import Uow
from storage.vocabulary import (
    STAFF_ROLES,
    AudienceKind,
    BotId,
    Channel,
    ClassId,
    PersonId,
    Role,
    SchoolId,
    SubgroupId,
)

OFFICE = frozenset({Role.ADMINISTRATOR, Role.DEPUTY, Role.DIRECTOR})
OF_THE_SCHOOL = frozenset({AudienceKind.LEVEL, AudienceKind.SCHOOL, AudienceKind.STAFF})
OF_A_CLASS_FOR_THE_OFFICE = frozenset({AudienceKind.CLASS, AudienceKind.STUDENTS})


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a broadcast is for.

    `of`: the class, where it is about one; `ids`: a subgroup, a level, or chosen students; `on`: the day of absence.
    `office`: its author writes as the administration, not as the homeroom teacher.
    """

    kind: AudienceKind
    of: ClassId | None = None
    ids: tuple[int, ...] = ()
    on: date | None = None
    office: bool = False

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Audience":
        """As it was stored."""
        on, of = stored.get("on"), stored.get("of")
        return cls(
            AudienceKind(stored["kind"]),
            None if of is None else ClassId(of),
            tuple(stored.get("ids", ())),
            None if on is None else date.fromisoformat(on),
            bool(stored.get("office")),
        )

    def to_json(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "kind": self.kind.value,
            "of": None if self.of is None else int(self.of),
            "ids": [int(one) for one in self.ids],
            "on": None if self.on is None else self.on.isoformat(),
            "office": self.office,
        }

    def choosing(self, student_id: PersonId, wanted: bool) -> "Audience":
        """With or without a chosen student's family."""
        ids = set(self.ids) | {int(student_id)} if wanted else set(self.ids) - {int(student_id)}
        return replace(self, ids=tuple(sorted(ids)))


@dataclass(frozen=True, slots=True)
class Addressee:
    """One person of an audience; `student_id`: through whom. Without a `bot_id` no letter can go to them."""

    person_id: PersonId
    student_id: PersonId | None
    bot_id: BotId | None = None
    channel: Channel | None = None
    hours: Hours | None = None


async def authorised(
    uow: Uow, school_id: SchoolId, person_id: PersonId, roles: Collection[Role], audience: Audience, today: date
) -> Audience:
    """The audience, with the office its author writes to it in. Raises NotFoundHere, NotYourAudience."""
    office = bool(OFFICE & set(roles))
    if audience.kind in OF_THE_SCHOOL:
        if not office:
            raise NotYourAudience
        return replace(audience, office=True)
    if audience.of is None:
        raise NotFoundHere
    found = await rights.school_class(uow, audience.of, school_id, person_id, today)
    if found is None:
        raise NotFoundHere
    if audience.kind is AudienceKind.SUBGROUP:
        part = await subgroups.part(uow, school_id, SubgroupId(audience.ids[0])) if audience.ids else None
        if part is None or part.class_id != audience.of:
            raise NotFoundHere
    if found.led and STAFF_ROLES & set(roles):
        return replace(audience, office=False)
    if office and audience.kind in OF_A_CLASS_FOR_THE_OFFICE:
        return replace(audience, office=True)
    raise NotYourAudience


async def said(uow: Uow, school_id: SchoolId, audience: Audience) -> str:
    """What the audience is called, in the language now spoken: «7Б, семьи»."""
    name = ""
    if audience.of is not None:
        found = await rights.school_class(uow, audience.of, school_id, PersonId(0), date.min)
        name = "" if found is None else found.name
    match audience.kind:
        case AudienceKind.CLASS:
            return gettext("{name}, families").format(name=name)
        case AudienceKind.STUDENTS:
            return gettext("{name}, students").format(name=name)
        case AudienceKind.SUBGROUP:
            part = await subgroups.part(uow, school_id, SubgroupId(audience.ids[0]))
            title = "" if part is None else part.name
            return gettext("{name} ({part}), families").format(name=name, part=title)
        case AudienceKind.ABSENT:
            assert audience.on is not None, "absent on some day"
            day = words.day_and_month(audience.on)
            return gettext("{name}, families of those absent on {day}").format(name=name, day=day)
        case AudienceKind.CHOSEN:
            return ngettext(
                "{name}, the family of {count} student", "{name}, the families of {count} students", len(audience.ids)
            ).format(name=name, count=len(audience.ids))
        case AudienceKind.LEVEL:
            return gettext("Parallel {level}, families").format(level=audience.ids[0])
        case AudienceKind.SCHOOL:
            return gettext("The whole school, families")
        case AudienceKind.STAFF:
            return gettext("Staff of the school")


async def resolve(uow: Uow, school_id: SchoolId, audience: Audience, now: datetime) -> list[Addressee]:
    """Everybody in the audience now, each person once, by their number; those out of reach too."""
    _name, timezone, stored = await diary.school(uow, school_id)
    regulation, today = Regulation.from_json(stored), now.astimezone(ZoneInfo(timezone)).date()
    if audience.kind is AudienceKind.STAFF:
        return await _by_account(uow, await audiences.staff(uow, school_id, today), regulation, themselves=False)
    students = await students_of(uow, school_id, audience, today)
    if audience.kind is AudienceKind.STUDENTS:
        return await _by_account(uow, students, regulation, themselves=True)
    found: dict[PersonId, Addressee] = {}
    for one in await recipients.recipients_of_students(uow, students, today):
        found.setdefault(
            one.person_id,
            Addressee(one.person_id, one.student_id, one.bot_id, one.channel, hours_of(one, regulation)),
        )
    for tie in await audiences.guardians(uow, students, today):
        found.setdefault(tie.guardian_id, Addressee(tie.guardian_id, tie.student_id))
    return [found[person_id] for person_id in sorted(found)]


async def students_of(uow: Uow, school_id: SchoolId, audience: Audience, today: date) -> list[PersonId]:
    """The students of an audience now."""
    match audience.kind:
        case AudienceKind.CLASS | AudienceKind.STUDENTS:
            return await audiences.students(uow, school_id, today, class_id=audience.of)
        case AudienceKind.SUBGROUP:
            return await audiences.students_of_subgroup(uow, school_id, SubgroupId(audience.ids[0]), today)
        case AudienceKind.ABSENT:
            assert audience.of is not None and audience.on is not None
            missing = await absences.absent(uow, audience.of, audience.on, audience.on)
            return sorted({PersonId(one.student_id) for one in missing})
        case AudienceKind.CHOSEN:
            enrolled = await audiences.students(uow, school_id, today, class_id=audience.of)
            return [one for one in enrolled if one in audience.ids]
        case AudienceKind.LEVEL:
            return await audiences.students(uow, school_id, today, level=audience.ids[0])
        case AudienceKind.SCHOOL:
            return await audiences.students(uow, school_id, today)
        case AudienceKind.STAFF:
            return []


async def _by_account(
    uow: Uow, people: Collection[PersonId], regulation: Regulation, *, themselves: bool
) -> list[Addressee]:
    """Who is written to at the own account; `themselves`: students, who are the reason of their letters."""
    usual = quiet_hours.default_hours(regulation)
    bots = {PersonId(one.person_id): one.bot_id for one in await corrections.accounts(uow, people)}
    return [
        Addressee(one, one if themselves else None, bots[one], Channel.TELEGRAM, usual)
        if one in bots
        else Addressee(one, one if themselves else None)
        for one in sorted(people)
    ]
