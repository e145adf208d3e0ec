"""What clocks ask for and is not there yet: a teacher's gaps, the school's overdue list, what a reminder still names.

A lesson's gaps are those of the teachers who answer for it: not of who handed it to a substitute, was away or left.
Lessons that are cancelled, moved, on paper or without students have none; class 1 has no homework and no marks.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from services.finals.spans import term_span
from services.gap_frame import Frame as Frame
from services.gap_frame import frame_of as frame_of
from services.gap_frame import gap_of
from services.homeroom_gaps import duty_gaps as duty_gaps
from services.homeroom_gaps import verification_gaps as verification_gaps
from services.rules import clocks, finals
from services.rules import gaps as rules
from services.rules.finals import Scope
from services.rules.gaps import Gap, OpenLesson, OpenWork
from storage.repositories import duties, leave
from storage.repositories import finals as finals_rows
from storage.repositories import gaps as rows
from storage.repositories import receipts as receipt_rows
from storage.repositories.gaps import MarksMissing, RecordMissing, Which
from storage.uow import Uow
from storage.vocabulary import ClockKind, LessonId, PersonId, Role, SchoolId, TermScope, WorkId

DAY, WEEK = timedelta(days=1), timedelta(days=7)
PREPARING = timedelta(days=30)  # before a year begins, its lists and plans are spoken of
FORTNIGHT = timedelta(days=13)
OFFICE = (Role.ADMINISTRATOR, Role.DEPUTY)
OfTeachers = dict[PersonId, list[Gap]]


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
    if any(one[0] in "bcq" for one in tokens):
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
            gap = gap_of(
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
            gap = gap_of(
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
            gap = gap_of(frame, kind, due_at, audience=", ".join(names), left=len(names))
            found += [(person, gap) for person in office]
    due_at = clocks.year_due(regulation.plans_by, year.starts_on, zone)
    for one in await duties.plans_missing(uow, frame.school_id, year.year_id, first, first + FORTNIGHT):
        gap = gap_of(
            frame, ClockKind.PLANS, due_at, audience=str(one.level), subject=one.subject, subject_id=one.subject_id
        )
        found += [(teacher, gap) for teacher in one.teachers]
    return found


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
