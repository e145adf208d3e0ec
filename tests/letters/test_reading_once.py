"""What letters are written from is read once for all that are composed in one look, and yet each says its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from storage.repositories import alike
from storage.uow import Storage, Uow
from storage.vocabulary import PersonId, Role
from tests import school as people
from tests.letters.mailbox import Mailbox
from tests.school import TODAY, add_lesson, found

TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
async def box(storage: Storage) -> Mailbox:
    return Mailbox(storage, await found(storage))


async def mothers_of(box: Mailbox, students: list[PersonId]) -> list[PersonId]:
    """One for each, all new; they read in the evening."""
    found = []
    async with box.storage.writing() as uow:
        for number, student in enumerate(students):
            name = f"Новая Мать Номер{number}"
            mother = await people.person(uow, box.cast, name, Role.GUARDIAN, connected=True)
            await people.guard(uow, box.cast, mother, student)
            found.append(mother)
    return found


async def english_tomorrow(box: Mailbox) -> None:
    """For each half of the class a lesson of its own, with homework of its own given today."""
    cast = box.cast
    box.clock_shows("14:00")
    for number, teacher in ((1, cast.colleague), (2, cast.stranger)):
        half = cast.half(number)
        await add_lesson(box.storage, cast, "Английский язык", 4, TOMORROW, audience=half, key=f"завтра {number}")
        await box.gives(f"Unit {number}", cast.lessons[f"английский {number}"], teacher)


@pytest.mark.parametrize("few", [alike.FEW, 0], ids=["walking its classes", "walking the days"])
async def test_each_half_of_a_class_reads_of_its_own_lessons_and_homework(
    box: Mailbox, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alike, "FEW", few)
    ours, others = box.cast.students[0::2][:3], box.cast.students[1::2][:3]
    mothers = await mothers_of(box, [*ours, *others])
    await english_tomorrow(box)
    box.clock_shows("18:30")
    await box.evening()
    letters = await box.texts()
    for number, mother in enumerate(mothers):
        [text] = letters[mother]
        own, foreign = ("Unit 1", "Unit 2") if number < len(ours) else ("Unit 2", "Unit 1")
        assert own in text
        assert foreign not in text


@pytest.mark.parametrize("few", [alike.FEW, 0], ids=["walking its classes", "walking the days"])
async def test_homework_for_a_lesson_after_some_weeks_says_its_day(
    box: Mailbox, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alike, "FEW", few)
    [mother] = await mothers_of(box, [box.cast.students[0]])
    later = TODAY + alike.LOOK_AHEAD + timedelta(days=9)
    await add_lesson(box.storage, box.cast, "Английский язык", 4, later, audience=box.cast.half(1), key="нескоро")
    box.clock_shows("14:00")
    await box.gives("Unit 1", box.cast.lessons["английский 1"], box.cast.colleague)
    box.clock_shows("18:30")
    await box.evening()
    [text] = (await box.texts())[mother]
    assert "английский язык — Unit 1 (на чт 8 октября)" in text


async def test_a_class_of_letters_takes_fewer_questions_than_there_are_letters(
    box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    students = box.cast.students[:24]
    mothers = await mothers_of(box, students)
    await english_tomorrow(box)
    box.clock_shows("18:30")
    await box.evening()
    asked: list[Uow] = []
    reading = box.storage.reading

    @asynccontextmanager
    async def counted() -> AsyncIterator[Uow]:
        async with reading() as uow:
            asked.append(uow)
            yield uow

    monkeypatch.setattr(box.storage, "reading", counted)
    await box.readiness.look(0.0, ())
    written = {one.bundle[0] for one in box.readiness.in_order()}
    assert written >= set(mothers)
    assert sum(uow.statements for uow in asked) < len(mothers)
