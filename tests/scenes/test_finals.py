"""The last week of a quarter: thirty term marks by four taps, and one letter at five."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import insert, select

from bot.sandbox.client import Person as Phone
from storage.models.finals import TermMark
from storage.models.journal import LessonWork, Mark
from storage.models.people import Enrollment
from storage.models.school import SchoolClass
from tests.scenes import people
from tests.scenes.acts import texts
from tests.scenes.world import TUESDAY, World, at

LAST_WEEK = date(2026, 10, 20)  # a Tuesday
LARINA = "Ларина Татьяна Дмитриевна"


async def marked(world: World, subject: str, slot: int, values: Sequence[str]) -> None:
    """A control work in a lesson of September, as it stands: each of 7Б has one of the values in turn."""
    assert world.app is not None
    lesson, author = await world.lesson(subject, "7Б", slot), await world.person_id(people.TEACHER)
    entered = {"author_id": author, "entered_at": at("10:40")}
    async with world.app.storage.writing() as uow:
        of_class = select(Enrollment.student_id).join(SchoolClass).where(SchoolClass.name == "7Б")
        students = [row.student_id for row in await uow.execute(of_class.order_by(Enrollment.student_id))]
        column = {"lesson_id": lesson, "kind": "control", "ordinal": 1, "author_id": author, "created_at": at("10:40")}
        work = (await uow.execute(insert(LessonWork).values(column).returning(LessonWork.id))).scalar_one()
        marks = [
            {"work_id": work, "student_id": student, "rev": 1, "value": values[place % len(values)], **entered}
            for place, student in enumerate(students)
        ]
        await uow.execute(insert(Mark), [{"comment": "", **mark} for mark in marks])


async def issued(world: World, name: str) -> list[str]:
    """The issued term marks of somebody, the first first."""
    assert world.app is not None
    student = await world.person_id(name)
    async with world.app.storage.reading() as uow:
        found = select(TermMark.value).where(TermMark.student_id == student, TermMark.issued.is_(True))
        return [str(row.value) for row in await uow.execute(found.order_by(TermMark.entered_at))]


async def sends_all(teacher: Phone, what: str) -> None:
    """From the menu on: every tap is one of these four."""
    since = teacher.mark()
    await teacher.types("/start")
    await teacher.taps("Четвертные", await teacher.sees(button="Четвертные", since=since), then="1-я четверть")
    await teacher.taps(f"▫️ {what}", then="Без оценки: 30")
    await teacher.taps("Принять все", then="30 оценок в черновике")
    await teacher.taps("Выставить и отправить", then="Выставлено 30 оценок")


async def opens_results(deputy: Phone) -> None:
    """«Итоги» of the school, from the menu."""
    since = deputy.mark()
    await deputy.types("/start")
    await deputy.taps("Итоги", await deputy.sees(button="Итоги", since=since), then="Оценки выставляют")


async def test_thirty_term_marks_by_four_taps_and_one_letter_at_five(world: World) -> None:
    teacher, colleague, mother = await world.lets_in(people.TEACHER, people.COLLEAGUE, people.MOTHER_LARINA)
    await marked(world, "Алгебра", 3, ["5", "4", "3"])
    await marked(world, "История", 2, ["4"])
    await world.clock_shows("14:40", LAST_WEEK)
    since = mother.mark()
    await sends_all(teacher, "7Б Алгебра")
    assert "Все оценки отправлены" in teacher.last.text
    await world.clock_shows("15:30", LAST_WEEK)
    await sends_all(colleague, "7Б История")
    await world.clock_shows("16:59", LAST_WEEK)
    assert texts(mother, since) == []
    await world.clock_shows("17:00", LAST_WEEK)
    algebra, history = await issued(world, LARINA)
    assert texts(mother, since) == [f"Татьяна\nИтоги, 1-я четверть:\nалгебра — {algebra}\nистория — {history}"]
    letter = await mother.sees("Итоги, 1-я четверть", since=since)
    answer = await mother.taps("Ознакомлен(а)", letter)
    assert answer is not None and "✓ Ознакомлен(а) 20 октября, 17:0" in answer
    await mother.sees("Итоги, 1-я четверть", button="✓ Ознакомлен(а) 20 октября", since=since)
    since = mother.mark()
    await mother.types("Дневник")
    screen = await mother.sees(button="Итоги", since=since)
    await mother.taps("Итоги", screen, then=f"Алгебра: 1-я четверть — {algebra}")
    assert any("✓ Ознакомлен(а)" in label for label in mother.last.buttons)


async def test_before_the_last_week_there_is_a_forecast_and_a_date(world: World) -> None:
    [teacher] = await world.lets_in(people.TEACHER)
    await marked(world, "Алгебра", 3, ["5", "2"])
    await world.clock_shows("14:40", TUESDAY)
    await teacher.types("Четвертные")
    await teacher.taps("▫️ 7Б Алгебра", await teacher.sees("Четвертные"), then="с 19 октября")
    assert not {"Принять все", "Выставить и отправить"} & set(teacher.last.buttons)
    await teacher.taps("Прогноз", then="Под угрозой:")
    assert "Качество 50 %, успеваемость 50 %" in teacher.last.text


async def test_blanks_are_named_and_other_peoples_buttons_do_nothing(world: World) -> None:
    teacher, other, deputy = await world.lets_in(people.TEACHER, people.COLLEAGUE, people.DEPUTY)
    await world.clock_shows("14:40", LAST_WEEK)
    await teacher.types("Четвертные")
    await teacher.taps("▫️ 7Б Алгебра", await teacher.sees("Четвертные"), then="Без оценки: 30")
    first = next(label for label in teacher.last.buttons if "Абдурахманова" in label)
    await teacher.taps(first, then="За этот период оценок нет")
    await teacher.taps("ОСВ", then="Абдурахманова Патимат — ОСВ")
    refused = await teacher.taps("Выставить и отправить")
    assert refused is not None and refused.alert
    assert "Без оценки: Андреев Пётр" in refused
    assert "(+24)" in refused
    issue = teacher.last.button("Выставить и отправить")
    assert issue is not None and issue.data is not None
    accept = issue.data.replace("ti1", "ta1").rpartition(":")[0]
    for nobody in (other, deputy):
        since = nobody.mark()
        await nobody.types("/start")
        await nobody.sees("Что откроем?", since=since)
        for data in (issue.data, accept):
            refused = await nobody.forges(data, nobody.last)
            assert refused is not None and refused.alert
            assert "учитель" in refused


async def test_the_deputy_head_sees_what_is_missing_and_closes_no_quarter_with_it(world: World) -> None:
    teacher, deputy = await world.lets_in(people.TEACHER, people.DEPUTY)
    await marked(world, "Алгебра", 3, ["5"])
    await world.clock_shows("14:40", LAST_WEEK)
    await sends_all(teacher, "7Б Алгебра")
    await world.clock_shows("15:00", date(2026, 10, 24))
    await opens_results(deputy)
    await deputy.taps(next(one for one in deputy.last.buttons if one.startswith("7Б")), then="История — Соловьёв")
    assert "✅ Алгебра" in deputy.last.buttons
    await deputy.taps("Проверка", then="Контрольной работы за период не было.")
    await opens_results(deputy)
    await deputy.taps("Закрыть четверть", then="для всей школы")
    refused = await deputy.taps("Закрыть четверть")
    assert refused is not None and refused.alert
    assert "Закрыть пока нельзя" in refused
