"""The family's diary on a phone of 360 px: the week, the subjects, the timetable, the picture of the term.

Screens are kept as pictures: in the test's own folder, or in docs/screens with ZVONOK_SCREENS=1.
"""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from storage.models.journal import Attendance, LessonRecord, LessonWork, Mark
from storage.models.timetable import Lesson
from tests.browser.narrow import folder, keep, shown, taps
from tests.scenes import people
from tests.scenes.founding import founded_copy
from tests.scenes.test_finals import LARINA
from tests.scenes.world import TUESDAY, World, at, world_of
from tests.support.phones import Phones

__all__ = ["folder", "shown"]  # fixtures


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """The school of the scenes on its Tuesday, with what the diary shows of it."""
    async with world_of(founded_copy(tmp_path / "zvonok.db"), tmp_path) as world:
        await world.opens_service()
        yield world


TUESDAYS = [TUESDAY + timedelta(days=7 * week) for week in range(4)]
MARKS = {("Алгебра", 3): "4534", ("История", 2): "554", ("Русский язык", 1): "3454", ("Литература", 6): "5 4"}


async def filled(world: World) -> None:
    """Marks of some weeks in four subjects, a topic with homework, an absence, and a cancelled lesson."""
    assert world.app is not None
    author, larina = await world.person_id(people.TEACHER), await world.person_id(LARINA)
    entered = {"rev": 1, "author_id": author, "entered_at": at("10:50")}
    today = TUESDAYS[-1]
    algebra, history = await world.lesson("Алгебра", "7Б", 3, today), await world.lesson("История", "7Б", 2, today)
    given = {
        await world.lesson(subject, "7Б", slot, day): (value, "control" if day == TUESDAYS[2] else "answer")
        for (subject, slot), values in MARKS.items()
        for day, value in zip(TUESDAYS, values, strict=False)
        if value != " "
    }
    physical = await world.lesson("Физическая культура", "7Б", 5, today)
    async with world.app.storage.writing() as uow:
        for lesson, (value, kind) in given.items():
            column = {"lesson_id": lesson, "kind": kind, "ordinal": 1, "author_id": author, "created_at": at("10:50")}
            work = (await uow.execute(insert(LessonWork).values(column).returning(LessonWork.id))).scalar_one()
            mark = {"work_id": work, "student_id": larina, "value": value, "comment": "", **entered}
            await uow.execute(insert(Mark), mark)
        for part, value in (("topic", "Степень с натуральным показателем"), ("homework", "§ 5, № 112–118 (нечётные)")):
            await uow.execute(insert(LessonRecord), {"lesson_id": algebra, "part": part, "value": value, **entered})
        absent = {"lesson_id": history, "student_id": larina, "code": "absent", "reason": "ill", **entered}
        await uow.execute(insert(Attendance), absent)
        cancelled = {"state": "cancelled", "state_reason": "актировка"}
        await uow.write(update(Lesson).where(Lesson.id == physical).values(cancelled))


async def test_every_view_of_the_diary_is_two_taps_from_the_menu(world: World, shown: Phones, folder: Path) -> None:
    await filled(world)
    await world.lets_in(people.MOTHER_LARINA)
    await world.clock_shows("15:30", TUESDAYS[-1])
    phone = await shown.phone("Прасковья Ларина")
    await phone.writes("/start")
    await phone.sees("Что откроем?")
    await taps(phone, "Неделя", then="неделя, 28 сентября – 4 октября")
    await phone.frame.locator(".key").last.scroll_into_view_if_needed()
    await keep(phone, folder / "diary-week.png")
    await taps(phone, "Расписание", then="отменён: актировка")
    await keep(phone, folder / "diary-timetable.png")
    await taps(phone, "Меню", then="Что откроем?")
    await taps(phone, "Предметы", then="выходит")
    await keep(phone, folder / "diary-subjects.png")
    await taps(phone, "История", then="Пропущено уроков: 1")
    await keep(phone, folder / "diary-subject.png")
    await taps(phone, "Темы и ДЗ", then="Нет на уроке")
    await taps(phone, "Меню", then="Что откроем?")
    await taps(phone, "Дневник", then="сегодня, вт 29 сентября")
    await taps(phone, "ДЗ на завтра", then="ДЗ на завтра, ср 30 сентября")
    await taps(phone, "Дневник", then="сегодня, вт 29 сентября")
    await taps(phone, "Пропуски", then="2-й урок: болеет")
    await taps(phone, "Меню", then="Что откроем?")
    await taps(phone, "Итоги", then="Итоговых оценок пока нет")
    await taps(phone, "По годам", then="итоги, 2026/2027")
    await taps(phone, "Предметы", then="выходит")
    await taps(phone, "Картинка", then="1-я четверть")
    picture = phone.frame.locator("img").last
    await picture.wait_for()
    assert await picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 1080
    await keep(phone, folder / "diary-picture.png")
