"""The quick line: typed while a lesson is on, shown back, written by one tap."""

from tests.scenes import people
from tests.scenes.acts import texts
from tests.scenes.world import World


async def test_a_line_is_shown_back_asked_about_and_written_by_one_tap(world: World) -> None:
    teacher, mother, mother_petrova = await world.lets_in(people.TEACHER, people.MOTHER_IVANOVA, people.MOTHER_PETROVA)
    await world.clock_shows("10:40")
    since = teacher.mark()
    await teacher.types("н Иванов, петров 5 контр")
    card = await teacher.sees("Кто это — «Иванов»?", since=since)
    assert card.buttons == ["Иванов Иван", "Иванов Илья", "Отменить"]
    assert "контрольная работа: Петров Пётр — 5" in card.text

    await teacher.taps("Иванов Илья", then="нет: Иванов Илья")
    assert "Записать" in teacher.last.buttons
    await world.passes(600)
    world.silent(since, teacher)  # nothing is written, and so nothing is told, before the tap

    await teacher.taps("Записать", then="нет 1: Иванов И.")
    assert "✅ Оценки: контрольная работа — 1 оценка" in teacher.last.text
    await world.passes(60)
    assert texts(mother_petrova, since) == ["Пётр: алгебра — 5 (контрольная работа)"]
    await world.passes(240)
    [absence] = texts(mother, since)  # nobody has pressed «Готово»: five minutes after the last tap
    assert absence.startswith("Илья отсутствует на уроке: алгебра")


async def test_a_line_that_is_dropped_writes_nothing(world: World) -> None:
    [teacher] = await world.lets_in(people.TEACHER)
    await world.clock_shows("10:40")
    await teacher.types("н Сидоров Яковлева, о фёдоров")
    line = await teacher.sees("опоздали: Фёдоров Денис")
    assert "нет: Сидоров Кирилл, Яковлева Вера" in line.text
    await teacher.taps("Отменить", then="▫ Посещаемость")
    answer = await teacher.forges(line.button("Записать").data or "", line)  # type: ignore[union-attr]
    assert answer is not None and answer.alert
    assert "Эта строка уже не ждёт" in answer


async def test_words_that_are_no_line_get_a_hint_and_the_menu(world: World) -> None:
    [teacher] = await world.lets_in(people.TEACHER)
    await world.clock_shows("10:40")
    for text in ("Добрый день!", "Бармалеев 5", "н"):
        since = teacher.mark()
        await teacher.types(text)
        hint = await teacher.sees("Не понимаю. На уроке достаточно строки", since=since)
        assert "Мои уроки" in hint.buttons
