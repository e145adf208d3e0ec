"""«Мой класс»: one calm view of the class, who reads, who fails, who wasn't reached, whose contacts were verified."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from services.access import access_class
from services.actor import Actor
from services.class_views import (
    ClassContacts,
    ClassFailing,
    ClassReaders,
    ClassTop,
    ClassUnreached,
    ContactLine,
    FailingLine,
    ReaderLine,
)
from services.clock import Clock
from services.finals.sheets import calendar_of, day_of_year
from services.finals.spans import terms_of
from services.homeroom import NoClass, standing_of
from services.printing.office import printing_duty
from services.rules import averages, duties
from services.rules.averages import Scored
from services.rules.duties import Duty
from services.rules.regulation import Regulation
from services.rules.short_names import Named, initials
from services.rules.working_days import monday_of
from storage.repositories import (
    absence_notes,
    absences,
    assignments,
    audit,
    briefings,
    diary,
    homeroom,
    notices,
    students,
)
from storage.repositories import my_class as rows
from storage.repositories import unreached as unreached_rows
from storage.repositories import visits as visit_rows
from storage.repositories.homeroom import Tie
from storage.repositories.my_class import VerifiedContacts
from storage.repositories.rights import ClassRow
from storage.uow import Storage, Uow
from storage.vocabulary import ClassId, GuardianStanding, ItemId, PersonId, SubjectId

SILENCE = timedelta(days=14)  # without a visit and without «Ознакомлен(а)» (ours)
LOOK_BACK = timedelta(days=14)  # of what wasn't delivered
WEEK = timedelta(days=7)


class MyClass:
    """The homeroom teacher's view of the own class."""

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def top(self, actor: Actor, class_id: ClassId | None = None) -> ClassTop:
        """A class at a glance, by default the first own one. Raises NoClass, NotFoundHere, NotYourClass."""
        now = self._clock.now()
        today = now.astimezone(actor.zone).date()
        async with self._storage.reading() as uow:
            classes = await homeroom.led_classes(uow, actor.person_id, today)
            if class_id is None:
                if not classes:
                    raise NoClass
                class_id = classes[0].id
            led = await access_class(uow, actor, class_id, today)
            regulation = await _regulation(uow, actor)
            families = _families(await homeroom.ties(uow, class_id, today))
            standings = [standing_of(own) for own in families.values()]
            readers = await _readers(uow, families, today, now)
            expected = await absence_notes.expected_absent(uow, class_id, today)
            return ClassTop(
                class_id=class_id,
                name=led.name,
                today=today,
                guardians=len(families),
                connected=len(readers),
                awaiting=standings.count(GuardianStanding.AWAITING)
                + await _students_awaiting(uow, led, regulation, today),
                # On a Monday nobody has read this week yet: who did so the week before still counts.
                reading=sum(max(one.this_week, one.last_week) >= regulation.visits_a_week for one in readers),
                silent=sum(one.silent for one in readers),
                visits_a_week=regulation.visits_a_week,
                unexplained=await absences.waiting_for_reason(uow, class_id, today),
                notes=await absence_notes.waiting(uow, class_id, today),
                expected_absent=[
                    Named(one.student_id, one.last_name, one.first_name, one.middle_name) for one in expected
                ],
                unreached=len(await _unreached(uow, actor, class_id, today, now)),
                without_guardians=await homeroom.students_without_guardians(uow, class_id, today),
                briefing=await briefing_duty(uow, actor, led, regulation, today),
                contacts=await contacts_duty(uow, actor, led, regulation, today),
                printing=await printing_duty(uow, class_id, regulation, today),
                classes=classes,
            )

    async def readers(self, actor: Actor, class_id: ClassId) -> ClassReaders:
        """Whether the connected guardians read, by their own opens. Raises NotFoundHere, NotYourClass."""
        now = self._clock.now()
        today = now.astimezone(actor.zone).date()
        async with self._storage.reading() as uow:
            led = await access_class(uow, actor, class_id, today)
            regulation = await _regulation(uow, actor)
            families = _families(await homeroom.ties(uow, class_id, today))
            lines = await _readers(uow, families, today, now)
        lines.sort(key=lambda one: (not one.silent, one.this_week, one.name))
        away = len(families) - len(lines)
        clause = regulation.clauses["visits"]
        return ClassReaders(class_id, led.name, today, regulation.visits_a_week, clause, lines, away)

    async def failing(self, actor: Actor, class_id: ClassId) -> ClassFailing:
        """Whose marks propose a failing term mark in the present term. Raises NotFoundHere, NotYourClass."""
        now = self._clock.now()
        async with self._storage.reading() as uow:
            calendar = await calendar_of(uow, actor, now)
            today = day_of_year(calendar, now)
            led = await access_class(uow, actor, class_id, today)
            regulation = await _regulation(uow, actor)
            terms = [one for one in terms_of(calendar, regulation.term_kind(led.level)) if one.starts_on <= today]
            if not terms:
                return ClassFailing(class_id, led.name, [])
            people = await assignments.students(uow, class_id, None, today)
            found = await rows.marks_of_class(uow, class_id, terms[-1].starts_on, terms[-1].ends_on, today)
        marks: dict[tuple[PersonId, SubjectId, str], list[Scored]] = defaultdict(list)
        for one in found:
            marks[one.student_id, one.subject_id, one.subject].append(Scored(one.value, one.kind))
        lines = []
        for student in people:
            name = Named(student.student_id, student.last_name, student.first_name, student.middle_name)
            poor = _poor(marks, student.student_id, regulation)
            if poor:
                lines.append(FailingLine(name, poor))
        return ClassFailing(class_id, led.name, lines)

    async def unreached(self, actor: Actor, class_id: ClassId) -> ClassUnreached:
        """What families didn't get. Raises NotFoundHere, NotYourClass."""
        now = self._clock.now()
        today = now.astimezone(actor.zone).date()
        async with self._storage.reading() as uow:
            led = await access_class(uow, actor, class_id, today)
            found = await notices.undelivered(uow, await _unreached(uow, actor, class_id, today, now))
        local = [replace(one, due_at=one.due_at.astimezone(actor.zone)) for one in found]
        lines = sorted(local, key=lambda one: (-one.due_at.timestamp(), one.guardian))
        return ClassUnreached(class_id, led.name, today, lines)

    async def contacts(self, actor: Actor, class_id: ClassId) -> ClassContacts:
        """The contacts as the school has them. Raises NotFoundHere, NotYourClass."""
        now = self._clock.now()
        async with self._storage.reading() as uow:
            return await self._contacts(uow, actor, class_id, now)

    async def verify_contacts(self, actor: Actor, class_id: ClassId) -> ClassContacts:
        """«Сверено»: the contacts were checked today (В 4.3.5). Pressed twice, it is done once."""
        now = self._clock.now()
        today = now.astimezone(actor.zone).date()
        async with self._storage.writing(actor.seq, now=now) as uow:
            await access_class(uow, actor, class_id, today)
            if await rows.verify_contacts(uow, actor.school_id, class_id, today, actor.person_id, now):
                await audit.note(
                    uow,
                    school_id=actor.school_id,
                    actor_id=actor.person_id,
                    at=now,
                    action="contacts_verify",
                    subject=f"class:{class_id}",
                    detail={"on": today.isoformat()},
                )
            return await self._contacts(uow, actor, class_id, now)

    async def _contacts(self, uow: Uow, actor: Actor, class_id: ClassId, now: datetime) -> ClassContacts:
        today = now.astimezone(actor.zone).date()
        led = await access_class(uow, actor, class_id, today)
        regulation = await _regulation(uow, actor)
        families = _families(await homeroom.ties(uow, class_id, today))
        known = await rows.phones(uow, list(families))
        ways = await rows.contacts(uow, list(families))
        lines = [
            ContactLine(
                guardian_id=guardian_id,
                name=_name(own[0]),
                short_name=initials(own[0].last_name, own[0].first_name),
                relation=own[0].relation,
                children=[one.student_first_name for one in own],
                phone=known[guardian_id][0],
                email=known[guardian_id][1],
                telegram=standing_of(own) is GuardianStanding.CONNECTED,
                ways=ways.get(guardian_id, []),
            )
            for guardian_id, own in families.items()
        ]
        word = await rows.contacts_verified(uow, class_id)
        if word is not None:
            word = VerifiedContacts(word.author, word.made_at.astimezone(actor.zone))
        duty = await contacts_duty(uow, actor, led, regulation, today)
        return ClassContacts(class_id, led.name, today, lines, word, duty, regulation.clauses["contacts"])


async def briefing_duty(uow: Uow, actor: Actor, led: ClassRow, regulation: Regulation, today: date) -> Duty:
    """Until when the class's families are to be informed (М кл.рук. в)."""
    last = (await briefings.last_of(uow, [led.id])).get(led.id)
    since = await homeroom.led_since(uow, led.id, actor.person_id, today)
    return duties.duty(last, since or today, regulation.briefing_days, today)


async def contacts_duty(uow: Uow, actor: Actor, led: ClassRow, regulation: Regulation, today: date) -> Duty:
    """Until when the class's contacts are to be verified (В 4.3.5)."""
    last = (await rows.contacts_verified_on(uow, [led.id])).get(led.id)
    since = await homeroom.led_since(uow, led.id, actor.person_id, today)
    return duties.duty(last, since or today, regulation.contacts_days, today)


async def _students_awaiting(uow: Uow, led: ClassRow, regulation: Regulation, today: date) -> int:
    """How many students of the class typed a code and await confirmation."""
    if led.level < regulation.student_level_from:
        return 0
    found = await students.of_class(uow, led.id, today)
    return sum(one.recorded and one.awaiting_id is not None for one in found)


async def _regulation(uow: Uow, actor: Actor) -> Regulation:
    _school, _zone, stored = await diary.school(uow, actor.school_id)
    return Regulation.from_json(stored)


def _families(ties: Sequence[Tie]) -> dict[PersonId, list[Tie]]:
    """The ties by guardian, in the order of the children."""
    found: dict[PersonId, list[Tie]] = {}
    for tie in ties:
        found.setdefault(tie.guardian_id, []).append(tie)
    return found


async def _readers(uow: Uow, families: dict[PersonId, list[Tie]], today: date, now: datetime) -> list[ReaderLine]:
    """The guardians who could open the diary, with what their visits say."""
    could = {
        who: own
        for who, own in families.items()
        if standing_of(own) in {GuardianStanding.CONNECTED, GuardianStanding.BLOCKED}
    }
    monday = monday_of(today)
    this_week = await visit_rows.days_of(uow, list(could), monday, today)
    last_week = await visit_rows.days_of(uow, list(could), monday - WEEK, monday - timedelta(days=1))
    last_on = await visit_rows.last_of(uow, list(could))
    spoke = await rows.acknowledged_since(uow, list(could), now - SILENCE)
    lines = []
    for who, own in could.items():
        linked = own[0].linked_at
        new = linked is not None and now - linked < SILENCE
        quiet = who not in spoke and (who not in last_on or today - last_on[who] >= SILENCE)
        children = [one.student_first_name for one in own]
        lines.append(
            ReaderLine(
                who,
                f"{own[0].last_name} {own[0].first_name}",
                children,
                this_week.get(who, 0),
                last_week.get(who, 0),
                last_on.get(who),
                quiet and not new,
            )
        )
    return lines


async def _unreached(uow: Uow, actor: Actor, class_id: ClassId, today: date, now: datetime) -> list[ItemId]:
    """The items on the actor's list that are about this class's students."""
    here = {one.student_id for one in await assignments.students(uow, class_id, None, today)}
    listed = await unreached_rows.listed(uow, actor.person_id, now - LOOK_BACK)
    return [one.item_id for one in listed if one.student_id in here]


def _poor(
    marks: dict[tuple[PersonId, SubjectId, str], list[Scored]], student_id: PersonId, regulation: Regulation
) -> list[tuple[str, Decimal, str]]:
    found = []
    for (who, _subject_id, subject), scored in marks.items():
        if who != student_id:
            continue
        mean = averages.average(scored, regulation)
        proposed = averages.proposal(mean, regulation)
        if mean is not None and proposed is not None and averages.fails(proposed, regulation):
            found.append((subject, mean, proposed))
    return found


def _name(tie: Tie) -> str:
    return " ".join(part for part in (tie.last_name, tie.first_name, tie.middle_name) if part)
