"""«Мой класс»: the class at a glance, who reads, who fails, contacts, the ledger, and the journal to read only."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import func, insert, select, update

from handlers.screen import Screen
from handlers.screens import class_journal as journal_screens
from services.access import NotYourClass
from services.actor import Actor
from services.assignments import NotYourSubject
from services.attendance import Attendance
from services.briefings import BriefingAhead, BriefingGone, Briefings, record
from services.checking import Checking
from services.class_journal import ClassJournal
from services.comments import Comments
from services.corrections import Corrections
from services.errors import NotFoundHere, NotYourLesson
from services.finals.grid import Finals
from services.finals.refusals import OnlyReading
from services.finals.sheets import Place
from services.homeroom import NoClass
from services.homework import Homework
from services.journal import Journal
from services.marks import Marks
from services.my_class import MyClass
from services.personal_homework import PersonalHomework
from services.records import Records
from services.rules.finals import Scope
from services.visits import Visits
from storage.models.family import Acknowledgement, Briefing, Contact
from storage.models.journal import Attendance as AttendanceRow
from storage.models.journal import LessonRecord, Mark
from storage.models.people import Homeroom, Person
from storage.uow import Storage
from storage.vocabulary import AttendanceCode, BriefingWay, PersonId, RecordPart, SubjectId, TermId, TermScope, WorkKind
from tests.school import TODAY, Cast, at, found

DAY = timedelta(days=1)
MEETING, CALL = BriefingWay.MEETING, BriefingWay.CALL


@pytest.fixture
async def school(storage: Storage) -> Cast:
    return await found(storage)


@pytest.fixture
def my_class(storage: Storage, school: Cast) -> MyClass:
    return MyClass(storage, school.clock)


@pytest.fixture
def briefings(storage: Storage, school: Cast) -> Briefings:
    return Briefings(storage, school.clock)


@pytest.fixture
def class_journal(storage: Storage, school: Cast) -> ClassJournal:
    return ClassJournal(storage, school.clock, Journal(storage, school.clock))


@pytest.fixture
def homeroom(school: Cast) -> Actor:
    return school.actor(school.homeroom_teacher)


async def test_it_shows_who_looked_in_twice_this_week(
    storage: Storage, school: Cast, my_class: MyClass, homeroom: Actor
) -> None:
    visits = Visits(storage)
    mother, father = school.actor(school.mother_larina), school.actor(school.father_larin)
    for moment in (at("08:00"), at("19:00"), at("08:00", TODAY - DAY), at("08:00", TODAY - 3 * DAY)):
        await visits.note(mother, moment)
    await visits.note(father, at("09:00"))
    view = await my_class.readers(homeroom, school.class_7b)
    found_lines = {one.guardian_id: (one.this_week, one.last_week) for one in view.lines}
    assert found_lines == {school.mother_larina: (2, 1), school.father_larin: (1, 0), school.mother_onegina: (0, 0)}
    assert (view.wanted, view.lines[0].name) == (2, "Онегина Мария")
    top = await my_class.top(homeroom)
    assert (top.guardians, top.connected, top.reading) == (3, 3, 1)


async def test_silent_is_who_neither_opened_nor_acknowledged_for_two_weeks(
    storage: Storage, school: Cast, my_class: MyClass, homeroom: Actor
) -> None:
    assert (await my_class.readers(homeroom, school.class_7b)).silent == []  # they joined a week ago
    later = TODAY + 14 * DAY
    school.clock.set(at("10:00", later))
    await Visits(storage).note(school.actor(school.mother_larina), at("09:00", later - 13 * DAY))
    async with storage.writing() as uow:
        row = {
            "school_id": school.school_id,
            "person_id": school.father_larin,
            "kind": "results",
            "subject": "term:1:1",
        }
        await uow.write(insert(Acknowledgement), {**row, "on_paper": False, "at": at("12:00", later - 2 * DAY)})
    view = await my_class.readers(homeroom, school.class_7b)
    assert [one.guardian_id for one in view.silent] == [school.mother_onegina]
    assert (await my_class.top(homeroom)).silent == 1


async def test_who_fails_is_named_by_subject(
    storage: Storage, school: Cast, my_class: MyClass, homeroom: Actor
) -> None:
    marks, owner = Marks(storage, school.clock), school.actor(school.owner)
    sheet = await marks.add_work(owner, school.algebra, WorkKind.ANSWER, 1)
    await marks.put(owner, sheet.work.id, school.onegin, "2", 0)
    await marks.put(owner, sheet.work.id, school.larina, "5", 0)
    view = await my_class.failing(homeroom, school.class_7b)
    assert [(one.student.last, [(what, mark) for what, _, mark in one.subjects]) for one in view.lines] == [
        ("Онегин", [("Алгебра", "2")])
    ]


async def test_contacts_are_listed_and_verified_once_a_day(
    storage: Storage, school: Cast, my_class: MyClass, homeroom: Actor
) -> None:
    async with storage.writing() as uow:
        await uow.write(update(Person).where(Person.id == school.mother_larina).values(phone="+7 900 1"))
        row = {"school_id": school.school_id, "person_id": school.father_larin, "channel": "email", "rank": 0}
        more = {"address": "larin@example.org", "state": "confirmed", "source": "№ 5", "given_on": TODAY}
        await uow.write(insert(Contact), {**row, **more})
    view = await my_class.contacts(homeroom, school.class_7b)
    by_id = {one.guardian_id: one for one in view.lines}
    assert (by_id[school.mother_larina].phone, by_id[school.mother_larina].telegram) == ("+7 900 1", True)
    assert [way.address for way in by_id[school.father_larin].ways] == ["larin@example.org"]
    assert (view.verified, view.duty.due_on) == (None, date(2026, 10, 2))
    for _ in range(2):
        view = await my_class.verify_contacts(homeroom, school.class_7b)
    assert view.verified is not None
    assert (view.verified.author, view.duty.due_on) == ("Кузнецова", TODAY + 31 * DAY)


async def test_a_meeting_winds_the_two_weeks_and_a_call_with_one_family_does_not(
    school: Cast, briefings: Briefings, homeroom: Actor
) -> None:
    ledger = await briefings.ledger(homeroom, school.class_7b)
    assert (ledger.duty.due_on, ledger.duty.days_left) == (date(2026, 9, 15), 7)
    await briefings.begin(homeroom, school.class_7b, CALL, school.larina, TODAY)
    ledger = await briefings.type_words(homeroom, "о контрольной")
    assert [(one.student, one.words) for one in ledger.entries] == [("Ларина Т.", "о контрольной")]
    assert ledger.duty.due_on == date(2026, 9, 15)
    with pytest.raises(BriefingGone):
        await briefings.type_words(homeroom, "ещё раз")
    for _ in range(2):
        ledger = await briefings.save(homeroom, school.class_7b, MEETING, None, TODAY - DAY)
    assert [one.way for one in ledger.entries] == [CALL, MEETING]
    assert ledger.duty.due_on == TODAY - DAY + 14 * DAY
    for day in (TODAY + DAY, TODAY - 2 * DAY):
        with pytest.raises(BriefingAhead):
            await briefings.begin(homeroom, school.class_7b, MEETING, None, day)
    with pytest.raises(NotFoundHere):  # a broadcast stands there by itself, and a child of another class never
        await briefings.begin(homeroom, school.class_7b, BriefingWay.BROADCAST, None, TODAY)
    with pytest.raises(NotFoundHere):
        await briefings.choose_whom(homeroom, school.class_7b, BriefingWay.BROADCAST)
    with pytest.raises(NotFoundHere):
        await briefings.begin(homeroom, school.class_7b, CALL, school.student_of_7a, TODAY)


async def test_a_broadcast_counts_for_its_own_homeroom_teacher_once(storage: Storage, school: Cast) -> None:
    async def told_by(teacher: PersonId) -> bool:
        async with storage.writing() as uow:
            return await record(
                uow,
                school_id=school.school_id,
                class_id=school.class_7b,
                teacher_id=teacher,
                on_date=TODAY,
                way=BriefingWay.BROADCAST,
                now=school.clock.now(),
                words="Рассылка",
            )

    said = [await told_by(who) for who in (school.deputy, school.homeroom_teacher, school.homeroom_teacher)]
    assert said == [False, True, False]
    async with storage.reading() as uow:
        assert (await uow.execute(select(func.count()).select_from(Briefing))).scalar_one() == 1


async def test_the_class_journal_shows_marks_topics_homework_and_absences(
    storage: Storage, school: Cast, class_journal: ClassJournal, homeroom: Actor
) -> None:
    owner = school.actor(school.owner)
    records, marks = Records(storage, school.clock), Marks(storage, school.clock)
    await records.put_plan_topic(owner, school.algebra, school.topics[0], 0)
    await Attendance(storage, school.clock).put(owner, school.algebra, school.onegin, AttendanceCode.ABSENT, 0)
    sheet = await marks.add_work(owner, school.algebra, WorkKind.ANSWER, 1)
    await marks.put(owner, sheet.work.id, school.larina, "5", 0)
    listed = await class_journal.subjects(homeroom, school.class_7b)
    algebra = next(one for one in listed.subjects if one.title == "Алгебра")
    assert "Английский язык (англ. 1)" in [one.title for one in listed.subjects]
    place = (school.class_7b, None, algebra.subject_id, algebra.term_id)
    term = await class_journal.term(homeroom, *place)
    assert {one.name.last: one.count for one in term.lines if one.count} == {"Ларина": 1}
    student = await class_journal.student(homeroom, *place, school.larina)
    assert [one.mark.value for one in student.marks] == ["5"]
    lessons = await class_journal.lessons(homeroom, *place)
    assert [(one.topic, [there.student.last for there in one.absent]) for one in lessons.lessons] == [
        ("Натуральные числа", ["Онегин"])
    ]
    shown = [
        journal_screens.subjects(listed, 0),
        journal_screens.term(term, 0),
        journal_screens.student(student, 0),
        journal_screens.lessons(lessons, 0),
    ]
    assert {prefix for screen in shown for prefix in prefixes(screen)} <= {"cs1", "ct1", "cu1", "cv1", "oc1"}


def prefixes(screen: Screen) -> set[str]:
    """What the buttons of a screen do: none of the journal's may edit."""
    return {(one.data or "").partition(":")[0] for row in screen.rows for one in row}


async def test_no_edit_of_the_journal_is_open_to_the_homeroom_teacher_of_the_class(
    storage: Storage, school: Cast, homeroom: Actor
) -> None:
    """О 2.4; В 5.4: they see all subjects and edit none; every service behind an edit button refuses them."""
    clock, lesson, student = school.clock, school.algebra, school.onegin
    marks, owner = Marks(storage, clock), school.actor(school.owner)
    sheet = await marks.add_work(owner, lesson, WorkKind.CONTROL, 1)
    await marks.put(owner, sheet.work.id, student, "4", 0)
    attendance, records, homework = Attendance(storage, clock), Records(storage, clock), Homework(storage, clock)
    term = TermId(1)
    place = Place(school.class_7b, None, SubjectId(school.subjects["Алгебра"]), Scope(TermScope.TERM, term))
    finals, corrections = Finals(storage, clock), Corrections(storage, clock)
    edits: list[Callable[[], Awaitable[object]]] = [
        lambda: marks.add_work(homeroom, lesson, WorkKind.ANSWER, 1),
        lambda: marks.choose_kind(homeroom, lesson),
        lambda: marks.sheet(homeroom, sheet.work.id),
        lambda: marks.put(homeroom, sheet.work.id, student, "5", 1),
        lambda: attendance.sheet(homeroom, lesson),
        lambda: attendance.put(homeroom, lesson, student, AttendanceCode.ABSENT, 0),
        lambda: attendance.confirm(homeroom, lesson, 0),
        lambda: attendance.confirm_all_present(homeroom, lesson, 0),
        lambda: records.choose_topic(homeroom, lesson),
        lambda: records.put_plan_topic(homeroom, lesson, school.topics[0], 0),
        lambda: records.choose_homework(homeroom, lesson),
        lambda: records.no_homework(homeroom, lesson, 0),
        lambda: records.restore(homeroom, lesson, RecordPart.TOPIC, 0, 0),
        lambda: homework.same_as_last_time(homeroom, lesson, lesson, 0),
        lambda: homework.remove_files(homeroom, lesson, 1),
        lambda: PersonalHomework(storage, clock).choose_students(homeroom, lesson),
        lambda: Comments(storage, clock).ask(homeroom, sheet.work.id, student, 0),
        lambda: Comments(storage, clock).remove(homeroom, sheet.work.id, student, 1, 0),
        lambda: Checking(storage, clock).check(homeroom, sheet.work.id),
        lambda: corrections.columns(homeroom, lesson),
        lambda: finals.put(homeroom, place, student, "5", 0),
        lambda: finals.accept_all(homeroom, place),
        lambda: finals.issue(homeroom, place, 0),
    ]
    before = await journal_rows(storage)
    for edit in edits:
        with pytest.raises((NotYourLesson, NotYourSubject, OnlyReading)):
            await edit()
    assert await journal_rows(storage) == before


async def journal_rows(storage: Storage) -> list[int]:
    async with storage.reading() as uow:
        return [
            (await uow.execute(select(func.count()).select_from(model))).scalar_one()
            for model in (AttendanceRow, LessonRecord, Mark)
        ]


async def test_every_screen_of_the_class_is_its_present_homeroom_teachers_alone(
    storage: Storage,
    school: Cast,
    my_class: MyClass,
    briefings: Briefings,
    class_journal: ClassJournal,
    homeroom: Actor,
) -> None:
    async with storage.writing() as uow:
        row = {"school_id": school.school_id, "class_id": school.class_7a, "since_on": date(2026, 9, 1)}
        await uow.write(insert(Homeroom), {**row, "teacher_id": school.owner})
    here = school.class_7b
    algebra, term = SubjectId(school.subjects["Алгебра"]), TermId(1)

    def doors(actor: Actor) -> list[Callable[[], Awaitable[object]]]:
        return [
            lambda: my_class.top(actor, here),
            lambda: my_class.readers(actor, here),
            lambda: my_class.failing(actor, here),
            lambda: my_class.unreached(actor, here),
            lambda: my_class.contacts(actor, here),
            lambda: my_class.verify_contacts(actor, here),
            lambda: briefings.ledger(actor, here),
            lambda: briefings.choose_whom(actor, here, CALL),
            lambda: briefings.begin(actor, here, MEETING, None, TODAY),
            lambda: briefings.save(actor, here, MEETING, None, TODAY),
            lambda: class_journal.subjects(actor, here),
            lambda: class_journal.term(actor, here, None, algebra, term),
            lambda: class_journal.student(actor, here, None, algebra, term, school.larina),
            lambda: class_journal.lessons(actor, here, None, algebra, term),
        ]

    for door in doors(homeroom):
        await door()
    others = [school.owner, school.colleague, school.deputy, school.mother_larina, school.mother_of_7a]
    for who in others:
        for door in doors(school.actor(who)):
            with pytest.raises(NotYourClass):
                await door()
    with pytest.raises(NoClass):
        await my_class.top(school.actor(school.colleague))
    async with storage.writing() as uow:
        await uow.write(update(Homeroom).where(Homeroom.class_id == here).values(until_on=TODAY))
    for door in doors(homeroom):
        with pytest.raises(NotYourClass):
            await door()
