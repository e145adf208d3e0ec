"""Students read of their own homework, in the evening, and of nothing else."""

from datetime import timedelta

import pytest

from services.preferences import Preferences
from services.rules.quiet_hours import Way
from storage.uow import Storage
from storage.vocabulary import AttendanceCode, ItemKind, PersonId, WorkKind
from tests import school as people
from tests.letters.mailbox import Mailbox
from tests.school import TODAY, found


class Student(Mailbox):
    """Татьяна Ларина has an account of her own; the class has homework."""

    @property
    def tatiana(self) -> PersonId:
        return self.cast.larina

    async def evening_at(self, hour: str) -> list[str]:
        self.clock_shows(hour)
        await self.evening()
        return (await self.texts()).get(self.tatiana, [])


@pytest.fixture
async def box(storage: Storage) -> Student:
    box = Student(storage, await found(storage))
    async with storage.writing() as uow:
        await people.connect(uow, box.cast, box.tatiana)
    return box


async def test_homework_comes_to_the_student_in_the_evening_and_nothing_else_does(box: Student) -> None:
    school = box.cast
    await box.gives("№ 312–315", school.algebra, school.owner)
    box.clock_shows("14:00")
    await box.gives("наизусть 12 строк", school.lessons["литература"], school.colleague)
    await box.marks_(box.tatiana, "5", WorkKind.ANSWER, school.algebra, school.owner)
    await box.says(box.tatiana, AttendanceCode.ABSENT, school.algebra, school.owner)
    assert await box.evening_at("18:29") == []
    assert await box.evening_at("18:30") == [
        "<b>Вечер, вт 8 сентября</b>\n"
        "\n"
        "<b>Татьяна</b>\n"
        "Задано:\n"
        "литература — наизусть 12 строк\n"
        "<i>Завтра, ср 9 сентября</i>\n"
        "3. Алгебра — № 312–315"
    ]


async def test_later_homework_comes_once_more_before_the_quiet_hours(box: Student) -> None:
    await box.evening_at("18:30")
    box.clock_shows("19:30")
    await box.gives("№ 312–315", box.cast.algebra, box.cast.owner)
    [letter] = await box.evening_at("20:45")
    assert "№ 312–315" in letter


async def test_a_student_chooses_the_hour_or_no_letters(box: Student) -> None:
    preferences = Preferences(box.storage, box.cast.clock)
    tatiana = box.cast.actor(box.tatiana)
    await preferences.choose_hour(tatiana, 20 * 60)
    await box.gives("№ 312–315", box.cast.algebra, box.cast.owner)
    assert await box.evening_at("18:30") == []
    assert len(await box.evening_at("20:00")) == 1
    await preferences.choose_kind(tatiana, ItemKind.HOMEWORK, Way.NEVER)
    box.clock_shows("14:00", TODAY + timedelta(days=1))
    await box.gives("§ 5", box.cast.lessons["завтра"], box.cast.owner)
    box.clock_shows("20:00", TODAY + timedelta(days=1))
    await box.evening()
    assert box.tatiana not in await box.texts()


async def test_who_has_no_account_gets_no_letter(box: Student) -> None:
    await box.gives("№ 312–315", box.cast.algebra, box.cast.owner)
    box.clock_shows("18:30")
    await box.evening()
    assert set(await box.texts()) == {box.tatiana, box.cast.mother_larina, box.cast.mother_onegina} | {
        box.cast.father_larin
    }
