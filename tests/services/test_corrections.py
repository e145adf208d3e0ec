"""Requests to correct a mark: who may ask, who decides, what it leaves in the journal (М ж; invariant 6)."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from services.access import LessonAhead, LessonNotHeld, LessonOnPaper, NoMarksHere, NotInLesson
from services.assignments import NotYourOffice
from services.changes import Outcome
from services.corrections import Corrections, Decisions
from services.corrections.places import Column
from services.corrections.reasons import Why, WhyNot
from services.corrections.refusals import (
    AlreadyAsked,
    AskerGone,
    NothingToCorrect,
    OwnRequest,
    ReasonTooLong,
    RequestGone,
    StillOpen,
    YearClosed,
)
from services.errors import NotFoundHere, NotYourLesson, SchoolError
from services.marks import Marks
from services.records import NothingTyped
from storage.models.audit import AuditEntry
from storage.models.delivery import Item
from storage.models.journal import Mark
from storage.models.people import PersonRole
from storage.models.school import AcademicYear
from storage.models.timetable import Lesson, LessonTeacher
from storage.repositories.journal import standing_marks
from storage.uow import Storage
from storage.vocabulary import LessonId, PersonId, RequestId, RequestState, Role, SchoolId, SubjectId, WorkId, WorkKind
from tests.school import TODAY, Cast, close_term, found, person

DAY = timedelta(days=1)


@pytest.fixture
async def school(storage: Storage) -> Cast:
    return await found(storage)


@pytest.fixture
def marks(storage: Storage, school: Cast) -> Marks:
    return Marks(storage, school.clock)


@pytest.fixture
def corrections(storage: Storage, school: Cast) -> Corrections:
    return Corrections(storage, school.clock)


@pytest.fixture
def decisions(storage: Storage, school: Cast) -> Decisions:
    return Decisions(storage, school.clock)


def answer(school: Cast, kind: WorkKind = WorkKind.ANSWER, lesson: LessonId | None = None) -> Column:
    return Column(lesson or school.algebra, kind, 1)


async def marked(marks: Marks, school: Cast, value: str = "4", kind: WorkKind = WorkKind.ANSWER) -> WorkId:
    """Larina's mark in algebra, whose undo time is over."""
    sheet = await marks.add_work(school.actor(school.owner), school.algebra, kind, 1)
    await marks.put(school.actor(school.owner), sheet.work.id, school.larina, value, 0)
    school.clock.advance(timedelta(minutes=11))
    return sheet.work.id


async def ask(
    corrections: Corrections,
    school: Cast,
    value: str | None = "5",
    *,
    by: PersonId | None = None,
    student: PersonId | None = None,
    column: Column | None = None,
) -> RequestId:
    actor = school.actor(by or school.owner)
    draft = await corrections.want(actor, column or answer(school), student or school.larina, value)
    await corrections.choose_reason(actor, draft.number, Why.SLIP)
    sent = await corrections.send(actor, draft.number)
    assert sent.view.id is not None
    return sent.view.id


async def revisions(storage: Storage, work: WorkId, student: PersonId) -> list[tuple[int, str | None, bool]]:
    async with storage.reading() as uow:
        question = select(Mark.rev, Mark.value, Mark.request_id).where(Mark.work_id == work, Mark.student_id == student)
        return [
            (row.rev, row.value, row.request_id is not None) for row in await uow.execute(question.order_by(Mark.rev))
        ]


async def told(storage: Storage, kind: str) -> dict[int, str | None]:
    async with storage.reading() as uow:
        question = select(Item.recipient_id, Item.value).where(Item.kind == kind, Item.state == "waiting")
        return {row.recipient_id: row.value for row in await uow.execute(question)}


async def settle(storage: Storage) -> None:
    """Everything that waits was told."""
    async with storage.writing() as uow:
        await uow.execute(update(Item).where(Item.state == "waiting").values(state="told"))


async def second_deputy(storage: Storage, school: Cast, role: Role = Role.DEPUTY) -> PersonId:
    async with storage.writing() as uow:
        return await person(uow, school, "Завьялова Нина Петровна", role, connected=True)


async def test_an_approved_request_supersedes_the_mark_and_tells_the_family_once(
    marks: Marks, corrections: Corrections, decisions: Decisions, school: Cast, storage: Storage
) -> None:
    """Invariant 6: the former mark stays, the average changes once, the family is told once."""
    work = await marked(marks, school)
    await settle(storage)
    request = await ask(corrections, school)
    assert await told(storage, "correction_asked") == {school.deputy: "open"}
    assert await told(storage, "mark") == {}
    done = await decisions.approve(school.actor(school.deputy), request, seen=1)
    assert (done.outcome, done.view.state) == (Outcome.SAVED, RequestState.APPROVED)
    assert await revisions(storage, work, school.larina) == [(1, "4", False), (2, "5", True)]
    assert await told(storage, "mark") == {school.mother_larina: "5", school.father_larin: "5"}
    assert await told(storage, "correction_decided") == {school.owner: "approved"}
    again = await decisions.approve(school.actor(school.deputy), request, seen=1)
    assert again.outcome is Outcome.ALREADY
    assert await revisions(storage, work, school.larina) == [(1, "4", False), (2, "5", True)]
    async with storage.reading() as uow:
        subject = SubjectId(school.subjects["Алгебра"])
        stands = await standing_marks(
            uow, class_id=school.class_7b, subgroup_id=None, subject_id=subject, since=TODAY, until=TODAY
        )
        waiting = select(Item.base, Item.value).where(Item.kind == "mark", Item.state == "waiting")
        assert {tuple(row) for row in await uow.execute(waiting)} == {("4", "5")}
        noted = select(AuditEntry.action, AuditEntry.actor_id).order_by(AuditEntry.id)
        lines = [tuple(row) for row in await uow.execute(noted)]
    assert [one.value for one in stands] == ["5"]
    assert lines == [
        ("mark_put", school.owner),
        ("correction_asked", school.owner),
        ("mark_corrected", school.deputy),
        ("correction_approved", school.deputy),
    ]


async def test_the_corrected_mark_is_its_teachers_for_the_deputy_head_enters_none(
    marks: Marks, corrections: Corrections, decisions: Decisions, school: Cast, storage: Storage
) -> None:
    await marked(marks, school)
    await decisions.approve(school.actor(school.deputy), await ask(corrections, school), seen=1)
    async with storage.reading() as uow:
        authors = [row.author_id for row in await uow.execute(select(Mark.author_id))]
    assert authors == [school.owner, school.owner]


async def test_a_mark_may_be_taken_away_by_request(
    marks: Marks, corrections: Corrections, decisions: Decisions, school: Cast, storage: Storage
) -> None:
    work = await marked(marks, school)
    await settle(storage)
    await decisions.approve(school.actor(school.deputy), await ask(corrections, school, None), seen=1)
    assert await revisions(storage, work, school.larina) == [(1, "4", False), (2, None, True)]
    assert await told(storage, "mark") == {school.mother_larina: None, school.father_larin: None}


async def test_a_mark_forgotten_on_its_day_comes_late_by_request_in_a_column_of_its_own(
    corrections: Corrections, decisions: Decisions, marks: Marks, school: Cast, storage: Storage
) -> None:
    school.clock.set(school.at("09:00", TODAY + 3 * DAY))
    choice = await corrections.columns(school.actor(school.owner), school.algebra)
    assert (WorkKind.ANSWER, 1) in choice.kinds
    assert WorkKind.CONTROL not in {kind for kind, _ in choice.kinds}  # within its week, entered directly
    grid = await corrections.students(school.actor(school.owner), answer(school))
    assert len(grid.students) == 30
    request = await ask(corrections, school, "5")
    done = await decisions.approve(school.actor(school.deputy), request, seen=0)
    assert done.outcome is Outcome.SAVED
    sheet = await marks.open(school.actor(school.owner), school.algebra)
    assert [one.value for one in sheet.students if one.name.id == school.larina] == ["5"]  # type: ignore[union-attr]
    assert await revisions(storage, sheet.work.id, school.larina) == [(1, "5", True)]  # type: ignore[union-attr]


async def test_a_closed_term_is_corrected_by_request_and_a_closed_year_is_not(
    marks: Marks, corrections: Corrections, decisions: Decisions, school: Cast, storage: Storage
) -> None:
    work = await marked(marks, school)
    await close_term(storage, school, "quarter")
    request = await ask(corrections, school)
    await decisions.approve(school.actor(school.deputy), request, seen=1)
    assert await revisions(storage, work, school.larina) == [(1, "4", False), (2, "5", True)]
    other = await ask(corrections, school, "3")
    async with storage.writing() as uow:
        await uow.execute(update(AcademicYear).values(closed_at=school.clock.now()))
    with pytest.raises(YearClosed):
        await decisions.approve(school.actor(school.deputy), other, seen=2)
    with pytest.raises(YearClosed):
        await corrections.values(school.actor(school.owner), answer(school), school.onegin)


async def test_a_declined_request_changes_nothing_and_its_reason_reaches_the_asker(
    marks: Marks, corrections: Corrections, decisions: Decisions, school: Cast, storage: Storage
) -> None:
    work = await marked(marks, school)
    request = await ask(corrections, school)
    deputy = school.actor(school.deputy)
    assert (await decisions.ask_why(deputy, request)).decides
    done = await decisions.type_decline(deputy, " в тетради  четвёрка ")
    assert (done.view.state, done.view.decision) == (RequestState.DECLINED, "в тетради четвёрка")
    assert await revisions(storage, work, school.larina) == [(1, "4", False)]
    assert await told(storage, "correction_decided") == {school.owner: "declined"}
    with pytest.raises(RequestGone):
        await decisions.type_decline(deputy, "ещё раз")
    late = await decisions.decline(deputy, request, WhyNot.RIGHT)
    assert (late.outcome, late.view.decision) == (Outcome.ALREADY, "в тетради четвёрка")


async def test_a_declined_request_may_be_asked_anew(
    marks: Marks, corrections: Corrections, decisions: Decisions, school: Cast
) -> None:
    await marked(marks, school)
    request = await ask(corrections, school)
    await decisions.decline(school.actor(school.deputy), request, WhyNot.NO_GROUNDS)
    assert await ask(corrections, school) != request


async def test_one_mark_has_one_open_request(marks: Marks, corrections: Corrections, school: Cast) -> None:
    await marked(marks, school)
    await ask(corrections, school)
    with pytest.raises(AlreadyAsked) as refusal:
        await ask(corrections, school, "3", by=school.partner)
    assert "Вишневская" in refusal.value.say()


async def test_two_teachers_who_ask_at_once_ask_once(
    marks: Marks, corrections: Corrections, school: Cast, storage: Storage
) -> None:
    await marked(marks, school)
    drafts = {}
    for one in (school.owner, school.partner):
        draft = await corrections.want(school.actor(one), answer(school), school.larina, "5")
        drafts[one] = (await corrections.choose_reason(school.actor(one), draft.number, Why.APPEAL)).number
    results = await asyncio.gather(
        *(corrections.send(school.actor(one), number) for one, number in drafts.items()), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in results) == ["AlreadyAsked", "RequestSent"]


async def test_of_two_deputy_heads_who_decide_at_once_one_does(
    marks: Marks, corrections: Corrections, decisions: Decisions, school: Cast, storage: Storage
) -> None:
    work = await marked(marks, school)
    await settle(storage)
    other = await second_deputy(storage, school)
    request = await ask(corrections, school)
    done = await asyncio.gather(
        decisions.approve(school.actor(school.deputy), request, seen=1),
        decisions.decline(school.actor(other), request, WhyNot.RIGHT),
        decisions.approve(school.actor(other), request, seen=1),
    )
    assert sorted(one.outcome for one in done) == [Outcome.ALREADY, Outcome.ALREADY, Outcome.SAVED]
    [state] = {one.view.state for one in done}
    expected = [(1, "4", False), (2, "5", True)] if state is RequestState.APPROVED else [(1, "4", False)]
    assert await revisions(storage, work, school.larina) == expected
    assert await told(storage, "correction_decided") == {school.owner: state.value}


async def test_a_mark_that_changed_meanwhile_is_shown_before_it_is_superseded(
    marks: Marks, corrections: Corrections, decisions: Decisions, school: Cast, storage: Storage
) -> None:
    work = await marked(marks, school, kind=WorkKind.CONTROL)
    request = await ask(corrections, school, column=answer(school, WorkKind.CONTROL))
    async with storage.writing() as uow:  # a correction carried out otherwise, by a second request, say
        row = {"work_id": work, "student_id": school.larina, "rev": 2, "value": "3", "comment": ""}
        values = {**row, "author_id": school.partner, "entered_at": school.clock.now()}
        await uow.execute(insert(Mark), values)
    deputy = school.actor(school.deputy)
    done = await decisions.approve(deputy, request, seen=1)
    assert (done.outcome, done.rev) == (Outcome.CHANGED, 2)
    assert done.standing is not None and (done.standing.value, done.standing.author) == ("3", "Смирнова")
    assert len(await revisions(storage, work, school.larina)) == 2
    sure = await decisions.approve(deputy, request, seen=2)
    assert sure.outcome is Outcome.SAVED
    assert await revisions(storage, work, school.larina) == [(1, "4", False), (2, "3", False), (3, "5", True)]


async def test_a_request_that_is_fulfilled_already_cannot_be_approved(
    marks: Marks, corrections: Corrections, decisions: Decisions, school: Cast, storage: Storage
) -> None:
    work = await marked(marks, school)
    request = await ask(corrections, school)
    async with storage.writing() as uow:
        row = {"work_id": work, "student_id": school.larina, "rev": 2, "value": "5", "comment": ""}
        values = {**row, "author_id": school.partner, "entered_at": school.clock.now()}
        await uow.execute(insert(Mark), values)
    with pytest.raises(NothingToCorrect):
        await decisions.approve(school.actor(school.deputy), request, seen=1)
    done = await decisions.decline(school.actor(school.deputy), request, WhyNot.DONE)
    assert done.view.state is RequestState.DECLINED


async def test_what_can_be_entered_needs_no_request(marks: Marks, corrections: Corrections, school: Cast) -> None:
    owner = school.actor(school.owner)
    with pytest.raises(StillOpen):
        await corrections.values(owner, answer(school), school.larina)
    sheet = await marks.add_work(owner, school.algebra, WorkKind.ANSWER, 1)
    await marks.put(owner, sheet.work.id, school.larina, "4", 0)
    with pytest.raises(StillOpen):
        await corrections.want(owner, answer(school), school.larina, "5")
    school.clock.advance(timedelta(minutes=10))
    assert (await corrections.values(owner, answer(school), school.larina)).value == "4"


async def test_nothing_is_asked_for_what_stands_already(marks: Marks, corrections: Corrections, school: Cast) -> None:
    await marked(marks, school)
    with pytest.raises(NothingToCorrect):
        await corrections.want(school.actor(school.owner), answer(school), school.larina, "4")
    with pytest.raises(NotFoundHere):
        await corrections.want(school.actor(school.owner), answer(school), school.larina, "9")


@pytest.mark.parametrize(
    ("lesson", "refusal"),
    [("1А", NoMarksHere), ("отменён", LessonNotHeld), ("шахматы", LessonOnPaper), ("завтра", LessonAhead)],
)
async def test_no_request_helps_where_no_mark_may_ever_stand(
    corrections: Corrections, school: Cast, storage: Storage, lesson: str, refusal: type[SchoolError]
) -> None:
    """Invariant 2: not by a request either."""
    owner = school.actor(school.owner)
    if lesson == "шахматы":
        async with storage.writing() as uow:
            row = {"subject_id": school.subjects["Шахматы"]}
            await uow.execute(update(Lesson).where(Lesson.id == school.lessons[lesson]).values(row))
    with pytest.raises(refusal):
        await corrections.columns(owner, school.lessons[lesson])
    with pytest.raises(refusal):
        await corrections.students(owner, answer(school, lesson=school.lessons[lesson]))


async def test_colleagues_strangers_and_families_ask_nothing(
    marks: Marks, corrections: Corrections, decisions: Decisions, school: Cast
) -> None:
    """The owner and the partner of the lesson may: a button's ids are references and give no right."""
    await marked(marks, school)
    request = await ask(corrections, school)
    for one in (school.colleague, school.stranger, school.homeroom_teacher, school.deputy, school.mother_larina):
        actor = school.actor(one)
        with pytest.raises(NotYourLesson):
            await corrections.columns(actor, school.algebra)
        with pytest.raises(NotYourLesson):
            await corrections.students(actor, answer(school))
        with pytest.raises(NotYourLesson):
            await corrections.values(actor, answer(school), school.larina)
        with pytest.raises(NotYourLesson):
            await corrections.want(actor, answer(school), school.larina, "5")
        with pytest.raises(RequestGone):
            await corrections.choose_reason(actor, 1, Why.SLIP)
        with pytest.raises(RequestGone):
            await corrections.send(actor, 1)
        with pytest.raises(RequestGone):
            await corrections.drop(actor, 1)
        with pytest.raises(NotFoundHere):
            await corrections.withdraw(actor, request)
        assert await corrections.own(actor) == []
    with pytest.raises(NotInLesson):
        await corrections.values(school.actor(school.owner), answer(school), school.student_of_7a)


async def test_only_a_deputy_head_decides(
    marks: Marks, corrections: Corrections, decisions: Decisions, school: Cast, storage: Storage
) -> None:
    await marked(marks, school)
    director = await second_deputy(storage, school, Role.DIRECTOR)
    request = await ask(corrections, school)
    for one in (school.partner, school.colleague, school.stranger, school.homeroom_teacher, school.mother_larina):
        actor = school.actor(one)
        with pytest.raises(NotYourOffice):
            await decisions.approve(actor, request, seen=1)
        with pytest.raises(NotYourOffice):
            await decisions.ask_why(actor, request)
        with pytest.raises(NotYourOffice):
            await decisions.decline(actor, request, WhyNot.RIGHT)
        with pytest.raises(NotYourOffice):
            await decisions.waiting(actor)
        with pytest.raises(NotFoundHere):
            await decisions.open(actor, request)
    with pytest.raises(NotYourOffice):
        await decisions.approve(school.actor(director), request, seen=1)
    assert not (await decisions.open(school.actor(director), request)).decides  # sees every journal, edits none
    assert [one.id for one in await decisions.waiting(school.actor(director))] == [request]
    with pytest.raises(OwnRequest):
        await decisions.approve(school.actor(school.owner), request, seen=1)


async def test_a_deputy_heads_own_request_is_decided_by_another_or_by_the_director(
    marks: Marks, corrections: Corrections, decisions: Decisions, school: Cast, storage: Storage
) -> None:
    work = await marked(marks, school)
    director = await second_deputy(storage, school, Role.DIRECTOR)
    async with storage.writing() as uow:
        await uow.execute(insert(LessonTeacher).values(lesson_id=school.algebra, teacher_id=school.deputy))
    request = await ask(corrections, school, by=school.deputy)
    assert await told(storage, "correction_asked") == {director: "open"}
    with pytest.raises(OwnRequest):
        await decisions.approve(school.actor(school.deputy), request, seen=1)
    assert (await decisions.open(school.actor(director), request)).decides
    done = await decisions.approve(school.actor(director), request, seen=1)
    assert done.outcome is Outcome.SAVED
    assert await revisions(storage, work, school.larina) == [(1, "4", False), (2, "5", True)]


async def test_another_school_has_no_such_request(
    marks: Marks, corrections: Corrections, decisions: Decisions, school: Cast
) -> None:
    await marked(marks, school)
    request = await ask(corrections, school)
    elsewhere = replace(school.actor(school.deputy), school_id=SchoolId(school.school_id + 1))
    with pytest.raises(NotFoundHere):
        await decisions.open(elsewhere, request)
    with pytest.raises(NotFoundHere):
        await decisions.approve(elsewhere, request, seen=1)


@pytest.mark.parametrize("how", ["no longer teaches it", "has left the staff"])
async def test_a_request_of_somebody_who_lost_the_right_is_not_approved(
    marks: Marks, corrections: Corrections, decisions: Decisions, school: Cast, storage: Storage, how: str
) -> None:
    work = await marked(marks, school)
    request = await ask(corrections, school)
    async with storage.writing() as uow:
        if how == "no longer teaches it":
            mine = (LessonTeacher.lesson_id == school.algebra, LessonTeacher.teacher_id == school.owner)
            await uow.execute(update(LessonTeacher).where(*mine).values(teacher_id=school.colleague))
        else:
            await uow.execute(update(PersonRole).where(PersonRole.person_id == school.owner).values(until_on=TODAY))
    with pytest.raises(AskerGone):
        await decisions.approve(school.actor(school.deputy), request, seen=1)
    assert await revisions(storage, work, school.larina) == [(1, "4", False)]
    assert (await decisions.open(school.actor(school.deputy), request)).state is RequestState.OPEN
    done = await decisions.decline(school.actor(school.deputy), request, WhyNot.NO_GROUNDS)
    assert done.outcome is Outcome.SAVED


async def test_a_withdrawn_request_is_decided_by_nobody_and_the_letters_say_so(
    marks: Marks, corrections: Corrections, decisions: Decisions, school: Cast, storage: Storage
) -> None:
    await marked(marks, school)
    request = await ask(corrections, school)
    await settle(storage)
    owner = school.actor(school.owner)
    assert (await corrections.withdraw(owner, request)).state is RequestState.WITHDRAWN
    assert (await corrections.withdraw(owner, request)).state is RequestState.WITHDRAWN
    assert await told(storage, "correction_asked") == {school.deputy: "withdrawn"}
    done = await decisions.approve(school.actor(school.deputy), request, seen=1)
    assert (done.outcome, done.view.state) == (Outcome.ALREADY, RequestState.WITHDRAWN)
    assert [one.state for one in await corrections.own(owner)] == [RequestState.WITHDRAWN]


async def test_a_reason_is_typed_or_chosen_and_must_say_something(
    marks: Marks, corrections: Corrections, school: Cast
) -> None:
    await marked(marks, school)
    owner = school.actor(school.owner)
    with pytest.raises(RequestGone):
        await corrections.type_reason(owner, "описка")
    draft = await corrections.want(owner, answer(school), school.larina, "5")
    with pytest.raises(RequestGone):
        await corrections.send(owner, draft.number)  # without a reason
    with pytest.raises(NothingTyped):
        await corrections.type_reason(owner, " \n ")
    with pytest.raises(ReasonTooLong):
        await corrections.type_reason(owner, "а" * 301)
    assert (await corrections.type_reason(owner, "не та\nстрока")).view.reason == "не та строка"
    assert (await corrections.choose_reason(owner, draft.number, Why.APPEAL)).view.reason == "апелляция"
    school.clock.advance(timedelta(seconds=1))
    newer = await corrections.want(owner, answer(school), school.larina, "3")
    with pytest.raises(RequestGone):
        await corrections.choose_reason(owner, draft.number, Why.SLIP)
    await corrections.drop(owner, newer.number)
    with pytest.raises(RequestGone):
        await corrections.send(owner, newer.number)


async def test_without_a_connected_deputy_head_the_asker_is_told_so(
    marks: Marks, corrections: Corrections, school: Cast, storage: Storage
) -> None:
    await marked(marks, school)
    async with storage.writing() as uow:
        await uow.execute(update(PersonRole).where(PersonRole.person_id == school.deputy).values(until_on=TODAY))
    owner = school.actor(school.owner)
    draft = await corrections.want(owner, answer(school), school.larina, "5")
    await corrections.choose_reason(owner, draft.number, Why.SLIP)
    assert not (await corrections.send(owner, draft.number)).told
