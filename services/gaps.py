"""What clocks ask for and is not there yet: a teacher's gaps, the school's overdue list, what a reminder still names.

A lesson's gaps are those of the teachers who answer for it: not of who handed it to a substitute, was away or left.
Lessons that are cancelled, moved, on paper or without students have none; class 1 has no homework and no marks.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from services.calendar import SchoolCalendar, TermSpan
from services.finals.spans import term_span
from services.rules import clocks, finals
from services.rules import duties as duty_rules
from services.rules import gaps as rules
from services.rules.finals import Scope
from services.rules.gaps import Gap, OpenLesson, OpenWork
from services.rules.regulation import Regulation
from services.rules.working_days import Works, last_working_day_of_week, monday_of
from services.timetable import school_calendar
from services.working_week import working_days
from storage.repositories import briefings, diary, duties, leave, my_class
from storage.repositories import finals as finals_rows
from storage.repositories import gaps as rows
from storage.repositories import receipts as receipt_rows
from storage.repositories.gaps import LessonFound, MarksMissing, RecordMissing, Which
from storage.uow import Uow
from storage.vocabulary import ClockKind, LessonId, PersonId, Role, SchoolId, TermScope, WorkId, WorkKind

DAY, WEEK = timedelta(days=1), timedelta(days=7)
WEEKS_TO_VERIFY = 2  # the latest ones: an older word says nothing about the present
PREPARING = timedelta(days=30)  # before a year begins, its lists and plans are spoken of
FORTNIGHT = timedelta(days=13)
OFFICE = (Role.ADMINISTRATOR, Role.DEPUTY)
OfTeachers = dict[PersonId, list[Gap]]


@dataclass(frozen=True)
class Frame:
    """A school at a moment: its calendar, rules and working days."""

    school_id: SchoolId
    calendar: SchoolCalendar
    regulation: Regulation
    works: Works
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        """The school's time zone."""
        return self.calendar.zone

    @property
    def today(self) -> date:
        """The school's date."""
        return self.calendar.today(self.now)

    @property
    def written(self) -> list[WorkKind]:
        """The kinds of work whose marks have days of their own."""
        return [kind for kind in WorkKind if self.regulation.days_to_mark(kind) > 0]

    def terms_of(self, level: int) -> Iterable[TermSpan]:
        """The terms of a level's year."""
        kind = self.regulation.term_kinds.get(str(level))
        return (term for term in self.calendar.terms if term.kind.value == kind)

    def is_closed(self, lesson: LessonFound) -> bool:
        """Whether a term that a lesson lies in is closed: nothing is taken for it any more."""
        return any(
            term.closed and term.starts_on <= lesson.on_date <= term.ends_on
            for level in lesson.levels
            for term in self.terms_of(level)
        )

    def open_since(self) -> date:
        """From which day on lessons may still be recorded: the first day of the earliest term that isn't closed."""
        return min((term.starts_on for term in self.calendar.terms if not term.closed), default=self.calendar.ends_on)


async def frame_of(uow: Uow, school_id: SchoolId, now: datetime) -> Frame | None:
    """A school at a moment; None before it has a year."""
    calendar = await school_calendar(uow, school_id, now)
    if calendar is None:
        return None
    _name, _zone, stored = await diary.school(uow, school_id)
    taught = await duties.weekdays_taught(uow, school_id, calendar.year_id)
    return Frame(school_id, calendar, Regulation.from_json(stored), working_days(calendar, taught), now)


async def open_gaps(
    uow: Uow, frame: Frame, *, teacher_ids: Collection[PersonId] | None = None, since: date | None = None
) -> OfTeachers:
    """All gaps of the school's teachers, or of some, whose clocks run or have ended; lessons from `since` on."""
    which = which_lessons(frame, since=since, teacher_ids=teacher_ids)
    found = [
        *await lesson_gaps(uow, frame, which),
        *await work_gaps(uow, frame, which),
        *await term_gaps(uow, frame),
        *await result_gaps(uow, frame),
        *await verification_gaps(uow, frame),
        *await duty_gaps(uow, frame),
        *await year_gaps(uow, frame),
    ]
    return await present(uow, frame, found, teacher_ids)


async def gaps_of(uow: Uow, school_id: SchoolId, teacher_id: PersonId, now: datetime) -> list[Gap]:
    """A teacher's gaps, the most urgent first."""
    frame = await frame_of(uow, school_id, now)
    if frame is None:
        return []
    return rules.in_order((await open_gaps(uow, frame, teacher_ids=[teacher_id])).get(teacher_id, []))


async def overdue_of(uow: Uow, school_id: SchoolId, now: datetime) -> OfTeachers:
    """The school's overdue list: each teacher's gaps whose clocks have ended, the longest overdue first."""
    frame = await frame_of(uow, school_id, now)
    if frame is None:
        return {}
    found = {teacher: rules.overdue(own) for teacher, own in (await open_gaps(uow, frame)).items()}
    return {teacher: own for teacher, own in found.items() if own}


async def of_tokens(
    uow: Uow, frame: Frame, tokens: Collection[str], teacher_ids: Collection[PersonId] | None = None
) -> OfTeachers:
    """Of the gaps that reminders named by these tokens, those that are open now."""
    lesson_ids = {LessonId(int(one.removeprefix("p"))) for one in tokens if one.removeprefix("p").isdecimal()}
    work_ids = [WorkId(int(one[1:])) for one in tokens if one[0] == "w" and one[1:].isdecimal()]
    found: list[tuple[PersonId, Gap]] = []
    everything = which_lessons(frame, since=frame.calendar.starts_on, teacher_ids=teacher_ids)
    if lesson_ids:
        named = replace(everything, lesson_ids=lesson_ids)
        found += await lesson_gaps(uow, frame, named)
        if any(one[0] == "p" for one in tokens):
            found += await planned_gaps(uow, frame, named)
    if work_ids:
        found += await column_gaps(uow, frame, everything, work_ids)
    if any(one[0] == "t" for one in tokens):
        found += await term_gaps(uow, frame)
        found += await result_gaps(uow, frame)
    if any(one[0] == "v" for one in tokens):
        found += await verification_gaps(uow, frame)
    if any(one[0] in "bc" for one in tokens):
        found += await duty_gaps(uow, frame)
    if any(one[0] in "kls" for one in tokens):
        found += await year_gaps(uow, frame)
    wanted = set(tokens)
    return await present(uow, frame, [(who, gap) for who, gap in found if gap.token in wanted], teacher_ids)


def which_lessons(frame: Frame, *, since: date | None = None, teacher_ids: Collection[PersonId] | None = None) -> Which:
    """The lessons that have begun and may still be recorded, from `since` on; of all teachers or some."""
    return Which(
        school_id=frame.school_id,
        since=max(frame.open_since(), since or date.min),
        until=frame.today,
        begun_by=frame.now,
        levels_without_marks=frame.regulation.levels_without_marks,
        teacher_ids=teacher_ids,
    )


async def lesson_gaps(uow: Uow, frame: Frame, which: Which) -> list[tuple[PersonId, Gap]]:
    """What lessons' records lack (О 2.5, 2.7)."""
    return [
        (teacher, gap)
        for one in await rows.records_missing(uow, which)
        if not frame.is_closed(one.lesson)
        for gap in rules.of_lesson(_lesson(one), frame.now, frame.zone, frame.regulation)
        for teacher in one.lesson.teachers
    ]


async def work_gaps(uow: Uow, frame: Frame, which: Which) -> list[tuple[PersonId, Gap]]:
    """Written works without all their marks, and those that were planned and have no column (О п.4.7, 2.5)."""
    return [*await column_gaps(uow, frame, which), *await planned_gaps(uow, frame, which)]


async def column_gaps(
    uow: Uow, frame: Frame, which: Which, work_ids: Collection[WorkId] | None = None
) -> list[tuple[PersonId, Gap]]:
    """Columns of written works in which a present student has no mark."""
    return _works(frame, await rows.marks_missing(uow, which, frame.written, work_ids))


async def planned_gaps(uow: Uow, frame: Frame, which: Which) -> list[tuple[PersonId, Gap]]:
    """Written works of the plan whose lessons have no column for them."""
    return _works(frame, await rows.columns_missing(uow, which, frame.written))


def _works(frame: Frame, found: Sequence[MarksMissing]) -> list[tuple[PersonId, Gap]]:
    return [
        (teacher, rules.of_work(_work(one), frame.now, frame.zone, frame.regulation))
        for one in found
        if not frame.is_closed(one.lesson)
        for teacher in one.lesson.teachers
    ]


async def term_gaps(uow: Uow, frame: Frame) -> list[tuple[PersonId, Gap]]:
    """Term marks that aren't issued, from the first day of their window until the term is closed (О 2.8)."""
    found = []
    for term in frame.calendar.terms:
        span = term_span(frame.calendar, term)
        levels = [
            level
            for level in range(1, 12)
            if frame.regulation.takes_marks(level, short_stay=False) and term in frame.terms_of(level)
        ]
        if term.closed or frame.today < span.window.opens_on or not levels:
            continue
        due_at = clocks.term_marks_due(span.window.closes_on, frame.zone)
        unissued = await finals_rows.unissued(
            uow,
            frame.school_id,
            scope=span.scope.key,
            since=term.starts_on,
            until=term.ends_on,
            on=span.counts_on(frame.today),
            levels=levels,
        )
        for one in unissued:
            gap = _gap(
                frame,
                ClockKind.TERM_MARKS,
                due_at,
                audience=_audience(one.taught.class_name, one.taught.subgroup),
                subject=one.taught.subject,
                left=one.blanks,
                class_id=one.taught.class_id,
                subgroup_id=one.taught.subgroup_id,
                subject_id=one.taught.subject_id,
                scope=span.scope.key,
            )
            found += [(teacher, gap) for teacher in one.taught.teachers]
    return found


async def result_gaps(uow: Uow, frame: Frame) -> list[tuple[PersonId, Gap]]:
    """Received results that aren't issued: exams within 24 h (М Регл. 2), ГИА within 2 days (В 4.4.5)."""
    found = []
    for one in await receipt_rows.receipts_open(uow, frame.school_id, frame.today):
        kind = Scope.parse(one.scope).kind
        taught = await finals_rows.taught(
            uow,
            frame.school_id,
            since=frame.calendar.starts_on,
            until=frame.calendar.ends_on,
            levels=[one.level],
            class_id=one.class_id,
        )
        for place in taught:  # each half of a divided class has a grid of its own
            if place.subject_id != one.subject_id or place.subgroup_id not in one.waiting:
                continue
            gap = _gap(
                frame,
                ClockKind.STATE_EXAM if kind is TermScope.STATE_EXAM else ClockKind.RESULTS,
                finals.results_due(kind, one.received_at, frame.regulation),
                audience=_audience(place.class_name, place.subgroup),
                subject=one.subject,
                class_id=one.class_id,
                subgroup_id=place.subgroup_id,
                subject_id=one.subject_id,
                scope=one.scope,
            )
            found += [(teacher, gap) for teacher in place.teachers]
    return found


async def verification_gaps(uow: Uow, frame: Frame) -> list[tuple[PersonId, Gap]]:
    """Weeks whose attendance the homeroom teacher hasn't verified, from the week's last school day on (В 4.3.6)."""
    mondays = [
        monday
        for back in range(WEEKS_TO_VERIFY + 1)
        if (last := last_working_day_of_week(monday := monday_of(frame.today) - back * WEEK, frame.works)) is not None
        and last <= frame.today
        and last >= frame.open_since()
    ][:WEEKS_TO_VERIFY]
    if not mondays:
        return []
    homerooms = await duties.homerooms(uow, frame.school_id, frame.calendar.year_id, frame.today, mondays)
    taught = await duties.weeks_taught(
        uow, frame.school_id, min(mondays), max(mondays) + 6 * DAY, [one.class_id for one in homerooms]
    )
    return [
        (
            one.teacher_id,
            _gap(
                frame,
                ClockKind.VERIFICATION,
                clocks.verification_due(monday, frame.works, frame.zone),
                audience=one.class_name,
                on_date=monday,
                class_id=one.class_id,
            ),
        )
        for one in homerooms
        for monday in mondays
        if monday not in one.verified
        and one.since_on <= monday + 6 * DAY
        and any(monday_of(day) == monday for day in taught.get(one.class_id, ()))
    ]


async def duty_gaps(uow: Uow, frame: Frame) -> list[tuple[PersonId, Gap]]:
    """What a homeroom teacher owes the families, from shortly before its day: a word once in two weeks (М кл.рук. в),
    and the monthly look at their contacts (В 4.3.5). Only within the year: in summer nobody is informed of lessons.
    """
    if not frame.calendar.starts_on <= frame.today <= frame.calendar.ends_on:
        return []
    homerooms = await duties.homerooms(uow, frame.school_id, frame.calendar.year_id, frame.today, ())
    class_ids = [one.class_id for one in homerooms]
    found = []
    for kind, days, done in (
        (ClockKind.BRIEFING, frame.regulation.briefing_days, await briefings.last_of(uow, class_ids)),
        (ClockKind.CONTACTS, frame.regulation.contacts_days, await my_class.contacts_verified_on(uow, class_ids)),
    ):
        for one in homerooms:
            since = max(one.since_on, frame.calendar.starts_on)
            duty = duty_rules.duty(done.get(one.class_id), since, days, frame.today)
            if frame.today >= duty_rules.spoken_of_from(duty.due_on, frame.works):
                due_at = clocks.day_due(duty.due_on, frame.zone)
                found.append(
                    (one.teacher_id, _gap(frame, kind, due_at, audience=one.class_name, class_id=one.class_id))
                )
    return found


async def year_gaps(uow: Uow, frame: Frame) -> list[tuple[PersonId, Gap]]:
    """What a year wants at its start: class lists, plans, sections of the journal (В 4.5.1; М п.8.1; О 2.2)."""
    year = await duties.year_on(uow, frame.school_id, frame.today + PREPARING)
    if year is None or frame.today > year.ends_on:
        return []
    regulation, zone = frame.regulation, frame.zone
    first = max(frame.today, year.starts_on)
    unlisted, untaught = await duties.classes_without(uow, year.year_id, first)
    office = await duties.in_office(uow, frame.school_id, OFFICE, frame.today)
    found = []
    for kind, by, names in (
        (ClockKind.CLASS_LISTS, regulation.class_lists_by, unlisted),
        (ClockKind.SECTIONS, regulation.sections_by, untaught),
    ):
        if names:
            due_at = clocks.year_due(by, year.starts_on, zone)
            gap = _gap(frame, kind, due_at, audience=", ".join(names), left=len(names))
            found += [(person, gap) for person in office]
    due_at = clocks.year_due(regulation.plans_by, year.starts_on, zone)
    for one in await duties.plans_missing(uow, frame.school_id, year.year_id, first, first + FORTNIGHT):
        gap = _gap(
            frame, ClockKind.PLANS, due_at, audience=str(one.level), subject=one.subject, subject_id=one.subject_id
        )
        found += [(teacher, gap) for teacher in one.teachers]
    return found


def _gap(frame: Frame, kind: ClockKind, due_at: datetime, **about: object) -> Gap:
    state = clocks.state_of(due_at, None, frame.now, clocks.soon(kind, frame.regulation))
    return Gap(kind, due_at, state, clocks.clause(kind, frame.regulation), **about)  # type: ignore[arg-type]


async def present(
    uow: Uow,
    frame: Frame,
    found: Sequence[tuple[PersonId, Gap]],
    teacher_ids: Collection[PersonId] | None = None,
) -> OfTeachers:
    """The gaps by teacher, without those who are away today; who left answers for own lessons only."""
    away = await leave.on_leave(uow, {teacher for teacher, _gap in found}, frame.today)
    lasting = {teacher for teacher, gap in found if gap.lesson_id is None}
    gone = await duties.gone(uow, lasting, frame.today)
    found = [(teacher, gap) for teacher, gap in found if gap.lesson_id is not None or teacher not in gone]
    by_teacher: OfTeachers = {}
    for teacher, gap in found:
        if teacher not in away and (teacher_ids is None or teacher in teacher_ids):
            by_teacher.setdefault(teacher, []).append(gap)
    return by_teacher


def _lesson(one: RecordMissing) -> OpenLesson:
    lesson = one.lesson
    return OpenLesson(
        lesson.lesson_id,
        lesson.audience,
        lesson.subject,
        lesson.on_date,
        lesson.slot,
        lesson.starts_at,
        lesson.ends_at,
        lesson.room,
        one.day_ends_at,
        one.missing,
    )


def _work(one: MarksMissing) -> OpenWork:
    lesson = one.lesson
    return OpenWork(
        lesson.lesson_id,
        one.work_id,
        one.kind,
        one.checked_at,
        one.left,
        lesson.audience,
        lesson.subject,
        lesson.on_date,
        lesson.slot,
    )


def _audience(class_name: str, subgroup: str | None) -> str:
    return f"{class_name} ({subgroup})" if subgroup else class_name
