"""Term marks: the grid, drafts, issuing, corrections; who may do what; and closing the term."""

import asyncio
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from services.assignments import NotYourOffice, NotYourSubject
from services.changes import Outcome
from services.corrections import Decisions
from services.corrections.reasons import Why
from services.corrections.refusals import AlreadyAsked, NothingToCorrect
from services.errors import NotFoundHere, SchoolError
from services.finals import correct, target_of
from services.finals.asking import TermMarkRequests
from services.finals.closing import TermResults
from services.finals.family import FamilyResults
from services.finals.grid import Finals
from services.finals.receipts import Receipts
from services.finals.refusals import (
    AlreadySent,
    BlanksLeft,
    ChangedMeanwhile,
    NeverBlank,
    NoSuchMoment,
    NothingToSend,
    NotYetOpen,
    OnlyReading,
    ScopeClosed,
    TermHasBlanks,
    TermNotOver,
)
from services.finals.sheets import Access, Place, Sheet, StudentRow
from services.finals.spans import NotReceived
from services.marks import Marks
from services.outbox import items
from services.rules.finals import Hint, Scope
from storage.models.audit import AuditEntry
from storage.models.delivery import Item
from storage.models.finals import TermMark
from storage.models.people import Enrollment, Homeroom
from storage.models.school import SchoolClass, Term
from storage.repositories import finals as rows
from storage.repositories import receipts as receipt_rows
from storage.uow import Storage
from storage.vocabulary import (
    EXEMPT,
    NOT_ASSESSED,
    ClassId,
    PersonId,
    SubgroupId,
    SubjectId,
    TermId,
    TermScope,
    WorkKind,
)
from tests.school import TODAY, Cast, add_lesson, at, close_term, found

MONDAY, SATURDAY = date(2026, 10, 19), date(2026, 10, 24)  # the last school week of the first quarter
HOLIDAYS = date(2026, 10, 27)


@pytest.fixture
async def school(storage: Storage) -> Cast:
    cast = await found(storage)
    cast.clock.set(at("11:00", MONDAY))
    return cast


@pytest.fixture
def finals(storage: Storage, school: Cast) -> Finals:
    return Finals(storage, school.clock)


async def term(storage: Storage, kind: str = "quarter") -> Scope:
    async with storage.reading() as uow:
        term_id = (await uow.execute(select(Term.id).where(Term.kind == kind))).scalar_one()
    return Scope(TermScope.TERM, term_id)


async def algebra(storage: Storage, school: Cast, class_id: ClassId | None = None) -> Place:
    """7Б's algebra in the first quarter: the owner's and the partner's."""
    subject = SubjectId(school.subjects["Алгебра"])
    return Place(class_id or school.class_7b, None, subject, await term(storage))


async def english(storage: Storage, school: Cast, half: int) -> Place:
    """A subgroup's English: the colleague's first, the stranger's second."""
    subject = SubjectId(school.subjects["Английский язык"])
    return Place(school.class_7b, SubgroupId(school.halves[half - 1]), subject, await term(storage))


async def marked(storage: Storage, school: Cast, values: dict[PersonId, str], kind: WorkKind = WorkKind.ANSWER) -> None:
    """Marks in the algebra lesson of TODAY, put there and then."""
    now = school.clock.now()
    school.clock.set(at("10:40"))
    marks = Marks(storage, school.clock)
    owner = school.actor(school.owner)
    ordinal = sum(work.kind is kind for work in (await marks.choose_kind(owner, school.algebra)).works) + 1
    work = (await marks.add_work(owner, school.algebra, kind, ordinal)).work.id
    for student, value in values.items():
        await marks.put(owner, work, student, value, 0)
    school.clock.set(now)


def row_of(sheet: Sheet, student: PersonId) -> StudentRow:
    return next(one for one in sheet.students if one.name.id == student)


async def waiting(storage: Storage) -> dict[int, str | None]:
    """The waiting news of results by recipient."""
    async with storage.reading() as uow:
        question = select(Item.recipient_id, Item.value).where(Item.kind == "term_result", Item.state == "waiting")
        return {row.recipient_id: row.value for row in await uow.execute(question)}


async def all_issued(finals: Finals, school: Cast, place: Place, *, teacher: PersonId | None = None) -> Sheet:
    """Everybody has a four, and it is sent."""
    actor = school.actor(teacher or school.owner)
    for one in (await finals.sheet(actor, place)).blanks:
        await finals.put(actor, place, PersonId(one.name.id), "4", one.rev)
    return (await finals.issue(actor, place, (await finals.sheet(actor, place)).seen)).sheet


# The grid


async def test_the_grid_shows_average_and_proposal(finals: Finals, school: Cast, storage: Storage) -> None:
    await marked(storage, school, {school.larina: "5", school.onegin: "3"}, WorkKind.CONTROL)
    await marked(storage, school, {school.larina: "4"})
    sheet = await finals.sheet(school.actor(school.owner), await algebra(storage, school))
    assert len(sheet.students) == 30
    larina, onegin = row_of(sheet, school.larina), row_of(sheet, school.onegin)
    assert (str(larina.average), larina.proposal, larina.value) == ("4.75", "5", None)
    assert (str(onegin.average), onegin.proposal) == ("3.00", "3")
    assert row_of(sheet, school.named("Андреев Пётр")).proposal is None


async def test_a_draft_is_put_replaced_and_taken_back(finals: Finals, school: Cast, storage: Storage) -> None:
    owner, place = school.actor(school.owner), await algebra(storage, school)
    put = await finals.put(owner, place, school.larina, "5", 0)
    assert (put.outcome, put.rev, row_of(put.sheet, school.larina).value) == (Outcome.SAVED, 1, "5")
    again = await finals.put(owner, place, school.larina, "5", 0)
    assert (again.outcome, again.rev) == (Outcome.ALREADY, 1)
    replaced = await finals.put(owner, place, school.larina, EXEMPT, 1)
    assert (replaced.outcome, replaced.former) == (Outcome.SAVED, "5")
    taken = await finals.put(owner, place, school.larina, None, 2)
    assert row_of(taken.sheet, school.larina).value is None
    async with storage.reading() as uow:
        revisions = select(TermMark.rev, TermMark.value, TermMark.issued).order_by(TermMark.rev)
        assert [tuple(row) for row in await uow.execute(revisions)] == [
            (1, "5", False),
            (2, EXEMPT, False),
            (3, None, False),
        ]
        noted = select(AuditEntry.action).where(AuditEntry.action.startswith("term_mark"))
        assert [row.action for row in await uow.execute(noted)] == ["term_mark_put"] * 3


async def test_an_old_button_asks_before_it_replaces_a_colleagues_mark(
    finals: Finals, school: Cast, storage: Storage
) -> None:
    place = await algebra(storage, school)
    await finals.put(school.actor(school.partner), place, school.larina, "4", 0)
    put = await finals.put(school.actor(school.owner), place, school.larina, "5", 0)
    assert put.outcome is Outcome.CHANGED
    assert put.standing is not None
    assert (put.standing.value, put.standing.author) == ("4", "Смирнова")
    assert row_of(put.sheet, school.larina).value == "4"


@pytest.mark.parametrize("value", ["1", "6", "", "зач", "5 "])
async def test_a_value_that_is_none_is_refused(finals: Finals, school: Cast, storage: Storage, value: str) -> None:
    with pytest.raises(NotFoundHere):
        await finals.put(school.actor(school.owner), await algebra(storage, school), school.larina, value, 0)


async def test_somebody_elses_student_is_in_no_grid(finals: Finals, school: Cast, storage: Storage) -> None:
    with pytest.raises(NotFoundHere):
        await finals.put(school.actor(school.owner), await algebra(storage, school), school.student_of_7a, "5", 0)


async def test_accept_all_drafts_the_proposals_of_those_without_a_mark(
    finals: Finals, school: Cast, storage: Storage
) -> None:
    owner, place = school.actor(school.owner), await algebra(storage, school)
    await marked(storage, school, {school.larina: "5", school.onegin: "3"})
    await finals.put(owner, place, school.onegin, NOT_ASSESSED, 0)
    sheet, count = await finals.accept_all(owner, place)
    assert count == 1
    assert row_of(sheet, school.larina).value == "5"
    assert row_of(sheet, school.onegin).value == NOT_ASSESSED
    assert len(sheet.blanks) == 28
    assert (await finals.accept_all(owner, place))[1] == 0
    assert await waiting(storage) == {}


async def test_the_forecast_of_a_class_names_who_is_at_risk(finals: Finals, school: Cast, storage: Storage) -> None:
    await marked(storage, school, dict.fromkeys(school.students[2:], "4") | {school.students[0]: "2"})
    view = await finals.forecast(school.actor(school.owner), await algebra(storage, school))
    assert dict(view.spread.counts) == {"5": 0, "4": 28, "3": 0, "2": 1, "ОСВ": 0, "Н/А": 0}
    assert [(name.id, value) for name, value in view.at_risk] == [(school.students[0], "2"), (school.students[1], None)]
    assert (view.spread.quality, view.spread.success) == (93, 93)


async def test_a_student_has_a_forecast_and_hints(finals: Finals, school: Cast, storage: Storage) -> None:
    await marked(storage, school, {school.larina: "4"})
    view = await finals.student(school.actor(school.owner), await algebra(storage, school), school.larina)
    assert view.forecast is not None
    assert (view.forecast.target, view.forecast.value, view.forecast.count) == ("5", "5", 2)
    assert view.hints == (Hint.NO_CONTROL, Hint.FEW_MARKS)
    assert view.values == ("5", "4", "3", "2", EXEMPT, NOT_ASSESSED)


# When


@pytest.mark.parametrize("day", [TODAY + timedelta(days=1), MONDAY - timedelta(days=1)])
async def test_before_the_last_week_nothing_is_entered_and_the_refusal_says_from_when(
    finals: Finals, school: Cast, storage: Storage, day: date
) -> None:
    school.clock.set(at("11:00", day))
    owner, place = school.actor(school.owner), await algebra(storage, school)
    await finals.sheet(owner, place)  # a forecast can be looked at
    for attempt in (
        finals.put(owner, place, school.larina, "5", 0),
        finals.accept_all(owner, place),
        finals.issue(owner, place, 0),
    ):
        with pytest.raises(NotYetOpen) as refusal:
            await attempt
        assert "19 октября" in refusal.value.say()


async def test_after_the_window_entry_is_late_and_taken_until_the_term_closes(
    finals: Finals, school: Cast, storage: Storage
) -> None:
    owner, place = school.actor(school.owner), await algebra(storage, school)
    school.clock.set(at("11:00", HOLIDAYS))
    assert (await finals.put(owner, place, school.larina, "5", 0)).outcome is Outcome.SAVED
    await close_term(storage, school, "quarter")
    for attempt in (
        finals.put(owner, place, school.larina, "4", 1),
        finals.accept_all(owner, place),
        finals.issue(owner, place, 1),
    ):
        with pytest.raises(ScopeClosed) as refusal:
            await attempt
        assert "1-я четверть" in refusal.value.say()


async def test_half_years_are_no_term_of_a_seventh_class(finals: Finals, school: Cast, storage: Storage) -> None:
    place = replace(await algebra(storage, school), scope=await term(storage, "half_year"))
    with pytest.raises(NotFoundHere):
        await finals.sheet(school.actor(school.owner), place)


async def test_class_1_short_stay_groups_and_paper_courses_have_no_term_marks(
    finals: Finals, school: Cast, storage: Storage
) -> None:
    owner, scope = school.actor(school.owner), await term(storage)
    for class_id, subject in (
        (school.class_1a, "Математика"),
        (school.short_stay, "Развитие речи"),
        (school.class_7a, "Шахматы"),
    ):
        with pytest.raises(NotFoundHere):
            await finals.sheet(owner, Place(class_id, None, SubjectId(school.subjects[subject]), scope))
    assert {(one.audience, one.subject) for one in await finals.choose(owner)} == {("7Б", "Алгебра"), ("7А", "Алгебра")}


# Issuing


async def test_families_see_nothing_of_a_draft(finals: Finals, school: Cast, storage: Storage) -> None:
    await finals.put(school.actor(school.owner), await algebra(storage, school), school.larina, "5", 0)
    assert await waiting(storage) == {}
    view = await FamilyResults(storage, school.clock).view(school.actor(school.mother_larina), school.larina)
    assert view.subjects == []


async def test_issuing_refuses_blanks_and_names_them(finals: Finals, school: Cast, storage: Storage) -> None:
    owner, place = school.actor(school.owner), await algebra(storage, school)
    blank = {school.larina, school.onegin}
    for student in school.students:
        if student not in blank:
            await finals.put(owner, place, student, "4", 0)
    with pytest.raises(BlanksLeft) as refusal:
        await finals.issue(owner, place, 28)
    assert "Ларина Татьяна, Онегин Евгений" in refusal.value.say()
    assert await waiting(storage) == {}


async def test_issued_marks_are_seen_by_their_own_families_only(finals: Finals, school: Cast, storage: Storage) -> None:
    owner, place = school.actor(school.owner), await algebra(storage, school)
    await finals.put(owner, place, school.larina, "5", 0)
    sheet = await all_issued(finals, school, place)
    assert all(one.issued for one in sheet.students)
    assert await waiting(storage) == {
        school.mother_larina: "5",
        school.father_larin: "5",
        school.mother_onegina: "4",
    }
    family = FamilyResults(storage, school.clock)
    view = await family.view(school.actor(school.mother_larina), school.larina)
    assert [(one.subject, [value for _, value in one.values]) for one in view.subjects] == [("Алгебра", ["5"])]
    for nobody in (school.mother_onegina, school.mother_of_7a, school.stranger):
        with pytest.raises(SchoolError):
            await family.view(school.actor(nobody), school.larina)


async def test_issuing_twice_sends_once(finals: Finals, school: Cast, storage: Storage) -> None:
    owner, place = school.actor(school.owner), await algebra(storage, school)
    await all_issued(finals, school, place)
    again = await finals.issue(owner, place, 30)
    assert (again.outcome, again.count) == (Outcome.ALREADY, 0)
    async with storage.reading() as uow:
        revisions = select(TermMark.rev).where(TermMark.student_id == school.larina)
        assert sorted(row.rev for row in await uow.execute(revisions)) == [1, 2]


async def test_a_grid_that_changed_since_it_was_seen_is_not_sent(
    finals: Finals, school: Cast, storage: Storage
) -> None:
    owner, place = school.actor(school.owner), await algebra(storage, school)
    for student in school.students:
        await finals.put(owner, place, student, "4", 0)
    seen = (await finals.sheet(owner, place)).seen
    await finals.put(school.actor(school.partner), place, school.larina, "2", 1)
    done = await finals.issue(owner, place, seen)
    assert done.outcome is Outcome.CHANGED
    assert row_of(done.sheet, school.larina).value == "2"
    assert await waiting(storage) == {}


async def test_what_was_sent_changes_only_by_request(finals: Finals, school: Cast, storage: Storage) -> None:
    owner, place = school.actor(school.owner), await algebra(storage, school)
    await all_issued(finals, school, place)
    for value in ("5", None):
        with pytest.raises(AlreadySent) as refusal:
            await finals.put(owner, place, school.larina, value, 2)
        assert "Ларина Татьяна — 4 (Вишневская, 19 октября)" in refusal.value.say()
        assert "завуча" in refusal.value.say()
    assert (await finals.put(owner, place, school.larina, "4", 0)).outcome is Outcome.ALREADY


async def test_somebody_who_came_after_the_issue_gets_a_mark_of_their_own(
    finals: Finals, school: Cast, storage: Storage
) -> None:
    owner, place = school.actor(school.owner), await algebra(storage, school)
    await all_issued(finals, school, place)
    async with storage.writing() as uow:
        moved = update(Enrollment).where(Enrollment.student_id == school.student_of_7a)
        await uow.write(moved.values(class_id=school.class_7b))
    sheet = await finals.sheet(owner, place)
    assert [one.name.id for one in sheet.blanks] == [school.student_of_7a]
    await finals.put(owner, place, school.student_of_7a, NOT_ASSESSED, 0)
    done = await finals.issue(owner, place, (await finals.sheet(owner, place)).seen)
    assert (done.outcome, done.count) == (Outcome.SAVED, 1)
    assert (await waiting(storage))[school.mother_of_7a] == NOT_ASSESSED


async def test_two_teachers_at_once_leave_one_mark_each(finals: Finals, school: Cast, storage: Storage) -> None:
    place = await algebra(storage, school)
    done = await asyncio.gather(
        finals.put(school.actor(school.owner), place, school.larina, "5", 0),
        finals.put(school.actor(school.partner), place, school.larina, "3", 0),
    )
    assert sorted(one.outcome for one in done) == [Outcome.CHANGED, Outcome.SAVED]
    await asyncio.gather(*(finals.accept_all(school.actor(who), place) for who in (school.owner, school.partner)))
    async with storage.reading() as uow:
        assert len((await uow.execute(select(TermMark))).all()) == 1


async def test_two_teachers_who_send_at_once_send_once(finals: Finals, school: Cast, storage: Storage) -> None:
    place = await algebra(storage, school)
    for student in school.students:
        await finals.put(school.actor(school.owner), place, student, "4", 0)
    seen = (await finals.sheet(school.actor(school.owner), place)).seen

    async def sends(who: PersonId) -> Outcome | type[SchoolError]:
        try:
            return (await finals.issue(school.actor(who), place, seen)).outcome
        except ChangedMeanwhile:
            return ChangedMeanwhile

    done = await asyncio.gather(sends(school.owner), sends(school.partner))
    assert Outcome.SAVED in done
    async with storage.reading() as uow:
        issued = select(TermMark.student_id).where(TermMark.issued.is_(True))
        assert len((await uow.execute(issued)).all()) == 30


# Who


async def test_a_colleague_of_the_class_and_a_stranger_are_turned_away(
    finals: Finals, school: Cast, storage: Storage
) -> None:
    place = await algebra(storage, school)
    for nobody, refusal in (
        (school.colleague, NotYourSubject),
        (school.substitute, NotYourSubject),
        (school.mother_larina, NotYourSubject),
    ):
        for attempt in (
            finals.sheet(school.actor(nobody), place),
            finals.student(school.actor(nobody), place, school.larina),
            finals.put(school.actor(nobody), place, school.larina, "5", 0),
            finals.accept_all(school.actor(nobody), place),
            finals.issue(school.actor(nobody), place, 0),
            finals.forecast(school.actor(nobody), place),
        ):
            with pytest.raises(refusal):
                await attempt


async def test_the_other_subgroups_teacher_is_turned_away(finals: Finals, school: Cast, storage: Storage) -> None:
    first, second = await english(storage, school, 1), await english(storage, school, 2)
    sheet = await finals.sheet(school.actor(school.colleague), first)
    assert [one.name.id for one in sheet.students] == school.students[0::2]
    with pytest.raises(NotYourSubject):
        await finals.put(school.actor(school.stranger), first, school.students[0], "5", 0)
    with pytest.raises(NotFoundHere):
        await finals.put(school.actor(school.colleague), first, school.students[1], "5", 0)
    with pytest.raises(NotYourSubject):
        await finals.sheet(school.actor(school.colleague), second)


async def test_the_homeroom_teacher_and_the_deputy_head_look_and_enter_nothing(
    finals: Finals, school: Cast, storage: Storage
) -> None:
    place = await algebra(storage, school)
    for who in (school.homeroom_teacher, school.deputy):
        sheet = await finals.sheet(school.actor(who), place)
        assert sheet.access is Access.READS
        for attempt in (
            finals.put(school.actor(who), place, school.larina, "5", 0),
            finals.accept_all(school.actor(who), place),
            finals.issue(school.actor(who), place, 0),
        ):
            with pytest.raises(OnlyReading):
                await attempt


async def test_a_homeroom_teacher_of_another_class_sees_nothing(finals: Finals, school: Cast, storage: Storage) -> None:
    place = await algebra(storage, school, school.class_7a)
    with pytest.raises(NotYourSubject):
        await finals.sheet(school.actor(school.homeroom_teacher), place)
    with pytest.raises(NotYourOffice):
        await TermResults(storage, school.clock).school_class(school.actor(school.homeroom_teacher), school.class_7a)


async def test_a_former_homeroom_teacher_sees_nothing(finals: Finals, school: Cast, storage: Storage) -> None:
    async with storage.writing() as uow:
        await uow.write(update(Homeroom).values(until_on=MONDAY))
    with pytest.raises(NotYourSubject):
        await finals.sheet(school.actor(school.homeroom_teacher), await algebra(storage, school))


# Corrections


@dataclass(frozen=True)
class Request:
    """What an approved request says."""

    target: str
    class_id: ClassId | None
    student_id: PersonId
    seen: int
    wanted: str | None
    reason: str = "описка"


async def approved(storage: Storage, school: Cast, request: Request) -> None:
    async with storage.writing() as uow:
        facts = await correct(uow, school.actor(school.deputy), request, school.clock.now())
        await items.put(uow, facts, school.clock.now())


async def test_an_approved_correction_adds_a_revision_and_tells_the_family(
    finals: Finals, school: Cast, storage: Storage
) -> None:
    place = await algebra(storage, school)
    await all_issued(finals, school, place)
    await close_term(storage, school, "quarter")
    target = target_of(place.subject_id, place.scope)
    await approved(storage, school, Request(target, school.class_7b, school.larina, 2, "5"))
    assert (await waiting(storage))[school.mother_larina] == "5"
    sheet = await finals.sheet(school.actor(school.owner), place)
    assert (row_of(sheet, school.larina).value, row_of(sheet, school.larina).rev) == ("5", 3)
    async with storage.reading() as uow:
        kept = select(TermMark.rev, TermMark.value, TermMark.reason).where(TermMark.student_id == school.larina)
        assert sorted(tuple(row) for row in await uow.execute(kept)) == [(1, "4", ""), (2, "4", ""), (3, "5", "описка")]


async def test_a_correction_of_another_mark_than_it_saw_or_to_nothing_is_refused(
    finals: Finals, school: Cast, storage: Storage
) -> None:
    place = await algebra(storage, school)
    target = target_of(place.subject_id, place.scope)
    await finals.put(school.actor(school.owner), place, school.larina, "3", 0)
    draft = Request(target, school.class_7b, school.larina, 1, "5")
    with pytest.raises(ChangedMeanwhile):
        await approved(storage, school, draft)
    await all_issued(finals, school, place)
    for request, refusal in (
        (draft, ChangedMeanwhile),
        (replace(draft, seen=2, wanted=None), NeverBlank),
        (replace(draft, seen=2, wanted="7"), NotFoundHere),
    ):
        with pytest.raises(refusal):
            await approved(storage, school, request)


async def test_a_teacher_asks_a_deputy_head_approves_and_the_family_is_told(
    finals: Finals, school: Cast, storage: Storage
) -> None:
    owner, place = school.actor(school.owner), await algebra(storage, school)
    await all_issued(finals, school, place)
    await close_term(storage, school, "quarter")
    requests = TermMarkRequests(storage, school.clock)
    choice = await requests.choose(owner, place, school.larina)
    assert choice.values == ["5", "3", "2", EXEMPT, NOT_ASSESSED]
    asked = await requests.ask(owner, place, school.larina, "5", Why.SLIP, choice.row.rev)
    assert (asked.told, asked.view.what, asked.view.former, asked.view.wanted) == (True, "1-я четверть", "4", "5")
    assert asked.view.id is not None
    decisions, deputy = Decisions(storage, school.clock), school.actor(school.deputy)
    assert (await decisions.approve(deputy, asked.view.id, asked.view.seen)).outcome is Outcome.SAVED
    assert (await decisions.approve(deputy, asked.view.id, asked.view.seen)).outcome is Outcome.ALREADY
    assert row_of(await finals.sheet(owner, place), school.larina).value == "5"
    assert (await waiting(storage))[school.mother_larina] == "5"


async def test_only_a_sent_mark_of_ones_own_is_asked_about_once(finals: Finals, school: Cast, storage: Storage) -> None:
    place, requests = await algebra(storage, school), TermMarkRequests(storage, school.clock)

    async def asks(who: PersonId, *, wanted: str = "5", seen: int = 2) -> None:
        await requests.ask(school.actor(who), place, school.larina, wanted, Why.APPEAL, seen)

    await finals.put(school.actor(school.owner), place, school.larina, "4", 0)
    with pytest.raises(NotFoundHere):  # a draft needs no request
        await asks(school.owner)
    await all_issued(finals, school, place)
    for nobody, refusal in (
        (school.colleague, NotYourSubject),
        (school.mother_larina, NotYourSubject),
        (school.homeroom_teacher, OnlyReading),
        (school.deputy, OnlyReading),
    ):
        with pytest.raises(refusal):
            await asks(nobody)
    with pytest.raises(NothingToCorrect):
        await asks(school.owner, wanted="4")
    with pytest.raises(NotFoundHere):
        await asks(school.owner, wanted="7")
    with pytest.raises(ChangedMeanwhile):
        await asks(school.owner, seen=1)
    await asks(school.owner)
    with pytest.raises(AlreadyAsked):
        await asks(school.partner, wanted="3")


# Closing


async def everything_issued(finals: Finals, school: Cast, storage: Storage) -> None:
    """Every subject of 7А and 7Б in the first quarter."""
    results = TermResults(storage, school.clock)
    for class_id in (school.class_7a, school.class_7b):
        view = await results.school_class(school.actor(school.deputy), class_id, await term(storage))
        async with storage.reading() as uow:
            taught = await rows.taught(
                uow, school.school_id, since=date(2026, 9, 1), until=date(2026, 10, 25), levels=[7], class_id=class_id
            )
        teachers = {(one.subgroup_id, one.subject_id): one.teachers[0] for one in taught}
        for line in view.subjects:
            teacher = teachers[line.place.subgroup_id, line.place.subject_id]
            await all_issued(finals, school, line.place, teacher=teacher)


async def test_a_term_does_not_close_with_a_blank_and_says_where(
    finals: Finals, school: Cast, storage: Storage
) -> None:
    """Invariant 10 of the regulation."""
    results, deputy, quarter = TermResults(storage, school.clock), school.actor(school.deputy), await term(storage)
    with pytest.raises(TermNotOver):
        await results.close(deputy, TermId(quarter.number))
    school.clock.set(at("15:00", SATURDAY))
    await everything_issued(finals, school, storage)
    await add_lesson(storage, school, "Математика", 6, TODAY)  # one more subject, with nothing in it
    with pytest.raises(TermHasBlanks) as refusal:
        await results.close(deputy, TermId(quarter.number))
    assert "7Б Математика" in refusal.value.say()
    view = await results.overview(deputy, quarter)
    assert {one.name: one.blanks for one in view.classes} == {"7А": 0, "7Б": 30}
    assert view.may_close


async def test_a_draft_is_a_blank_for_closing(finals: Finals, school: Cast, storage: Storage) -> None:
    school.clock.set(at("15:00", SATURDAY))
    await everything_issued(finals, school, storage)
    await add_lesson(storage, school, "Математика", 6, TODAY)
    place = replace(await algebra(storage, school), subject_id=SubjectId(school.subjects["Математика"]))
    for student in school.students:
        await finals.put(school.actor(school.owner), place, student, "4", 0)
    with pytest.raises(TermHasBlanks):
        await TermResults(storage, school.clock).close(
            school.actor(school.deputy), TermId((await term(storage)).number)
        )


async def test_a_term_without_blanks_closes_once(finals: Finals, school: Cast, storage: Storage) -> None:
    results, deputy, quarter = TermResults(storage, school.clock), school.actor(school.deputy), await term(storage)
    school.clock.set(at("15:00", SATURDAY))
    await everything_issued(finals, school, storage)
    for _ in range(2):
        view = await results.close(deputy, TermId(quarter.number))
        assert view.span.closed
        assert not view.may_close
    async with storage.reading() as uow:
        noted = select(AuditEntry.subject).where(AuditEntry.action == "term_closed")
        assert [row.subject for row in await uow.execute(noted)] == [quarter.key]
    with pytest.raises(ScopeClosed):
        await finals.put(school.actor(school.owner), await algebra(storage, school), school.larina, "5", 2)


async def test_only_a_deputy_head_closes_a_term(school: Cast, storage: Storage) -> None:
    results = TermResults(storage, school.clock)
    number = TermId((await term(storage)).number)
    for nobody in (school.owner, school.homeroom_teacher, school.mother_larina):
        with pytest.raises(NotYourOffice):
            await results.close(school.actor(nobody), number)
        with pytest.raises(NotYourOffice):
            await results.overview(school.actor(nobody))


async def test_a_class_is_read_by_those_who_lead_or_control_it(school: Cast, storage: Storage) -> None:
    results = TermResults(storage, school.clock)
    for who in (school.deputy, school.homeroom_teacher):
        view = await results.school_class(school.actor(who), school.class_7b)
        assert {one.subject for one in view.subjects} >= {"Алгебра", "Английский язык", "Литература"}
        teachers = {(one.subject, one.subgroup): one.teachers for one in view.subjects}
        assert teachers["Алгебра", None] == "Вишневская, Смирнова"
        assert teachers["Английский язык", "англ. 1"] == "Чехов"
    for nobody in (school.owner, school.mother_larina):
        with pytest.raises(NotYourOffice):
            await results.school_class(school.actor(nobody), school.class_7b)


async def test_the_second_look_names_what_is_odd(finals: Finals, school: Cast, storage: Storage) -> None:
    await marked(storage, school, {school.larina: "4"}, WorkKind.CONTROL)
    await finals.put(school.actor(school.owner), await algebra(storage, school), school.larina, "5", 0)
    results = TermResults(storage, school.clock)
    _, found_ = await results.doubts(school.actor(school.deputy), school.class_7b, await term(storage))
    by_subject = {one.subject: one for one in found_}
    larina = next(one for one in by_subject["Алгебра"].doubts if one.name.id == school.larina)
    assert Hint.GAP in larina.hints
    assert not by_subject["Алгебра"].no_control
    assert by_subject["Литература"].no_control


# Who still owes what, for the reminders


async def test_the_reminders_ask_by_teacher_and_by_school(finals: Finals, school: Cast, storage: Storage) -> None:
    scope = await term(storage)

    async def owed(**by: object) -> set[tuple[str, str, int]]:
        async with storage.reading() as uow:
            found_ = await rows.unissued(
                uow,
                school.school_id,
                scope=scope.key,
                since=date(2026, 9, 1),
                until=date(2026, 10, 25),
                on=MONDAY,
                levels=[7],
                **by,  # type: ignore[arg-type]
            )
        return {(one.taught.class_name, one.taught.subject, one.blanks) for one in found_}

    assert await owed(teacher_id=school.owner) == {("7А", "Алгебра", 1), ("7Б", "Алгебра", 30)}
    assert ("7Б", "Английский язык", 15) in await owed()
    await all_issued(finals, school, await algebra(storage, school))
    assert await owed(teacher_id=school.owner) == {("7А", "Алгебра", 1)}
    assert not {one for one in await owed() if one[1] == "Шахматы"}


async def test_who_changes_class_with_an_issued_mark_owes_none_in_the_new_one(
    finals: Finals, school: Cast, storage: Storage
) -> None:
    scope = await term(storage)
    await all_issued(finals, school, await algebra(storage, school))
    async with storage.writing() as uow:
        moved = update(Enrollment).where(Enrollment.student_id == school.larina)
        await uow.write(moved.values(class_id=school.class_7a))
    async with storage.reading() as uow:
        owed = await rows.unissued(
            uow,
            school.school_id,
            scope=scope.key,
            since=date(2026, 9, 1),
            until=date(2026, 10, 25),
            on=MONDAY,
            levels=[7],
            class_id=school.class_7a,
            teacher_id=school.owner,
        )
    assert [(one.taught.class_name, one.students, one.blanks) for one in owed] == [("7А", 2, 1)]


# Year, exam, final, ГИА


@pytest.fixture
async def ninth(storage: Storage, school: Cast) -> Cast:
    """7Б is a ninth class, and the first quarter is the whole year."""
    async with storage.writing() as uow:
        await uow.write(update(SchoolClass).where(SchoolClass.id == school.class_7b).values(level=9))
    return school


async def test_the_year_comes_with_the_last_term_and_is_proposed_by_it(
    finals: Finals, ninth: Cast, storage: Storage
) -> None:
    owner, place = ninth.actor(ninth.owner), await algebra(storage, ninth)
    await finals.put(owner, place, ninth.larina, "5", 0)
    year = replace(place, scope=Scope(TermScope.YEAR, ninth.year_id))
    assert row_of(await finals.sheet(owner, year), ninth.larina).proposal is None, "the term is a draft yet"
    await all_issued(finals, ninth, place)
    sheet = await finals.sheet(owner, year)
    assert (row_of(sheet, ninth.larina).proposal, row_of(sheet, ninth.onegin).proposal) == ("5", "4")
    accepted, count = await finals.accept_all(owner, year)
    assert count == 30
    assert (await finals.issue(owner, year, accepted.seen)).outcome is Outcome.SAVED


async def test_an_exam_is_entered_after_its_receipt_and_the_final_follows(
    finals: Finals, ninth: Cast, storage: Storage
) -> None:
    owner, deputy, place = ninth.actor(ninth.owner), ninth.actor(ninth.deputy), await algebra(storage, ninth)
    year, exam, final = (
        replace(place, scope=Scope(kind, ninth.year_id)) for kind in (TermScope.YEAR, TermScope.EXAM, TermScope.FINAL)
    )
    with pytest.raises(NotReceived):
        await finals.put(owner, exam, ninth.larina, "5", 0)
    receipts = Receipts(storage, ninth.clock)
    came = ninth.clock.now() - timedelta(hours=3)
    for _ in range(2):
        [receipt] = await receipts.register(deputy, ninth.class_7b, place.subject_id, TermScope.EXAM, came)
    assert receipt.due_at == came + timedelta(hours=24)
    with pytest.raises(NothingToSend):
        await finals.issue(owner, exam, 0)
    put = await finals.put(owner, exam, ninth.larina, "5", 0)
    assert (await finals.issue(owner, exam, put.sheet.seen)).count == 1  # the others didn't take it
    await all_issued(finals, ninth, place)
    await all_issued(finals, ninth, year)
    sheet = await finals.sheet(owner, final)
    assert (row_of(sheet, ninth.larina).proposal, row_of(sheet, ninth.onegin).proposal) == ("5", "4")


async def test_gia_has_two_days_and_the_deputy_head_may_enter_it(finals: Finals, ninth: Cast, storage: Storage) -> None:
    deputy = ninth.actor(ninth.deputy)
    place = replace(await algebra(storage, ninth), scope=Scope(TermScope.STATE_EXAM, ninth.year_id))
    receipts, came = Receipts(storage, ninth.clock), ninth.clock.now()
    [receipt] = await receipts.register(deputy, ninth.class_7b, place.subject_id, TermScope.STATE_EXAM, came)
    assert receipt.due_at == came + timedelta(days=2)
    async with storage.reading() as uow:
        [row] = await receipt_rows.receipts_open(uow, ninth.school_id, MONDAY)
    assert (row.teachers, row.issued, row.drafts) == ((ninth.owner, ninth.partner), 0, 0)
    put = await finals.put(deputy, place, ninth.larina, "4", 0)
    async with storage.reading() as uow:
        [row] = await receipt_rows.receipts_open(uow, ninth.school_id, MONDAY)
    assert row.drafts == 1
    await finals.issue(deputy, place, put.sheet.seen)
    async with storage.reading() as uow:
        assert await receipt_rows.receipts_open(uow, ninth.school_id, MONDAY) == []


async def test_gia_is_for_its_classes_and_receipts_are_the_deputy_heads(school: Cast, storage: Storage) -> None:
    receipts, now = Receipts(storage, school.clock), school.clock.now()
    subject = SubjectId(school.subjects["Алгебра"])
    deputy = school.actor(school.deputy)
    with pytest.raises(NotFoundHere):
        await receipts.register(deputy, school.class_7b, subject, TermScope.STATE_EXAM, now)
    with pytest.raises(NotFoundHere):
        await receipts.register(deputy, school.class_7b, SubjectId(school.subjects["Шахматы"]), TermScope.EXAM, now)
    for moment in (now + timedelta(minutes=1), now - timedelta(days=8)):
        with pytest.raises(NoSuchMoment):
            await receipts.register(deputy, school.class_7b, subject, TermScope.EXAM, moment)
    for nobody in (school.owner, school.homeroom_teacher, school.mother_larina):
        with pytest.raises(NotYourOffice):
            await receipts.register(school.actor(nobody), school.class_7b, subject, TermScope.EXAM, now)
        with pytest.raises(NotYourOffice):
            await receipts.received(school.actor(nobody))
