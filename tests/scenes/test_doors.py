"""Doors that stay shut: forged, foreign, old and doubled buttons; links and codes that are wrong or used."""

import asyncio

import pytest

from bot.sandbox.client import Answer
from bot.sandbox.client import Person as Phone
from tests.scenes import people
from tests.scenes.acts import came, marks_absent, opens_marks, puts_mark, texts
from tests.scenes.world import World, joins

REFUSALS = (
    "Это вам недоступно.",
    "Вам это недоступно.",
    "Вы ещё не подключены.",
    "Этот урок ведёт другой учитель.",
    "У этого класса другой классный руководитель.",
    "В этом году у вас нет своего класса.",
    "Эта запись вам недоступна.",
    "Эта строка уже не ждёт.",
    "Вам не открыт ни один дневник.",
    "Этот шаг уже прошёл.",
)


def refused(answer: Answer | None) -> bool:
    """Whether a tap was answered by a window with one of our sentences."""
    return answer is not None and answer.alert and (answer.text or "").startswith(REFUSALS)


async def test_a_guardian_never_opens_another_childs_record_by_a_forged_button(world: World) -> None:
    """Invariant 1 of the regulation."""
    larina, onegina, of_7a = await world.lets_in(people.MOTHER_LARINA, people.MOTHER_ONEGINA, people.MOTHER_OF_7A)
    stranger = await world.phone("Хлестаков Иван Александрович")
    await stranger.starts()
    await stranger.sees("Это «Звонок»")
    await larina.types("Дневник")
    diary = await larina.sees("Татьяна, 7Б")
    stolen = [button.data for row in diary.button_rows for button in row if button.data and ":" in button.data]
    assert stolen
    for thief in (onegina, of_7a, stranger):
        before = texts(thief, 0)
        for data in stolen:
            assert refused(await thief.forges(data, thief.last)), data
        await world.rests()
        assert texts(thief, 0) == before


@pytest.mark.slow
async def test_every_button_of_everybody_pressed_by_everybody_else_changes_nothing(world: World) -> None:
    """Each phone's buttons, newest first, forged from every other phone: refused in words, no record changed."""
    teacher, homeroom_teacher, of_7a, colleague, mother, other = await world.lets_in(
        people.TEACHER,
        people.HOMEROOM_TEACHER,
        people.HOMEROOM_OF_7A,
        people.COLLEAGUE,
        people.MOTHER_LARINA,
        people.MOTHER_ONEGINA,
    )
    await marks_absent(world, teacher, "Сидоров")
    await opens_marks(world, teacher)
    await puts_mark(teacher, "Ларина Т", "4")
    await homeroom_teacher.types("Мой класс")
    await homeroom_teacher.taps("Кто подключён", then="7Б · Кто подключён")
    await homeroom_teacher.taps("Подключены", then="Подключены: 2")
    await homeroom_teacher.taps("Ларина", then="Ларина Прасковья Ивановна")
    await mother.types("Дневник")
    await mother.sees("Татьяна, 7Б")
    await world.passes(60)
    owned: dict[str, Phone] = {}
    for owner in (teacher, homeroom_teacher, mother):
        for letter in owner.letters:
            owned |= {one.data: owner for row in letter.button_rows for one in row if one.data and ":" in one.data}
    asks = next(data for data in owned if data.startswith("ad1:"))
    owned[asks.replace("ad1:", "dg1:")] = homeroom_teacher  # what stands behind «Отключить»: no second question asked
    before = await world.records()
    for data, owner in owned.items():
        thieves = [one for one in (other, of_7a, colleague, mother, teacher, homeroom_teacher) if one is not owner]
        for thief in thieves:
            assert await thief.forges(data, thief.last) is not None, data
    assert await world.records() == before
    await homeroom_teacher.forges(asks.replace("ad1:", "dg1:"), homeroom_teacher.last)
    assert await world.records() != before  # its owner's press does change something


@pytest.mark.slow
async def test_old_buttons_work_after_a_restart(world: World) -> None:
    teacher, mother = await world.lets_in(people.TEACHER, people.MOTHER_LARINA)
    await world.clock_shows("10:34")
    card = await teacher.sees("7Б · Алгебра", button="Посещаемость")
    await teacher.taps("Посещаемость", card, then="в списке 30")
    await world.restarts_service()
    await teacher.taps("Абдурахма", then="нет 1")
    await teacher.taps("2/2 →", then="Страница 2")
    await world.restarts_service()
    await teacher.taps("Ларина Т", then="нет 2")
    await teacher.taps("Готово", then="✅ Посещаемость")
    since = mother.mark()
    await world.restarts_service()
    await world.passes(15)
    [letter] = texts(mother, since)
    assert letter.startswith("Татьяна отсутствует на уроке")


async def test_a_text_that_was_asked_for_before_a_restart_is_taken_after_it(world: World) -> None:
    [teacher] = await world.lets_in(people.TEACHER)
    await world.clock_shows("10:34")
    await teacher.taps("ДЗ", await teacher.sees("7Б · Алгебра", button="ДЗ"), then="Пришлите задание")
    await world.restarts_service()
    await teacher.types("§ 5, № 112")
    await teacher.sees("✅ ДЗ: § 5, № 112")


async def test_a_double_tap_is_done_once(world: World) -> None:
    teacher, mother = await world.lets_in(people.TEACHER, people.MOTHER_LARINA)
    await opens_marks(world, teacher)
    await teacher.taps("2/2 →", then="Страница 2")
    await teacher.taps("Ларина Т")
    choice = await teacher.sees("Ларина Татьяна Дмитриевна")
    since = teacher.mark()
    five = choice.button("5")
    assert five is not None and five.data is not None
    answers = await asyncio.gather(*(teacher.forges(five.data, choice) for _ in range(5)))
    assert sorted(answer.text or "" for answer in answers if answer) == [
        *["Ларина Татьяна — 5"] * 1,
        *["Уже сохранено."] * 4,
    ]
    await world.passes(60)
    assert texts(mother, since) == ["Татьяна: алгебра — 5 (ответ)"]


async def test_a_button_nobody_knows_is_out_of_date_and_brings_the_menu(world: World) -> None:
    teacher, mother = await world.lets_in(people.TEACHER, people.MOTHER_LARINA)
    for phone in (teacher, mother):
        for data in ("zz9:1", "pm0:1:2:5", "pm1:1:2", "pm1:x:y:5:0:0", "ol1:99999999999999999999", "👻", "ol1:-1"):
            since = phone.mark()
            answer = await phone.forges(data, phone.last)
            assert answer is not None and answer.alert
            assert "Эта кнопка устарела" in answer, data
            await phone.sees(since=since)
    answer = await teacher.forges("ol1:987654321", 1_000_000)  # well formed, of no lesson and no message
    assert refused(answer)


async def test_a_link_is_good_once_and_for_its_person(world: World) -> None:
    """A slip's link that was forwarded, opened twice, or opened in another's chat."""
    slip = await world.slip(people.MOTHER_LARINA)
    mother = await world.phone(people.MOTHER_LARINA)
    await joins(mother, slip.link)
    neighbour = await world.phone("Соседкина Анна Ивановна")
    await neighbour.opens(slip.link)
    await neighbour.sees("Этот код или ссылка не подходит")
    await neighbour.types(slip.code)
    await world.rests()
    assert "Этот код или ссылка не подходит" in neighbour.last.text
    since = mother.mark()
    await mother.opens(slip.link)
    await world.rests()
    assert "не подходит" in came(mother, since)[-1].text
    fathers = await world.slip(people.FATHER_LARIN)
    await mother.opens(fathers.link)
    await mother.sees("Листок для другого человека: Ларин Дмитрий Иванович")
    father = await world.phone(people.FATHER_LARIN)
    await joins(father, fathers.link)  # it hasn't been used up


async def test_five_wrong_codes_close_the_typing_and_leave_the_link(world: World) -> None:
    slip = await world.slip(people.MOTHER_LARINA)
    mother = await world.phone(people.MOTHER_LARINA)
    for wrong in ("AAAAA-AAAAA", "BBBBB-BBBBB", "CCCCC-CCCCC", "DDDDD-DDDDD", "EEEEE-EEEEE"):
        since = mother.mark()
        await mother.types(wrong)
        await mother.sees("Этот код или ссылка не подходит", since=since)
    await mother.types(slip.code)
    await mother.sees("Пять кодов не подошли")
    await joins(mother, slip.link)


async def test_words_pictures_and_commands_nobody_awaits_get_a_hint(world: World) -> None:
    teacher, mother = await world.lets_in(people.TEACHER, people.MOTHER_LARINA)
    for phone in (teacher, mother):
        for text in ("привет", "/neverheard", "5", "<b>", "👍", "н " * 900):
            since = phone.mark()
            await phone.types(text)
            await phone.sees("Не понимаю", since=since)
        since = phone.mark()
        await phone.sends_file(b"%PDF-1.4 no document", "записка.pdf")
        await phone.sees("Не понимаю", since=since)
    stranger = await world.phone("Хлестаков Иван Александрович")
    await stranger.types("привет")
    await stranger.sees("Это «Звонок»")
