"""A teacher's day: a card at each bell, a nudge at the end of what is left open, «готово» when it is closed."""

from tests.scenes import people
from tests.scenes.world import World


async def test_a_card_comes_silently_at_each_bell_and_once(world: World) -> None:
    [teacher] = await world.lets_in(people.TEACHER)
    await world.clock_shows("08:29")
    since = teacher.mark()
    for hour in ("08:30", "08:45", "10:30", "10:31", "12:30", "12:50"):
        await world.clock_shows(hour)
    cards = [one for one in teacher.letters if one.changed > since and "Урок закончился" not in one.text]
    assert [one.text.splitlines()[:2] for one in cards] == [
        ["1А · Математика", "1-й урок, 08:30–09:15 · каб. 101 · сегодня, вт 8 сентября"],
        ["7Б · Алгебра", "3-й урок, 10:30–11:15 · каб. 301 · сегодня, вт 8 сентября"],
        ["7А · Алгебра", "5-й урок, 12:30–13:15 · каб. 301 · сегодня, вт 8 сентября"],
    ]
    assert all(one.silent for one in cards)
    assert "ДЗ" not in cards[0].text  # class 1 has none
    assert "ДЗ" in cards[1].text


async def test_a_nudge_opens_the_card_in_its_own_place(world: World) -> None:
    [teacher] = await world.lets_in(people.TEACHER)
    await world.clock_shows("10:30")
    since = teacher.mark()
    await world.clock_shows("11:15")
    nudge = await teacher.sees("Урок закончился, осталось заполнить:", since=since)
    assert nudge.text.splitlines()[1] == (
        "▫ 7Б · Алгебра, 3-й урок, 10:30–11:15 — тема, посещаемость, ДЗ до 15:40, п. 2.7"
    )
    assert not nudge.silent
    assert nudge.buttons == ["3 · 7Б Алгебра"]
    count = len(teacher.letters)
    await teacher.taps("3 · 7Б Алгебра", nudge, then="▫ Посещаемость")
    assert len(teacher.letters) == count
    card = await teacher.sees("7Б · Алгебра", button="Посещаемость", since=since)
    assert card.id == nudge.id
    await world.passes(3600)
    assert (await teacher.sees("7Б · Алгебра", button="Посещаемость")).id == nudge.id  # nothing is written over it


async def test_a_nudge_says_ready_by_itself_when_all_is_filled_in_elsewhere(world: World) -> None:
    [teacher] = await world.lets_in(people.TEACHER)
    await world.clock_shows("12:30")
    card = await teacher.sees("7А · Алгебра")
    await world.clock_shows("13:15")
    nudge = await teacher.sees("Урок закончился")
    await teacher.taps("Все присутствуют", card, then="все на месте (2)")
    await teacher.taps("Не задано", card, then="✅ ДЗ: не задано")
    since = teacher.mark()
    await teacher.taps("Тема: Рациональные числа", card, then="Всё заполнено.")
    await world.passes(15)
    done = await teacher.sees("Готово, всё заполнено.", since=since)
    assert done.id == nudge.id
    assert done.text.splitlines()[1] == "✅ 7А · Алгебра, 5-й урок, 12:30–13:15"
    assert done.buttons == []


async def test_a_lesson_that_is_complete_at_its_end_is_not_spoken_of(world: World) -> None:
    [teacher] = await world.lets_in(people.TEACHER)
    await world.clock_shows("12:30")
    card = await teacher.sees("7А · Алгебра")
    await teacher.taps("Все присутствуют", card)
    await teacher.taps("Не задано", card, then="✅ ДЗ: не задано")
    await teacher.taps("Тема: Рациональные числа", card, then="Всё заполнено.")
    since = teacher.mark()
    await world.clock_shows("13:15")
    await world.clock_shows("13:20")
    world.silent(since)
