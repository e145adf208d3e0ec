"""The screens of term marks as values: eight rows of names, uncut labels, the words that stay, safe HTML."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from handlers.screen import Screen
from handlers.screens import finals as screens
from handlers.screens import term_requests, term_results
from services.corrections.reasons import Why
from services.finals.asking import TermMarkRequests
from services.finals.closing import TermResults
from services.finals.family import FamilyResults
from services.finals.grid import Finals
from services.finals.receipts import Receipts
from services.finals.sheets import Place
from services.i18n import locales, speaking
from services.rules.finals import Scope
from storage.uow import Storage
from storage.vocabulary import PersonId, TermScope
from tests.school import Cast, at, found
from tests.screens.test_teacher_screens import checked
from tests.services.test_finals import MONDAY, algebra, all_issued, marked, ninth

__all__ = ["ninth"]


@pytest.fixture
async def school(storage: Storage) -> Cast:
    cast = await found(storage)
    cast.clock.set(at("11:00", MONDAY))
    return cast


@pytest.fixture(params=locales(), autouse=True)
def spoken(request: pytest.FixtureRequest) -> Iterator[str]:
    with speaking(request.param):
        yield request.param


def buttons(screen: Screen) -> list[str]:
    return [button.label for row in screen.rows for button in row]


async def test_every_page_of_the_grid_is_sound_in_every_state(school: Cast, storage: Storage) -> None:
    finals, owner = Finals(storage, school.clock), school.actor(school.owner)
    place = await algebra(storage, school)
    await marked(storage, school, dict.fromkeys(school.students[:20], "4") | {school.students[20]: "5"})
    checked(screens.assignments(await finals.choose(owner), 0))
    school.clock.advance(-timedelta(days=7))
    checked(screens.sheet(await finals.sheet(owner, place)))
    school.clock.advance(timedelta(days=7))
    accepted, said = screens.accepted(*await finals.accept_all(owner, place))
    assert said in checked(accepted)
    for student in school.students[21:]:
        await finals.put(owner, place, student, "Н/А", 0)
    for page in range(5):
        checked(screens.sheet(await finals.sheet(owner, place), page))
    sheet = await finals.sheet(owner, place)
    sent, said = screens.sent(await finals.issue(owner, place, sheet.seen))
    assert said in checked(sent)
    checked(screens.class_forecast(await finals.forecast(owner, place)))
    checked(screens.assignments(await finals.choose(owner), 0))
    school.clock.set(at("11:00", date(2026, 10, 28)))
    checked(screens.sheet(await finals.sheet(school.actor(school.homeroom_teacher), place), 1))


async def test_one_student_is_sound_before_and_after_the_mark_is_sent(school: Cast, storage: Storage) -> None:
    finals, owner = Finals(storage, school.clock), school.actor(school.owner)
    place = await algebra(storage, school)
    longest = school.named("Константинопольская Ева")
    await marked(storage, school, {longest: "4"})
    checked(screens.student(await finals.student(owner, place, longest), 1))
    checked(screens.put_done(await finals.put(owner, place, longest, "ОСВ", 0), 1))
    checked(screens.student(await finals.student(owner, place, longest), 1))
    stale = await finals.put(school.actor(school.partner), place, longest, "5", 0)
    checked(screens.put_done(stale, 1))
    await all_issued(finals, school, place)
    checked(screens.student(await finals.student(owner, place, longest), 1))
    requests = TermMarkRequests(storage, school.clock)
    choice = await requests.choose(owner, place, longest)
    checked(term_requests.wanted_choice(choice))
    checked(term_requests.why_choice(choice, "5"))
    checked(term_requests.asked(await requests.ask(owner, place, longest, "5", Why.SLIP, choice.row.rev), place))
    family = await FamilyResults(storage, school.clock).view(school.actor(school.mother_larina), school.larina)
    checked(term_results.child(family, MONDAY))


async def test_the_deputy_heads_screens_are_sound(school: Cast, storage: Storage) -> None:
    results, deputy = TermResults(storage, school.clock), school.actor(school.deputy)
    school.clock.set(at("11:00", date(2026, 10, 24)))
    await marked(storage, school, {school.larina: "2"})
    place = await algebra(storage, school)
    await Finals(storage, school.clock).put(school.actor(school.owner), place, school.larina, "5", 0)
    overview = await results.overview(deputy)
    checked(term_results.overview(overview))
    checked(term_results.ask_to_close(overview))
    view = await results.school_class(deputy, school.class_7b)
    for page, controls in ((0, True), (1, False)):
        checked(term_results.school_class(view, page, controls=controls))
    checked(term_results.doubts(*await results.doubts(deputy, school.class_7b, place.scope)))
    closed = replace(overview, span=replace(overview.span, closed=True), may_close=False, classes=[])
    checked(term_results.overview(closed))


@pytest.mark.usefixtures("ninth")
async def test_registering_results_is_sound(school: Cast, storage: Storage) -> None:
    receipts, deputy = Receipts(storage, school.clock), school.actor(school.deputy)
    subject = (await algebra(storage, school)).subject_id
    checked(term_results.receipts(await receipts.received(deputy)))
    checked(term_results.receipt_class(await receipts.classes(deputy), 0))
    view = await receipts.of_class(deputy, school.class_7b, TermScope.EXAM)
    for kind in view.kinds:
        checked(term_results.receipt_subject(view, kind, 0))
        for day in (MONDAY, MONDAY - timedelta(days=2)):
            checked(term_results.received_at(view, subject, kind, day))
        came = school.clock.now() - timedelta(hours=1)
        checked(term_results.receipts(await receipts.register(deputy, school.class_7b, subject, kind, came)))
    exam = Place(school.class_7b, None, subject, Scope(TermScope.EXAM, school.year_id))
    finals, owner = Finals(storage, school.clock), school.actor(school.owner)
    offered = screens.sheet(await finals.sheet(owner, exam))
    untaken, _said = screens.not_taken(*await finals.nobody_took(owner, exam))
    assert [len(one.rows) for one in (offered, untaken)] == [11, 10], "said once, it isn't offered again"
    for screen in (offered, untaken):
        checked(screen)
    put = await finals.put(owner, exam, PersonId(school.students[0]), "5", 1)
    checked(screens.put_done(put, 0))
    checked(screens.sent(await finals.issue(owner, exam, put.sheet.seen))[0])


async def test_the_words_that_people_learn_stay(school: Cast, storage: Storage) -> None:
    finals, owner = Finals(storage, school.clock), school.actor(school.owner)
    place = await algebra(storage, school)
    await marked(storage, school, dict.fromkeys(school.students, "4"))
    with speaking("ru"):
        assert "Принять все" in buttons(screens.sheet(await finals.sheet(owner, place)))
        accepted, _ = screens.accepted(*await finals.accept_all(owner, place))
        assert "Выставить и отправить" in buttons(accepted)
        assert "Принять все" not in buttons(accepted)
