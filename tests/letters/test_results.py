"""Letters about term results: one a day and child for all subjects, at five, word for word."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from services.finals import correct, target_of
from services.finals.grid import Finals
from services.finals.receipts import Receipts
from services.finals.sheets import Place
from services.outbox import items
from services.rules.finals import Scope
from storage.models.people import Consent, Guardianship
from storage.models.school import SchoolClass, Term
from storage.repositories import finals as rows
from storage.repositories.finals import NewTermMark
from storage.uow import Storage
from storage.vocabulary import EXEMPT, NOT_ASSESSED, PersonId, SubjectId, TermScope
from tests.letters.mailbox import Mailbox
from tests.school import found, prefer
from tests.services.test_finals import Request

MONDAY, TUESDAY = date(2026, 10, 19), date(2026, 10, 20)  # of the quarter's last week


@pytest.fixture
async def box(storage: Storage) -> Mailbox:
    cast = await found(storage)
    box = Mailbox(storage, cast)
    box.clock_shows("11:00", MONDAY)
    return box


async def issues(box: Mailbox, subject: str, value: str, teacher: PersonId, scope: Scope | None = None) -> Place:
    """Everybody of 7Б gets a mark in a subject, and it is sent."""
    school = box.cast
    finals, actor = Finals(box.storage, school.clock), school.actor(teacher)
    if scope is None:
        async with box.storage.reading() as uow:
            term = (await uow.execute(select(Term.id).where(Term.kind == "quarter"))).scalar_one()
        scope = Scope(TermScope.TERM, term)
    place = Place(school.class_7b, None, SubjectId(school.subjects[subject]), scope)
    drafts = [
        NewTermMark(
            PersonId(one.name.id),
            place.subject_id,
            scope.key,
            one.rev + 1,
            place.class_id,
            value,
            issued=False,
            author_id=teacher,
            entered_at=school.clock.now(),
        )
        for one in (await finals.sheet(actor, place)).blanks
    ]
    async with box.storage.writing() as uow:
        await rows.add_all(uow, drafts)
    await finals.issue(actor, place, (await finals.sheet(actor, place)).seen)
    return place


async def test_all_subjects_of_a_day_are_one_letter_at_five(box: Mailbox) -> None:
    school = box.cast
    await issues(box, "Литература", "5", school.colleague)
    box.clock_shows("16:59", MONDAY)
    await issues(box, "Алгебра", "4", school.owner)
    assert await box.texts() == {}, "it isn't five yet"
    box.clock_shows("17:00", MONDAY)
    got = await box.brings()
    letter = "<b>{name}</b>\nИтоги, 1-я четверть:\nалгебра — 4\nлитература — 5"
    assert {person: [one.text for one in letters] for person, letters in got.items()} == {
        school.mother_larina: [letter.format(name="Татьяна")],
        school.father_larin: [letter.format(name="Татьяна")],
        school.mother_onegina: [letter.format(name="Евгений")],
    }
    assert got[school.mother_larina][0].buttons == ["Ознакомлен(а)", "Итоги", "Дневник"]


async def test_what_is_issued_after_five_comes_the_next_day_with_that_days(box: Mailbox) -> None:
    school = box.cast
    box.clock_shows("17:05", MONDAY)
    await issues(box, "Литература", NOT_ASSESSED, school.colleague)
    box.clock_shows("23:00", MONDAY)
    assert await box.texts() == {}
    box.clock_shows("12:00", TUESDAY)
    await issues(box, "Алгебра", EXEMPT, school.owner)
    box.clock_shows("17:00", TUESDAY)
    assert (await box.texts())[school.mother_onegina] == [
        "<b>Евгений</b>\n"
        "Итоги, 1-я четверть:\n"
        "алгебра — ОСВ (освобождение или «освоено»)\n"
        "литература — Н/А (без аттестации)"
    ]


async def test_those_who_want_only_what_is_important_get_results_too(box: Mailbox) -> None:
    school = box.cast
    async with box.storage.writing() as uow:
        await prefer(uow, school.father_larin, "important")
    await issues(box, "Алгебра", "3", school.owner)
    box.clock_shows("17:00", MONDAY)
    assert (await box.texts())[school.father_larin] == ["<b>Татьяна</b>\nИтоги, 1-я четверть:\nалгебра — 3"]


async def corrects(box: Mailbox, place: Place, seen: int, wanted: str) -> None:
    school = box.cast
    request = Request(target_of(place.subject_id, place.scope), school.class_7b, school.onegin, seen, wanted)
    async with box.storage.writing() as uow:
        facts = await correct(uow, school.actor(school.deputy), request, school.clock.now())
        await items.put(uow, facts, school.clock.now())


async def test_a_correction_before_five_is_told_as_if_it_had_stood_there(box: Mailbox) -> None:
    place = await issues(box, "Алгебра", "4", box.cast.owner)
    await corrects(box, place, 2, "5")
    box.clock_shows("17:00", MONDAY)
    assert (await box.texts())[box.cast.mother_onegina] == ["<b>Евгений</b>\nИтоги, 1-я четверть:\nалгебра — 5"]


async def test_a_correction_afterwards_is_told_once_with_what_was_told(box: Mailbox) -> None:
    place = await issues(box, "Алгебра", "4", box.cast.owner)
    box.clock_shows("17:00", MONDAY)
    await box.brings()
    await corrects(box, place, 2, "3")
    await corrects(box, place, 3, "5")
    box.clock_shows("17:00", TUESDAY)
    assert await box.texts() == {
        box.cast.mother_onegina: ["<b>Евгений</b>\nИтоги, 1-я четверть:\nалгебра — 5 вместо 4"]
    }


async def test_results_that_were_held_up_go_until_ten_and_then_in_the_morning(box: Mailbox) -> None:
    await issues(box, "Алгебра", "4", box.cast.owner)
    box.clock_shows("22:30", MONDAY)
    assert await box.texts() == {}, "the bot was down since five"
    box.clock_shows("07:00", TUESDAY)
    assert set(await box.texts()) == {box.cast.mother_larina, box.cast.father_larin, box.cast.mother_onegina}


async def test_results_pass_the_evenings_quiet_hour(box: Mailbox) -> None:
    await issues(box, "Алгебра", "4", box.cast.owner)
    box.clock_shows("21:45", MONDAY)
    assert box.cast.mother_onegina in await box.texts()


async def test_an_exam_that_can_not_wait_for_five_is_told_at_once(box: Mailbox) -> None:
    school = box.cast
    async with box.storage.writing() as uow:
        await uow.write(update(SchoolClass).where(SchoolClass.id == school.class_7b).values(level=9))
    subject = SubjectId(school.subjects["Алгебра"])
    came = school.clock.now()
    receipts = Receipts(box.storage, school.clock)
    await receipts.register(school.actor(school.deputy), school.class_7b, subject, TermScope.EXAM, came)
    school.clock.set(came + timedelta(hours=22))
    await issues(box, "Алгебра", "5", school.owner, Scope(TermScope.EXAM, school.year_id))
    assert (await box.texts())[school.mother_onegina] == ["<b>Евгений</b>\nИтоги, экзамен:\nалгебра — 5"]


async def test_several_scopes_of_a_day_are_told_apart(box: Mailbox) -> None:
    school = box.cast
    await issues(box, "Алгебра", "4", school.owner)
    await issues(box, "Литература", "5", school.colleague)
    await issues(box, "Алгебра", "4", school.owner, Scope(TermScope.YEAR, school.year_id))
    box.clock_shows("17:00", MONDAY)
    assert (await box.texts())[school.mother_onegina] == [
        "<b>Евгений</b>\nИтоги, 1-я четверть:\nалгебра — 4\nлитература — 5\n\nИтоги, год:\nалгебра — 4"
    ]


async def test_who_lost_the_right_before_five_is_told_nothing(box: Mailbox) -> None:
    school = box.cast
    await issues(box, "Алгебра", "4", school.owner)
    async with box.storage.writing() as uow:
        revoked = update(Consent).where(Consent.person_id == school.father_larin)
        await uow.write(revoked.values(revoked_at=school.clock.now()))
        ended = update(Guardianship).where(Guardianship.guardian_id == school.mother_onegina)
        await uow.write(ended.values(until_on=MONDAY))
    box.clock_shows("17:00", MONDAY)
    assert set(await box.texts()) == {school.mother_larina}
