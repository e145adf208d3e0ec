"""The homeroom teacher's part of attendance: reasons with their history, contradictions, days running, weeks."""

from collections.abc import Awaitable
from datetime import timedelta

import pytest
from sqlalchemy import select

from services.absences import Absences, WeekAhead
from services.access import NotYourClass, TermClosed
from services.attendance import Attendance
from services.changes import Outcome
from services.errors import NotFoundHere, NotYourLesson
from services.explaining import NobodyAbsent
from services.homeroom import NoClass
from services.marks import Marks
from services.records import Records
from storage.models.audit import AuditEntry
from storage.models.delivery import Item
from storage.models.journal import Attendance as AttendanceRow
from storage.models.journal import LessonRecord, Mark
from storage.repositories import absences as rows
from storage.uow import Storage
from storage.vocabulary import AbsenceReason, AttendanceCode, LessonId, PersonId, WorkKind
from tests.school import TODAY, Cast, add_lesson, close_term, found

ABSENT, LATE, PRESENT = AttendanceCode.ABSENT, AttendanceCode.LATE, AttendanceCode.PRESENT
ILL, VALID, INVALID = AbsenceReason.ILL, AbsenceReason.VALID, AbsenceReason.INVALID


@pytest.fixture
async def school(storage: Storage) -> Cast:
    return await found(storage, now="13:00")


@pytest.fixture
def absences(storage: Storage, school: Cast) -> Absences:
    return Absences(storage, school.clock)


async def marked(
    storage: Storage, school: Cast, lesson: LessonId, teacher: PersonId, student: PersonId, code: AttendanceCode
) -> None:
    """A student's attendance in a lesson, by its teacher, after whatever stands."""
    attendance, actor = Attendance(storage, school.clock), school.actor(teacher)
    sheet = await attendance.sheet(actor, lesson)
    seen = next(one.rev for one in sheet.students if one.name.id == student)
    await attendance.put(actor, lesson, student, code, seen)


async def missed(storage: Storage, school: Cast, student: PersonId, *names: str) -> None:
    teachers = {"русский": school.colleague, "история": school.stranger, "алгебра": school.owner}
    for name in names:
        await marked(storage, school, school.lessons[name], teachers[name], student, ABSENT)


async def told(storage: Storage) -> list[tuple[int, str, str | None]]:
    async with storage.reading() as uow:
        question = select(Item.recipient_id, Item.kind, Item.value).where(
            Item.kind.in_(["absence", "absence_withdrawn"]), Item.state == "waiting"
        )
        return sorted((row.recipient_id, row.kind, row.value) for row in await uow.execute(question))


async def letters_go(storage: Storage) -> None:
    """Everything that waits is told."""
    async with storage.writing() as uow:
        await uow.write(Item.__table__.update().where(Item.state == "waiting").values(state="told"))  # type: ignore[attr-defined]


async def test_one_tap_sets_the_reason_of_the_whole_day_and_keeps_what_stood(
    storage: Storage, school: Cast, absences: Absences
) -> None:
    await missed(storage, school, school.onegin, "русский", "история", "алгебра")
    teacher = school.actor(school.homeroom_teacher)
    view = await absences.overview(teacher)
    assert [(one.student.last, one.slots, one.reason) for one in view.days] == [("Онегин", (1, 2, 3), None)]
    day = await absences.day(teacher, school.onegin, TODAY)
    put = await absences.set_reason(teacher, school.onegin, TODAY, ILL, day.rev)
    assert (put.outcome, put.day.reason) == (Outcome.SAVED, ILL)
    assert {one.author for one in put.day.absent} == {"Кузнецова"}
    again = await absences.set_reason(teacher, school.onegin, TODAY, ILL, day.rev)
    assert again.outcome is Outcome.ALREADY
    corrected = await absences.set_reason(teacher, school.onegin, TODAY, VALID, put.day.rev)
    assert corrected.day.reason is VALID
    opened = await absences.set_reason(teacher, school.onegin, TODAY, None, corrected.day.rev)
    assert opened.day.reason is None
    async with storage.reading() as uow:
        kept = (await uow.execute(select(AttendanceRow.rev, AttendanceRow.reason, AttendanceRow.author_id))).all()
        noted = (await uow.execute(select(AuditEntry.id).where(AuditEntry.action == "absence_reason"))).all()
    assert len(kept) == 12, "three lessons, four revisions each"
    assert len(noted) == 9


async def test_a_reason_chosen_on_an_old_screen_changes_nothing(
    storage: Storage, school: Cast, absences: Absences
) -> None:
    await missed(storage, school, school.onegin, "русский")
    teacher = school.actor(school.homeroom_teacher)
    seen = (await absences.day(teacher, school.onegin, TODAY)).rev
    await missed(storage, school, school.onegin, "история")
    put = await absences.set_reason(teacher, school.onegin, TODAY, ILL, seen)
    assert (put.outcome, put.day.reason) == (Outcome.CHANGED, None)


async def test_a_known_reason_holds_for_the_days_later_lessons_and_alarms_nobody(
    storage: Storage, school: Cast, absences: Absences
) -> None:
    await missed(storage, school, school.onegin, "русский")
    teacher = school.actor(school.homeroom_teacher)
    day = await absences.day(teacher, school.onegin, TODAY)
    await absences.set_reason(teacher, school.onegin, TODAY, ILL, day.rev)
    assert await told(storage) == [], "the alarm that still waited is dropped"
    await missed(storage, school, school.onegin, "история")
    assert await told(storage) == []
    assert (await absences.day(teacher, school.onegin, TODAY)).reason is ILL


async def test_only_a_family_that_was_alarmed_hears_that_the_reason_is_known(
    storage: Storage, school: Cast, absences: Absences
) -> None:
    await missed(storage, school, school.onegin, "русский")
    await letters_go(storage)
    await missed(storage, school, school.larina, "русский")
    teacher = school.actor(school.homeroom_teacher)
    for student in (school.onegin, school.larina):
        day = await absences.day(teacher, student, TODAY)
        await absences.set_reason(teacher, student, TODAY, ILL, day.rev)
    assert await told(storage) == [(school.mother_onegina, "absence_withdrawn", "explained")]
    await letters_go(storage)
    await marked(storage, school, school.lessons["русский"], school.colleague, school.onegin, PRESENT)
    assert await told(storage) == [(school.mother_onegina, "absence_withdrawn", None)]


async def test_absent_between_lessons_attended_is_shown_with_the_teachers_and_settled_by_a_reason(
    storage: Storage, school: Cast, absences: Absences
) -> None:
    for name, who in (("русский", school.colleague), ("алгебра", school.owner)):
        await Attendance(storage, school.clock).confirm_all_present(school.actor(who), school.lessons[name], 0)
    await missed(storage, school, school.onegin, "история")
    teacher = school.actor(school.homeroom_teacher)
    (one,) = (await absences.overview(teacher)).days
    assert one.contradicts == (2,)
    day = await absences.day(teacher, school.onegin, TODAY)
    assert [(lesson.slot, lesson.teachers) for lesson in day.lessons if lesson.contradicts] == [(2, ["Соловьёв С. М."])]
    card = await absences.lesson(teacher, school.onegin, TODAY, school.lessons["история"])
    assert [student.last for student in card.absent] == ["Онегин"]
    assert (await absences.week(teacher, school.class_7b, TODAY)).contradictions == 1
    await absences.set_reason(teacher, school.onegin, TODAY, VALID, day.rev)
    (one,) = (await absences.overview(teacher)).days
    assert (one.contradicts, one.reason) == ((), VALID)
    assert (await absences.week(teacher, school.class_7b, TODAY)).contradictions == 0


async def test_open_days_stay_listed_until_their_reason_is_set_and_run(
    storage: Storage, school: Cast, absences: Absences
) -> None:
    for days in (2, 1):
        lesson = await add_lesson(storage, school, "Алгебра", 1, TODAY - timedelta(days=days))
        await marked(storage, school, lesson, school.owner, school.onegin, ABSENT)
    await missed(storage, school, school.onegin, "русский")
    teacher = school.actor(school.homeroom_teacher)
    view = await absences.overview(teacher)
    assert [(one.on_date, one.running) for one in view.days] == [
        (TODAY, 3),
        (TODAY - timedelta(days=1), 0),
        (TODAY - timedelta(days=2), 0),
    ]
    day = await absences.day(teacher, school.onegin, TODAY - timedelta(days=1))
    await absences.set_reason(teacher, school.onegin, day.on_date, ILL, day.rev)
    view = await absences.overview(teacher)
    assert [(one.on_date, one.running) for one in view.days] == [(TODAY, 1), (TODAY - timedelta(days=2), 0)]


async def test_a_week_is_verified_once_and_says_by_whom(storage: Storage, school: Cast, absences: Absences) -> None:
    await missed(storage, school, school.onegin, "русский", "история")
    teacher = school.actor(school.homeroom_teacher)
    week = await absences.week(teacher, school.class_7b, TODAY)
    assert (week.missed, week.verified_by) == ({None: 2}, None)
    done = await absences.verify(teacher, school.class_7b, TODAY)
    school.clock.advance(timedelta(hours=1))
    again = await absences.verify(teacher, school.class_7b, TODAY)
    assert done.verified_by == again.verified_by == "Кузнецова"
    assert done.verified_at == again.verified_at, "the first word stands"
    assert (await absences.overview(teacher)).verified
    async with storage.reading() as uow:
        assert await rows.verified(uow, school.class_7b, TODAY + timedelta(days=2)) is not None
        assert await rows.verified(uow, school.class_7b, TODAY + timedelta(days=7)) is None
        assert await rows.verified(uow, school.class_7a, TODAY) is None
    with pytest.raises(WeekAhead):
        await absences.verify(teacher, school.class_7b, TODAY + timedelta(days=7))


async def test_nobody_absent_and_a_closed_term_take_no_reason(
    storage: Storage, school: Cast, absences: Absences
) -> None:
    teacher = school.actor(school.homeroom_teacher)
    with pytest.raises(NobodyAbsent):
        await absences.set_reason(teacher, school.onegin, TODAY, ILL, 0)
    await missed(storage, school, school.onegin, "русский")
    seen = (await absences.day(teacher, school.onegin, TODAY)).rev
    await close_term(storage, school, "quarter")
    with pytest.raises(TermClosed):
        await absences.set_reason(teacher, school.onegin, TODAY, ILL, seen)


def every_call(absences: Absences, school: Cast, who: PersonId) -> list[Awaitable[object]]:
    actor = school.actor(who)
    return [
        absences.overview(actor, school.class_7b),
        absences.day(actor, school.onegin, TODAY),
        absences.lesson(actor, school.onegin, TODAY, school.algebra),
        absences.set_reason(actor, school.onegin, TODAY, ILL, 1),
        absences.week(actor, school.class_7b, TODAY),
        absences.verify(actor, school.class_7b, TODAY),
    ]


@pytest.mark.parametrize("who", ["owner", "colleague", "substitute", "stranger", "deputy", "mother_onegina"])
async def test_only_the_homeroom_teacher_opens_the_classs_absences(
    storage: Storage, school: Cast, absences: Absences, who: str
) -> None:
    await missed(storage, school, school.onegin, "русский")
    for call in every_call(absences, school, getattr(school, who)):
        with pytest.raises(NotYourClass):
            await call
    with pytest.raises(NoClass):
        await absences.overview(school.actor(getattr(school, who)))


async def test_the_homeroom_teacher_opens_no_other_class_and_no_lesson_of_one(
    school: Cast, absences: Absences, storage: Storage
) -> None:
    teacher = school.actor(school.homeroom_teacher)
    for call in (
        absences.overview(teacher, school.class_7a),
        absences.day(teacher, school.student_of_7a, TODAY),
        absences.set_reason(teacher, school.student_of_7a, TODAY, ILL, 0),
        absences.verify(teacher, school.class_7a, TODAY),
    ):
        with pytest.raises(NotYourClass):
            await call
    with pytest.raises(NotFoundHere):
        await absences.lesson(teacher, school.onegin, TODAY, school.lessons["7А"])


async def test_the_homeroom_teacher_edits_no_mark_topic_homework_or_attendance(
    storage: Storage, school: Cast, absences: Absences
) -> None:
    """Sees all subjects of the class without the right to edit them (О 2.4)."""
    marks = Marks(storage, school.clock)
    work = (await marks.add_work(school.actor(school.owner), school.algebra, WorkKind.ANSWER, 1)).work.id
    actor, records = school.actor(school.homeroom_teacher), Records(storage, school.clock)
    attendance = Attendance(storage, school.clock)
    for call in (
        marks.put(actor, work, school.onegin, "5", 0),
        records.choose_topic(actor, school.algebra),
        records.put_plan_topic(actor, school.algebra, school.topics[0], 0),
        records.choose_homework(actor, school.algebra),
        records.no_homework(actor, school.algebra, 0),
        attendance.put(actor, school.algebra, school.onegin, ABSENT, 0),
        attendance.confirm_all_present(actor, school.algebra, 0),
    ):
        with pytest.raises(NotYourLesson):
            await call
    async with storage.reading() as uow:
        for table in (Mark, LessonRecord, AttendanceRow):
            assert (await uow.execute(select(table.rev))).first() is None
