"""Marks until their letter goes: changed, taken back, undone; and where no mark may stand."""

from tests.scenes import people
from tests.scenes.acts import opens_marks, puts_mark, texts
from tests.scenes.world import World


async def test_a_mark_changed_before_its_letter_is_told_once_with_the_last_value(world: World) -> None:
    teacher, mother = await world.lets_in(people.TEACHER, people.MOTHER_LARINA)
    await opens_marks(world, teacher)
    since = teacher.mark()
    for value in ("3", "4", "5"):
        await puts_mark(teacher, "Ларина Т", value)
        await world.passes(30)
    await world.passes(300)
    assert texts(mother, since) == ["Татьяна: алгебра — 5 (ответ)"]


async def test_a_mark_taken_back_before_its_letter_is_never_told(world: World) -> None:
    teacher, mother = await world.lets_in(people.TEACHER, people.MOTHER_LARINA)
    await opens_marks(world, teacher)
    since = teacher.mark()
    await puts_mark(teacher, "Ларина Т", "2")
    await teacher.taps("Отменить", then="Ларина Татьяна — оценка убрана")
    await world.passes(600)
    world.silent(since, teacher)
    await mother.types("Дневник")
    await mother.sees("Татьяна, 7Б")
    assert "Оценки" not in mother.last.text


async def test_a_mark_changed_after_its_letter_is_told_as_a_change_and_then_closes(world: World) -> None:
    teacher, mother = await world.lets_in(people.TEACHER, people.MOTHER_LARINA)
    await opens_marks(world, teacher)
    since = teacher.mark()
    await puts_mark(teacher, "Ларина Т", "4")
    await world.passes(90)
    await puts_mark(teacher, "Ларина Т", "5")
    await world.passes(90)
    assert texts(mother, since) == [
        "Татьяна: алгебра — 4 (ответ)",
        "Татьяна: алгебра — исправлено 4 → 5 (ответ)",
    ]
    await world.passes(600)
    await teacher.taps("Ларина Т", then="Изменить оценку можно в течение 10 мин")
    refusal = await teacher.sees("Изменить оценку можно")
    assert refusal.buttons == ["Запросить исправление", "Назад"]


async def test_class_1_takes_neither_marks_nor_homework(world: World) -> None:
    """Invariant 2 of the regulation: by the screens there is no way, by forged buttons there is a refusal."""
    [teacher] = await world.lets_in(people.TEACHER)
    await world.clock_shows("08:40")
    await teacher.types("Мои уроки")
    await teacher.taps("1 · 1А Математика", then="1А · Математика")
    assert not {"Оценки", "ДЗ", "Не задано"} & set(teacher.last.buttons)
    opens = teacher.last.button("Посещаемость")
    assert opens is not None and opens.data is not None
    lesson = opens.data.split(":")[1]
    for forged, said in (
        (f"om1:{lesson}", "оценок не ставят"),
        (f"aw1:{lesson}:answer:1", "оценок не ставят"),
        (f"oh1:{lesson}", "домашних заданий нет"),
        (f"nh1:{lesson}:0", "домашних заданий нет"),
    ):
        answer = await teacher.forges(forged, teacher.last)
        assert answer is not None and answer.alert
        assert said in answer
    await teacher.taps("Все присутствуют", then="все на месте (1)")


async def test_future_and_cancelled_lessons_take_no_record(world: World) -> None:
    """Invariant 2 too."""
    [teacher] = await world.lets_in(people.TEACHER)
    await world.clock_shows("10:20")
    await teacher.types("Мои уроки")
    await teacher.taps("3 · 7Б Алгебра", then="Урок начнётся")
    assert teacher.last.buttons == ["Мои уроки"]
    lesson = await world.lesson("Алгебра", "7Б", slot=3)
    student = await world.person_id("Ларина Татьяна Дмитриевна")
    forged = (
        f"oa1:{lesson}:0",
        f"pa1:{lesson}:{student}:absent:0:0",
        f"ap1:{lesson}:0",
        f"ot1:{lesson}",
        f"nh1:{lesson}:0",
        f"aw1:{lesson}:control:1",
    )
    for data in forged:
        answer = await teacher.forges(data, teacher.last)
        assert answer is not None and answer.alert
        assert "Урок начнётся" in answer
    await world.cancels(lesson)
    await world.clock_shows("10:40")
    since = teacher.mark()
    world.silent(since)
    for data in forged:
        answer = await teacher.forges(data, teacher.last)
        assert answer is not None and answer.alert
        assert "Урок отменён" in answer
