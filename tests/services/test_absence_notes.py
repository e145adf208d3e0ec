"""«Не придёт»: a guardian's word beforehand, the decision, the reason in the journal and the alarm that isn't sent."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from services.absence_notes import AbsenceNotes, NoteDecisions
from services.absence_notes.deciding import Why
from services.absence_notes.refusals import (
    DayIsPast,
    DaysTurned,
    NoDatesTyped,
    NoGuardianAnyMore,
    NoSchoolThen,
    NoteBegun,
    NotedAlready,
    NoteGone,
    NotShorter,
    TooFarAhead,
    WordsWanted,
)
from services.absence_notes.views import Note
from services.absences import Absences
from services.access import NotYourClass, NotYourStudent
from services.actor import Actor
from services.attendance import Attendance
from services.errors import NotFoundHere
from services.lessons import Lessons
from storage.models.audit import AuditEntry
from storage.models.delivery import Item
from storage.models.people import Guardianship, Homeroom
from storage.uow import Storage
from storage.vocabulary import AbsenceReason, AttendanceCode, NoteReason, NoteState, PersonId
from tests.school import TODAY, Cast, found
from tests.services.test_absences import letters_go, marked, missed

ILL, OTHER = NoteReason.ILL, NoteReason.OTHER
TOMORROW = TODAY + timedelta(days=1)
FRIDAY, MONDAY = date(2026, 9, 11), date(2026, 9, 14)


@pytest.fixture
async def school(storage: Storage) -> Cast:
    return await found(storage, now="08:00")


@pytest.fixture
def notes(storage: Storage, school: Cast) -> AbsenceNotes:
    return AbsenceNotes(storage, school.clock)


@pytest.fixture
def decisions(storage: Storage, school: Cast) -> NoteDecisions:
    return NoteDecisions(storage, school.clock)


@pytest.fixture
def mother(school: Cast) -> Actor:
    return school.actor(school.mother_larina)


@pytest.fixture
def homeroom(school: Cast) -> Actor:
    return school.actor(school.homeroom_teacher)


async def sent(
    notes: AbsenceNotes, school: Cast, actor: Actor, since: date = TODAY, until: date = TODAY, reason: NoteReason = ILL
) -> Note:
    return (await notes.send(actor, school.larina, since, until, reason)).note


async def alarms(storage: Storage) -> dict[int, str]:
    """Who is to be alarmed of an absence, and by which kind of letter."""
    async with storage.reading() as uow:
        question = select(Item.recipient_id, Item.kind).where(
            Item.kind.in_(["absence", "absence_withdrawn"]), Item.state == "waiting", Item.value.is_not(None)
        )
        return {row.recipient_id: row.kind for row in await uow.execute(question)}


async def told(storage: Storage, kind: str) -> dict[int, str]:
    async with storage.reading() as uow:
        question = select(Item.recipient_id, Item.value).where(Item.kind == kind, Item.state == "waiting")
        return {row.recipient_id: row.value for row in await uow.execute(question.order_by(Item.id))}


async def test_a_note_is_asked_confirmed_and_answered(
    storage: Storage, school: Cast, notes: AbsenceNotes, decisions: NoteDecisions, mother: Actor, homeroom: Actor
) -> None:
    start = await notes.start(mother)
    assert start.child is not None and start.child.name == "Татьяна"
    assert start.days[0] == TODAY
    draft = await notes.type_days(mother, "до 11.09")
    assert (draft.from_on, draft.until_on, draft.days) == (TODAY, FRIDAY, 4)
    await notes.shown_back(mother, school.larina, TODAY, FRIDAY, ILL)
    assert (await notes.type_words(mother, " температура \n 38 ")).words == "температура 38"
    done = await notes.send(mother, school.larina, TODAY, FRIDAY, ILL)
    assert (done.told, done.note.words, done.note.state) == (True, "температура 38", NoteState.ASKED)
    assert await told(storage, "note_asked") == {school.homeroom_teacher: f"asked {TODAY} {FRIDAY}"}
    listed = await decisions.of_class(homeroom, school.class_7b)
    assert [(one.student.last, one.state) for one in listed.notes] == [("Ларина", NoteState.ASKED)]
    note = await decisions.confirm(homeroom, done.note.id)
    assert (note.state, note.decided_by) == (NoteState.CONFIRMED, "Кузнецова")
    assert await told(storage, "note_decided") == {school.mother_larina: "confirmed"}
    assert (await decisions.confirm(homeroom, done.note.id)).state is NoteState.CONFIRMED
    async with storage.reading() as uow:
        written = [row.detail for row in await uow.execute(select(AuditEntry.detail).order_by(AuditEntry.id))]
    assert len(written) == 2
    assert not any("38" in str(one) or "ill" in str(one) for one in written)


async def test_a_confirmed_note_gives_its_reason_at_once_and_alarms_nobody(
    storage: Storage, school: Cast, notes: AbsenceNotes, decisions: NoteDecisions, mother: Actor, homeroom: Actor
) -> None:
    note = await sent(notes, school, mother)
    await decisions.confirm(homeroom, note.id)
    school.clock.set(school.at("09:30"))
    await missed(storage, school, school.larina, "русский", "история")
    assert await alarms(storage) == {}
    day = await Absences(storage, school.clock).day(homeroom, school.larina, TODAY)
    assert {one.reason for one in day.absent} == {AbsenceReason.ILL}


async def test_an_unconfirmed_note_spares_only_the_guardian_who_wrote_it(
    storage: Storage, school: Cast, notes: AbsenceNotes, mother: Actor
) -> None:
    await sent(notes, school, mother)
    school.clock.set(school.at("08:40"))
    await missed(storage, school, school.larina, "русский")
    assert await alarms(storage) == {school.father_larin: "absence"}
    assert (await told(storage, "absence_later"))[school.mother_larina] == "absent"


async def test_confirming_explains_what_was_entered_before(
    storage: Storage, school: Cast, notes: AbsenceNotes, decisions: NoteDecisions, mother: Actor, homeroom: Actor
) -> None:
    note = await sent(notes, school, mother, TODAY, FRIDAY, NoteReason.DOCTOR)
    school.clock.set(school.at("09:30"))
    await missed(storage, school, school.larina, "русский")
    await letters_go(storage)
    await missed(storage, school, school.onegin, "русский")
    await decisions.confirm(homeroom, note.id)
    day = await Absences(storage, school.clock).day(homeroom, school.larina, TODAY)
    assert [(one.reason, one.author) for one in day.absent] == [(AbsenceReason.VALID, "Кузнецова")]
    # The father was alarmed and hears that the reason is known; another child's alarm goes on.
    assert await alarms(storage) == {
        school.father_larin: "absence_withdrawn",
        school.mother_onegina: "absence",
    }


async def test_an_alarm_that_still_waits_is_dropped_by_the_confirmation(
    storage: Storage, school: Cast, notes: AbsenceNotes, decisions: NoteDecisions, mother: Actor, homeroom: Actor
) -> None:
    note = await sent(notes, school, mother)
    school.clock.set(school.at("08:40"))
    await missed(storage, school, school.larina, "русский")
    await decisions.confirm(homeroom, note.id)
    assert await alarms(storage) == {}


async def test_teachers_see_before_the_lesson_who_will_not_come_and_nothing_of_why(
    storage: Storage, school: Cast, notes: AbsenceNotes, mother: Actor
) -> None:
    await sent(notes, school, mother, TODAY, TODAY, ILL)
    owner = school.actor(school.owner)
    card = await Lessons(storage, school.clock).card(owner, school.algebra)
    assert [one.usual for one in card.expected_absent] == ["Ларина Татьяна"]
    school.clock.set(school.at("10:40"))
    attendance = Attendance(storage, school.clock)
    sheet = await attendance.sheet(owner, school.algebra)
    assert [one.name.usual for one in sheet.students if one.expected_absent] == ["Ларина Татьяна"]
    tomorrow = await Lessons(storage, school.clock).card(owner, school.lessons["завтра"])
    assert list(tomorrow.expected_absent) == []
    await attendance.confirm_all_present(owner, school.algebra, sheet.rev)
    assert list((await Lessons(storage, school.clock).card(owner, school.algebra)).expected_absent) == []


async def test_a_child_with_a_note_who_was_seen_is_a_contradiction_for_the_homeroom_teacher(
    storage: Storage, school: Cast, notes: AbsenceNotes, mother: Actor, homeroom: Actor
) -> None:
    await sent(notes, school, mother)
    school.clock.set(school.at("10:40"))
    absences = Absences(storage, school.clock)
    assert list((await absences.overview(homeroom, school.class_7b)).came_after_all) == []
    await marked(storage, school, school.algebra, school.owner, school.larina, AttendanceCode.LATE)
    view = await absences.overview(homeroom, school.class_7b)
    assert [one.usual for one in view.came_after_all] == ["Ларина Татьяна"]


async def test_days_are_school_days_from_now_on(school: Cast, notes: AbsenceNotes, mother: Actor) -> None:
    async def asked(since: date, until: date) -> tuple[date, date]:
        draft = await notes.ask_reason(mother, school.larina, since, until)
        return draft.from_on, draft.until_on

    assert await asked(FRIDAY, MONDAY - timedelta(days=1)) == (FRIDAY, FRIDAY)
    with pytest.raises(DayIsPast):
        await asked(TODAY - timedelta(days=1), TODAY)
    with pytest.raises(DaysTurned):
        await asked(FRIDAY, TOMORROW)
    with pytest.raises(NoSchoolThen):
        await asked(date(2026, 9, 12), date(2026, 9, 13))
    with pytest.raises(TooFarAhead):
        await asked(FRIDAY, date(2027, 5, 1))
    school.clock.set(school.at("13:30"))
    assert (await notes.choose_day(mother, school.larina)).days[0] == TODAY
    school.clock.set(school.at("13:36"))  # her last lesson is over
    assert (await notes.choose_day(mother, school.larina)).days[0] == TOMORROW
    with pytest.raises(DayIsPast):
        await asked(TODAY, TODAY)


async def test_a_typed_text_without_a_day_is_asked_again(school: Cast, notes: AbsenceNotes, mother: Actor) -> None:
    await notes.start(mother)
    for text in ("болеет", "31.02", "до завтра"):
        with pytest.raises(NoDatesTyped):
            await notes.type_days(mother, text)
    draft = await notes.type_days(mother, "с 10.09 по 14.9.2026")
    assert (draft.from_on, draft.until_on) == (date(2026, 9, 10), MONDAY)


async def test_another_reason_wants_words(school: Cast, notes: AbsenceNotes, mother: Actor) -> None:
    await notes.shown_back(mother, school.larina, TODAY, TODAY, OTHER)
    with pytest.raises(WordsWanted):
        await sent(notes, school, mother, reason=OTHER)
    await notes.type_words(mother, "соревнования")
    with pytest.raises(WordsWanted):
        await sent(notes, school, mother, TOMORROW, TOMORROW, OTHER)  # the words were for another note
    assert (await sent(notes, school, mother, reason=OTHER)).words == "соревнования"


async def test_a_reason_typed_at_once_is_another_reason(school: Cast, notes: AbsenceNotes, mother: Actor) -> None:
    await notes.ask_reason(mother, school.larina, TOMORROW, TOMORROW)
    typed = await notes.type_words(mother, "едем к бабушке")
    assert (typed.from_on, typed.reason, typed.words) == (TOMORROW, OTHER, "едем к бабушке")
    assert (await sent(notes, school, mother, TOMORROW, TOMORROW, OTHER)).words == "едем к бабушке"


async def test_sent_twice_it_is_one_note_and_the_same_days_take_no_second(
    school: Cast, notes: AbsenceNotes, decisions: NoteDecisions, mother: Actor, homeroom: Actor
) -> None:
    first = await notes.send(mother, school.larina, TODAY, FRIDAY, ILL)
    again = await notes.send(mother, school.larina, TODAY, FRIDAY, ILL)
    assert (again.already, again.note.id) == (True, first.note.id)
    with pytest.raises(NotedAlready):
        await notes.send(school.actor(school.father_larin), school.larina, FRIDAY, MONDAY, ILL)
    await decisions.ask_why(homeroom, first.note.id)
    declined = await decisions.decline_typed(homeroom, "Позвоните, пожалуйста")
    assert (declined.state, declined.answer) == (NoteState.DECLINED, "Позвоните, пожалуйста")
    assert (await notes.send(mother, school.larina, TODAY, FRIDAY, ILL)).already is False


async def test_a_note_is_shortened_and_withdrawn_by_its_guardian(
    storage: Storage, school: Cast, notes: AbsenceNotes, decisions: NoteDecisions, mother: Actor, homeroom: Actor
) -> None:
    note = await sent(notes, school, mother, TODAY, MONDAY)
    await decisions.confirm(homeroom, note.id)
    _, ends = await notes.days_to_end(mother, note.id)
    assert ends == [TODAY, TOMORROW, date(2026, 9, 10), FRIDAY]
    with pytest.raises(NotShorter):
        await notes.shorten(mother, note.id, MONDAY + timedelta(days=1), MONDAY)
    assert (await notes.shorten(mother, note.id, TOMORROW, MONDAY)).until_on == TOMORROW
    assert (await notes.shorten(mother, note.id, TOMORROW, MONDAY)).until_on == TOMORROW
    assert await told(storage, "note_asked") == {school.homeroom_teacher: f"confirmed {TODAY} {TOMORROW}"}
    school.clock.set(school.at("08:00", TOMORROW))
    with pytest.raises(NoteBegun):
        await notes.withdraw(mother, note.id)
    later = await sent(notes, school, mother, MONDAY, MONDAY)
    assert (await notes.withdraw(mother, later.id)).state is NoteState.WITHDRAWN
    assert (await notes.withdraw(mother, later.id)).state is NoteState.WITHDRAWN
    with pytest.raises(NoteGone):
        await decisions.confirm(homeroom, later.id)
    with pytest.raises(NoteGone):
        await decisions.decline(homeroom, later.id, Why.DAYS)


async def test_only_the_childs_guardians_write_and_only_its_homeroom_teacher_decides(
    storage: Storage, school: Cast, notes: AbsenceNotes, decisions: NoteDecisions, mother: Actor, homeroom: Actor
) -> None:
    async def add_homeroom_of_7a() -> None:
        async with storage.writing() as uow:
            row = {"school_id": school.school_id, "class_id": school.class_7a, "since_on": date(2026, 9, 1)}
            await uow.write(Homeroom.__table__.insert(), {**row, "teacher_id": school.owner})  # type: ignore[attr-defined]

    await add_homeroom_of_7a()
    note = await sent(notes, school, mother)
    for stranger in (school.mother_onegina, school.owner, school.homeroom_teacher, school.deputy):
        with pytest.raises(NotYourStudent):
            await sent(notes, school, school.actor(stranger), MONDAY, MONDAY)
    for other in (school.father_larin, school.mother_onegina, school.homeroom_teacher):
        with pytest.raises(NotFoundHere):
            await notes.withdraw(school.actor(other), note.id)
    for other in (school.owner, school.colleague, school.deputy, school.mother_larina, school.mother_onegina):
        actor = school.actor(other)
        with pytest.raises(NotYourClass):
            await decisions.confirm(actor, note.id)
        with pytest.raises(NotYourClass):
            await decisions.decline(actor, note.id, Why.PAPER)
        with pytest.raises(NotYourClass):
            await decisions.of_class(actor, school.class_7b)
    await end(storage, Homeroom, Homeroom.teacher_id == school.homeroom_teacher)
    with pytest.raises(NotYourClass):
        await decisions.confirm(homeroom, note.id)


async def end(storage: Storage, model: type, condition: object) -> None:
    async with storage.writing() as uow:
        await uow.write(update(model).where(condition).values(until_on=TODAY))  # type: ignore[arg-type]


async def test_a_guardianship_that_has_ended_leaves_nothing_to_confirm(
    storage: Storage, school: Cast, notes: AbsenceNotes, decisions: NoteDecisions, mother: Actor, homeroom: Actor
) -> None:
    note = await sent(notes, school, mother)
    await end(storage, Guardianship, Guardianship.guardian_id == school.mother_larina)
    with pytest.raises(NotYourStudent):
        await notes.withdraw(mother, note.id)
    with pytest.raises(NotFoundHere):
        await notes.start(mother)
    with pytest.raises(NoGuardianAnyMore):
        await decisions.confirm(homeroom, note.id)
    assert (await decisions.decline(homeroom, note.id, Why.TALK)).state is NoteState.DECLINED
    assert await told(storage, "note_decided") == {}


async def test_several_children_are_asked_for_and_never_mixed(
    storage: Storage, school: Cast, notes: AbsenceNotes, mother: Actor
) -> None:
    async with storage.writing() as uow:
        row = {"guardian_id": school.mother_larina, "student_id": school.onegin}
        await uow.write(
            Guardianship.__table__.insert(),  # type: ignore[attr-defined]
            {
                "school_id": school.school_id,
                "relation": "guardian",
                "application": "№ 3",
                "application_on": date(2026, 9, 1),
                "consent_on": date(2026, 9, 1),
                "since_on": date(2026, 9, 1),
                **row,
            },
        )
    start = await notes.start(mother)
    assert start.child is None
    assert sorted(one.name for one in start.children) == ["Евгений", "Татьяна"]
    await sent(notes, school, mother)
    other = await notes.start(mother, school.onegin)
    assert list(other.notes) == []
    one = await notes.start(mother, school.larina)
    assert [note.student.id for note in one.notes] == [school.larina]
    ids: set[PersonId] = {school.larina, school.onegin}
    assert {child.student_id for child in start.children} == ids
