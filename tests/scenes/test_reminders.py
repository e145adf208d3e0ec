"""Reminders on phones: they open in their own place, say «готово» by themselves, and fall silent once all is filled."""

from tests.scenes import people
from tests.scenes.world import World


async def test_the_homework_clock_speaks_half_an_hour_ahead_and_opens_the_card_in_place(world: World) -> None:
    [teacher] = await world.lets_in(people.TEACHER)
    await world.clock_shows("11:16")
    await world.clock_shows("13:16")
    since = teacher.mark()
    await world.clock_shows("15:10")
    reminder = await teacher.sees("Осталось заполнить:", since=since)
    assert "▫ 7Б · Алгебра, 3-й урок, 10:30–11:15 — тема, посещаемость, ДЗ до 15:40, п. 2.7" in reminder.text
    assert "3 · 7Б Алгебра" in reminder.buttons
    count = len(teacher.letters)
    await teacher.taps("3 · 7Б Алгебра", reminder, then="▫ Посещаемость")
    assert len(teacher.letters) == count
    assert (await teacher.sees("7Б · Алгебра", button="Посещаемость", since=since)).id == reminder.id


async def test_a_reminder_says_ready_by_itself_and_the_rest_of_the_day_is_silent(world: World) -> None:
    [teacher] = await world.lets_in(people.TEACHER)
    await world.clock_shows("08:30")
    first = await teacher.sees("1А · Математика", button="Все присутствуют")
    await teacher.taps("Все присутствуют", first, then="✅ Посещаемость")
    since = teacher.mark()
    await teacher.taps("Тема", first)
    await teacher.sees("Пришлите тему", since=since)
    await teacher.types("Счёт до десяти")
    await teacher.sees("Всё заполнено.", since=since)
    await world.clock_shows("10:30")
    algebra = await teacher.sees("7Б · Алгебра", button="Все присутствуют")
    await teacher.taps("Все присутствуют", algebra, then="✅ Посещаемость")
    await teacher.taps("Тема: ", algebra, then="✅ Тема")
    await world.clock_shows("11:15")
    await world.clock_shows("12:30")
    other = await teacher.sees("7А · Алгебра", button="Все присутствуют")
    await teacher.taps("Все присутствуют", other, then="✅ Посещаемость")
    await teacher.taps("Не задано", other, then="✅ ДЗ")
    await teacher.taps("Тема: ", other, then="Всё заполнено.")
    await world.clock_shows("15:10")
    reminder = await teacher.sees("Осталось заполнить:")
    assert reminder.text.splitlines()[1] == "▫ 7Б · Алгебра, 3-й урок, 10:30–11:15 — ДЗ до 15:40, п. 2.7"
    since = teacher.mark()
    await teacher.taps("Не задано", algebra, then="Всё заполнено.")
    await world.passes(15)
    done = await teacher.sees("Готово, всё заполнено.", since=since)
    assert done.id == reminder.id
    assert done.buttons == []
    since = teacher.mark()
    for hour in ("15:40", "17:30", "18:30", "20:00"):
        await world.clock_shows(hour)
    world.silent(since)


async def test_a_deputy_head_is_told_in_the_morning_and_opens_who_is_late(world: World) -> None:
    teacher, deputy = await world.lets_in(people.TEACHER, people.DEPUTY)
    since = deputy.mark()
    await world.clock_shows("08:30")
    morning = await deputy.sees("Просрочено в журналах на утро.", since=since)
    await deputy.taps("Контроль", morning, then="Нажмите на фамилию")
    page = await deputy.sees("Нажмите на фамилию")
    label = next(one for one in page.buttons if one.startswith("Вишневская"))
    await deputy.taps(label, page, then="Вишневская Галина Павловна")
    assert "срок был 7 сентября" in (await deputy.sees("Вишневская Галина Павловна")).text
    since = deputy.mark()
    await world.clock_shows("09:00")
    assert [one for one in deputy.letters if "на утро" in one.text and one.changed > since] == []
    since = teacher.mark()
    await teacher.types("контроль")
    assert "Просрочено" not in (await teacher.sees(since=since)).text
