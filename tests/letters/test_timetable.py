"""Changed lessons: today's at once in one letter a child, tomorrow's in the evening letter, never twice."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from services.lesson_states import LessonStates
from services.substitutions.office import Substitutions
from storage.models.delivery import Item
from storage.models.school import Bells, LessonSlot
from storage.uow import Storage
from storage.vocabulary import ChangeReason, ItemKind, LessonId, PersonId
from tests.letters.mailbox import Mailbox
from tests.school import BELLS, TODAY, found

COLD = ChangeReason.COLD
WINDOW = timedelta(seconds=121)


class Office(Mailbox):
    """The deputy head arranges; mother Ларина reads at once, father Ларин in the evening."""

    @property
    def states(self) -> LessonStates:
        return LessonStates(self.storage, self.cast.clock)

    async def cancels(self, lesson: LessonId) -> None:
        await self.states.cancel(self.cast.actor(self.cast.deputy), lesson, COLD)

    async def restores(self, lesson: LessonId) -> None:
        await self.states.restore(self.cast.actor(self.cast.deputy), lesson)

    async def substitutes(self, lesson: LessonId, absent: PersonId, by: PersonId) -> None:
        offices = Substitutions(self.storage, self.cast.clock)
        await offices.put(self.cast.actor(self.cast.deputy), lesson, absent, by, 0, ChangeReason.SICK, sure=True)

    async def later(self) -> dict[int, list[str]]:
        self.cast.clock.advance(WINDOW)
        return await self.texts()

    async def texts(self) -> dict[int, list[str]]:
        """What families got."""
        return {person: got for person, got in (await super().texts()).items() if person >= self.cast.mother_larina}

    @property
    def tomorrow(self) -> LessonId:
        return self.cast.lessons["завтра"]


@pytest.fixture
async def box(storage: Storage) -> Office:
    """It is 07:30; the school has bells, so that lessons may move."""
    cast = await found(storage, now="07:30")
    async with storage.writing() as uow:
        bells = insert(Bells).values(school_id=cast.school_id, name="обычное", usual=True)
        bells_id = (await uow.execute(bells.returning(Bells.id))).scalar_one()
        for number, hour in {**BELLS, 7: "13:45"}.items():
            starts = int(hour[:2]) * 60 + int(hour[3:])
            values = {"bells_id": bells_id, "number": number, "starts_minute": starts, "ends_minute": starts + 40}
            await uow.execute(insert(LessonSlot), values)
    return Office(storage, cast)


async def test_the_changes_of_today_make_one_letter_a_child_in_two_minutes(box: Office) -> None:
    school = box.cast
    await box.cancels(school.algebra)
    school.clock.advance(timedelta(seconds=60))
    await box.substitutes(school.lessons["литература"], school.colleague, school.substitute)
    assert await box.texts() == {}, "the window is open"
    school.clock.advance(timedelta(seconds=61))
    assert (await box.texts())[school.mother_larina] == [
        "<b>Татьяна</b>\n"
        "Изменения в расписании, сегодня, вт 8 сентября:\n"
        "алгебра (3-й урок) — отменён\n"
        "литература (6-й урок) — замена: Лобачевский Н. И."
    ]


async def test_only_families_whose_child_sits_in_the_lesson_are_told(box: Office) -> None:
    await box.cancels(box.cast.lessons["английский 1"])
    got = await box.later()
    async with box.storage.reading() as uow:
        rows = await uow.execute(select(Item.student_id).where(Item.kind == ItemKind.TIMETABLE.value))
        students = {row.student_id for row in rows}
    assert set(got) <= {box.cast.mother_larina, box.cast.father_larin, box.cast.mother_onegina}
    assert students == {box.cast.larina} or students == {box.cast.onegin}


async def test_a_lesson_that_is_again_as_it_was_before_anybody_heard_is_no_news(box: Office) -> None:
    await box.cancels(box.cast.algebra)
    await box.restores(box.cast.algebra)
    assert await box.later() == {}


async def test_what_was_told_is_taken_back_by_a_letter(box: Office) -> None:
    school = box.cast
    await box.cancels(school.algebra)
    await box.later()
    await box.restores(school.algebra)
    assert (await box.later())[school.mother_larina] == [
        "<b>Татьяна</b>\nИзменения в расписании, сегодня, вт 8 сентября:\nалгебра (3-й урок) — снова по расписанию"
    ]


async def test_a_lesson_moved_is_told_with_its_new_place(box: Office) -> None:
    school = box.cast
    await box.states.move(school.actor(school.deputy), school.algebra, TODAY, 7, COLD)
    assert (await box.later())[school.mother_larina] == [
        "<b>Татьяна</b>\n"
        "Изменения в расписании, сегодня, вт 8 сентября:\n"
        "алгебра (3-й урок) — перенос: сегодня, вт 8 сентября, 7-й урок, 13:45"
    ]


async def test_tomorrows_changes_come_in_the_evening_letter_at_the_lesson_itself(box: Office) -> None:
    school = box.cast
    await box.substitutes(box.tomorrow, school.owner, school.substitute)
    assert await box.later() == {}
    box.clock_shows("18:30")
    await box.evening()
    got = await box.texts()
    assert got[school.father_larin] == [
        "<b>Вечер, вт 8 сентября</b>\n\n<b>Татьяна</b>\n<i>Завтра, ср 9 сентября</i>\n3. Алгебра (замена)"
    ]
    assert got[school.mother_larina] == [  # who reads at once gets no evening letter with tomorrow in it
        "<b>Ещё новости, вт 8 сентября</b>\n\n<b>Татьяна</b>\n"
        "Изменения в расписании:\n"
        "алгебра (3-й урок), завтра, ср 9 сентября — замена: Лобачевский Н. И."
    ]


async def test_tomorrows_change_after_the_evening_letter_comes_at_once_and_after_quiet_hours(box: Office) -> None:
    school = box.cast
    box.clock_shows("19:40")
    await box.cancels(box.tomorrow)
    assert school.father_larin in await box.later()
    box.clock_shows("22:00")
    await box.restores(box.tomorrow)
    assert await box.later() == {}
    box.clock_shows("07:00", TODAY + timedelta(days=1))
    assert school.father_larin in await box.texts()


async def test_a_change_expires_with_its_lesson(box: Office) -> None:
    await box.cancels(box.cast.algebra)
    async with box.storage.reading() as uow:
        rows = await uow.execute(select(Item.expires_at).where(Item.kind == ItemKind.TIMETABLE.value).distinct())
        assert [row.expires_at for row in rows] == [box.cast.at("11:05")]


async def test_of_a_lesson_that_is_over_nothing_is_told(box: Office) -> None:
    box.clock_shows("14:00")
    await box.substitutes(box.cast.algebra, box.cast.owner, box.cast.substitute)
    async with box.storage.reading() as uow:
        rows = await uow.execute(select(Item.id).where(Item.kind == ItemKind.TIMETABLE.value))
        assert list(rows) == []
