"""A letter always fits, children are never mixed, and one that fails holds nobody else's."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from services.letters import compose
from services.letters.diary_news import Written
from services.letters.reader import Naming, naming
from services.letters.typeset import LIMIT, shown_length
from services.outbox.transport import DueItem
from services.rules.regulation import Regulation
from storage.models.journal import PersonalHomework
from storage.models.people import Person
from storage.models.school import Subject
from storage.uow import Storage, Uow
from storage.vocabulary import Channel, ItemKind, Role, WorkKind
from tests import school as people
from tests.letters.mailbox import Mailbox
from tests.school import BELLS, TODAY, found

TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
async def box(storage: Storage) -> Mailbox:
    return Mailbox(storage, await found(storage))


async def test_the_evening_of_twelve_children_with_endless_names_and_homework_fits(box: Mailbox) -> None:
    """What nothing shortens otherwise: many tomorrows, of subjects and tasks as long as people type them."""
    school = box.cast
    own = school.students[:12]
    async with box.storage.writing() as uow:
        mother = await people.person(uow, school, "Большая Мать", Role.GUARDIAN, connected=True)
        for student in own:
            await people.guard(uow, school, mother, student)
        await uow.write(update(Person).where(Person.id.in_(own)).values(first_name="Пантелеймон" * 20))
        await uow.write(update(Subject).values(name="Основы всего на свете" * 20))
        for slot in BELLS:
            if slot != 3:
                await people.lesson(
                    uow, school, f"з{slot}", "Алгебра", slot, (school.owner,), [(school.class_7b, None)], day=TOMORROW
                )
    await box.gives("читать " * 120, school.algebra, school.owner)
    for student in own:
        await box.marks_(student, "5", WorkKind.CONTROL, school.algebra, school.owner)
    box.clock_shows("18:30")
    await box.evening()
    letters = [one.text for one in (await box.brings())[mother]]
    assert all(shown_length(letter) <= LIMIT for letter in letters)
    assert "Остальные уроки на завтра — в дневнике." in letters[0]
    assert sum(letter.count("5 (контрольная работа)") for letter in letters) == 12
    assert sum(letter.startswith("<b>Вечер") for letter in letters) == 1


async def test_what_one_child_is_told_names_no_other(box: Mailbox) -> None:
    school = box.cast
    async with box.storage.writing() as uow:
        await people.guard(uow, school, school.father_larin, school.onegin)
        rows = insert(PersonalHomework)
        row = {"lesson_id": school.algebra, "rev": 1, "author_id": school.owner, "entered_at": school.clock.now()}
        await uow.execute(rows, {**row, "student_id": school.onegin, "value": "реферат Евгения"})
    await box.marks_(school.larina, "5", WorkKind.ANSWER, school.algebra, school.owner)
    await box.marks_(school.onegin, "3", WorkKind.CONTROL, school.algebra, school.owner)
    box.clock_shows("18:30")
    await box.evening()
    got = await box.texts()
    [both] = got[school.father_larin]
    tatiana, evgeny = both.split("<b>Татьяна</b>")[1].split("<b>Евгений</b>")
    assert "5 (ответ)" in tatiana and "реферат" not in tatiana and "контрольная" not in tatiana
    assert "3 (контрольная работа)" in evgeny and "реферат Евгения" in evgeny
    assert "Евгений" not in "".join(got[school.mother_larina])


async def test_a_letter_that_can_not_be_composed_holds_no_other(box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    school, real = box.cast, compose.LETTERS[ItemKind.MARK]

    async def fails_for_tatiana(uow: Uow, reader: Any, items: Sequence[DueItem], now: Any) -> Written | None:
        if items[0].student_id == school.larina:
            raise RuntimeError("a letter that breaks")
        return await real(uow, reader, items, now)

    monkeypatch.setattr(compose, "LETTERS", {**compose.LETTERS, ItemKind.MARK: fails_for_tatiana})
    async with box.storage.writing() as uow:
        await people.guard(uow, school, school.mother_larina, school.onegin)
    for student in (school.larina, school.onegin):
        await box.marks_(student, "5", WorkKind.ANSWER, school.algebra, school.owner)
    school.clock.advance(timedelta(seconds=61))
    got = await box.texts()
    assert got[school.mother_larina] == ["Евгений: алгебра — 5 (ответ)"]
    assert got[school.mother_onegina] == ["Евгений: алгебра — 5 (ответ)"]


@pytest.mark.parametrize(
    ("channel", "settings", "expected"),
    [
        (Channel.TELEGRAM, {}, Naming.NAME),
        (Channel.EMAIL, {}, Naming.NAME),
        (Channel.PAPER, {}, Naming.FULL),
        (Channel.TELEGRAM, {"full_names_in_letters": True}, Naming.FULL),
        (Channel.TELEGRAM, {"minimal_by_channel": {"telegram": "sign"}}, Naming.SIGN),
        (Channel.TELEGRAM, {"minimal_by_channel": {"telegram": "sign"}, "full_names_in_letters": True}, Naming.SIGN),
    ],
)
def test_a_channel_says_as_much_as_the_school_lets_it(
    channel: Channel, settings: dict[str, Any], expected: Naming
) -> None:
    assert naming(channel, Regulation.from_json(settings)) is expected


async def test_where_the_channel_may_say_nothing_the_letter_only_calls(storage: Storage) -> None:
    school = await found(storage, regulation={"minimal_by_channel": {"telegram": "sign"}})
    box = Mailbox(storage, school)
    await box.marks_(school.larina, "5", WorkKind.ANSWER, school.algebra, school.owner)
    school.clock.advance(timedelta(seconds=61))
    [letter] = (await box.brings())[school.mother_larina]
    assert letter.text == "В дневнике есть новое. Откройте его, чтобы прочитать."
    assert letter.buttons == ["Дневник"]
