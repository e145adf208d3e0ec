"""Homework on the phones: photos and albums, as last time, chosen students; and what families see of it."""

import base64

from bot.sandbox.client import Person as Phone
from tests.scenes import people
from tests.scenes.acts import came, texts
from tests.scenes.world import TUESDAY, World

ALGEBRA = "7Б · Алгебра"
PHOTO = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


async def in_the_lesson(world: World, *families: str) -> tuple[Phone, list[Phone]]:
    """The teacher with the card of the third lesson, and families who want letters at once."""
    [teacher, *phones] = await world.lets_in(people.TEACHER, *families)
    for phone in phones:
        await phone.types("Настройки")
        await phone.taps("Сразу", then="сразу")
    await world.clock_shows("10:40")
    await teacher.sees(ALGEBRA, button="ДЗ")
    return teacher, phones


async def test_a_full_card_takes_four_taps_at_most(world: World) -> None:
    """The plan's topic, «Все присутствуют», «Не задано»: three, from the card that came by itself."""
    teacher, _ = await in_the_lesson(world)
    taps = teacher.tap_count
    await teacher.taps("Тема: ", then="✅ Тема")
    await teacher.taps("Все присутствуют", then="✅ Посещаемость")
    await teacher.taps("Не задано", then="Всё заполнено")
    assert teacher.tap_count - taps <= 4


async def test_an_album_is_one_homework_and_reaches_the_family_with_its_pictures(world: World) -> None:
    teacher, [mother] = await in_the_lesson(world, people.MOTHER_LARINA)
    prompt = await teacher.sees(ALGEBRA, button="ДЗ")
    await teacher.taps("ДЗ", prompt, then="Пришлите задание сообщением")
    since = teacher.mark()
    await teacher.sends_album(PHOTO, PHOTO + b"2", caption="§ 14, № 231")
    await world.rests()
    asked = await teacher.sees("Можно прислать ещё", since=since)
    assert asked.text == (
        "7Б · Алгебра, 3-й урок, 10:30–11:15\n§ 14, № 231 📎 2\nМожно прислать ещё файлы или текст задания."
    )
    assert [one.text for one in came(teacher, since)] == [
        "7Б · Алгебра\nЗадание записано.",  # the question, answered, offers nothing any more
        asked.text,
    ]
    await teacher.taps("Готово", asked, then="✅ ДЗ: § 14, № 231 📎 2")
    await world.passes(60)
    letter = await mother.sees("§ 14, № 231 📎 2", button="Вложения: Алгебра")
    since = mother.mark()
    await mother.taps("Вложения: Алгебра", letter)
    await world.rests()
    assert len(came(mother, since)) == 2, "both photos, by the files' own ids"
    await mother.types("Дневник")
    diary = await mother.sees("Задано: § 14, № 231 📎 2", button="📎 Алгебра")
    await mother.taps("📎 Алгебра", diary)


async def test_a_typed_homework_closes_its_question(world: World) -> None:
    teacher, _ = await in_the_lesson(world)
    prompt = await teacher.sees(ALGEBRA, button="ДЗ")
    await teacher.taps("ДЗ", prompt, then="Пришлите задание сообщением")
    since = teacher.mark()
    await teacher.types("№ 5")
    await world.rests()
    await teacher.sees("✅ ДЗ: № 5", since=since)
    closed = next(one for one in teacher.letters if one.id == prompt.id)
    assert closed.text == "7Б · Алгебра, 3-й урок, 10:30–11:15\nЗадание записано."
    assert closed.buttons == []


async def test_as_last_time_is_shown_before_it_is_taken(world: World) -> None:
    teacher, _ = await in_the_lesson(world)
    await teacher.taps("ДЗ", then="Пришлите задание сообщением")
    await teacher.taps("Письменно")
    await teacher.types("§ 3, выучить")
    await teacher.sees("✅ ДЗ: § 3, выучить (письменно)")
    wednesday = TUESDAY.replace(day=9)
    await world.clock_shows("09:40", wednesday)
    await teacher.sees("сегодня, ср 9 сентября", button="ДЗ")
    await teacher.taps("ДЗ", then="В прошлый раз, 8 сентября: § 3, выучить (письменно)")
    await teacher.taps("Как в прошлый раз", then="✅ ДЗ: § 3, выучить (письменно)")
    await teacher.taps("Отменить", then="▫ ДЗ")


async def test_homework_of_chosen_students_reaches_their_families_alone(world: World) -> None:
    teacher, [larina, onegina, of_two] = await in_the_lesson(
        world, people.MOTHER_LARINA, people.MOTHER_ONEGINA, people.MOTHER_OF_TWO
    )
    await teacher.taps("ДЗ", then="Пришлите задание сообщением")
    await teacher.taps("Выбранным ученикам", then="Нажмите на тех")
    page = await teacher.sees("Нажмите на тех")
    await teacher.taps(next(label for label in page.buttons if label == "2/2 →"), page)
    await world.rests()
    await teacher.taps("Ларина Т", then="Выбрано 1")
    await teacher.taps("Написать", then="Напишите задание для: Ларина Т.")
    since = teacher.mark()
    await teacher.types("КАНАРЕЙКА")
    await world.rests()
    card = await teacher.sees("+ 1 индивидуальное", since=since)
    await world.passes(61)
    assert texts(larina, since) == ["Татьяна\nЗадано:\nалгебра, лично — КАНАРЕЙКА (на завтра, ср 9 сентября)"]
    world.silent(since, teacher, larina)
    for phone in (onegina, of_two):
        await phone.types("Дневник")
        await world.rests()
        assert "КАНАРЕЙКА" not in phone.last.text
    await teacher.taps("Отменить", card, then="Снято: Ларина Татьяна")
    await world.passes(61)
    assert "личное задание снято" in larina.last.text


async def test_a_topic_in_another_language_takes_one_more_tap(world: World) -> None:
    teacher, _ = await in_the_lesson(world)
    card = await teacher.sees(ALGEBRA, button="Тема")
    await teacher.taps("Тема", card, then="Выберите тему из плана")
    await teacher.types("Present Simple")
    await teacher.sees("Записи по всем предметам ведутся на русском языке (п. 4.4.11).")
    await teacher.taps("Записать так", then="✅ Тема: Present Simple")
