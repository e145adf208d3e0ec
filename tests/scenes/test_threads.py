"""«Написать учителю» and «Переписка», from phone to phone."""

from bot.sandbox.client import Person as Phone
from tests.scenes import people
from tests.scenes.acts import came, texts
from tests.scenes.world import TUESDAY, World

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001"
    "e221bc330000000049454e44ae426082"
)
FAMILY = "Ларина Прасковья Ивановна (мать) · Ларина Татьяна, 7Б"


async def begins_to_write(mother: Phone, to: str) -> None:
    """Up to the question for the text."""
    await mother.types("/start")
    await mother.taps("Написать учителю", then="Кому письмо?")
    await mother.taps(next(label for label in mother.last.buttons if to in label), then="Напишите письмо")


async def test_a_letter_its_answer_and_what_is_read(world: World) -> None:
    mother, _father, teacher, _deputy = await world.lets_in(
        people.MOTHER_LARINA, people.FATHER_LARIN, people.TEACHER, people.DEPUTY
    )
    await world.clock_shows("12:00")
    await begins_to_write(mother, "Вишневская")
    since = mother.mark()
    await mother.types("Добрый день! Когда пересдача?")
    assert (await mother.sees("Письмо отправлено", since=since)).buttons == ["Написать ещё", "Переписка"]
    await world.rests()
    [letter] = [one for one in came(teacher, since) if "пересдача" in one.text]
    assert letter.text == f"{FAMILY}\n\nДобрый день! Когда пересдача?"
    assert letter.buttons == ["Ответить", "Переписка"]

    since = teacher.mark()
    await teacher.taps("Ответить", letter)
    question = await teacher.sees("Напишите письмо", since=since)
    assert "Когда пересдача?" in question.text
    await teacher.types("В среду.")
    await teacher.sees("Письмо отправлено", since=since)
    await world.rests()
    assert texts(mother, since) == ["Вишневская Г. П. · Татьяна\n\nВ среду."]
    world.silent(since, mother, teacher)

    await teacher.types("В четверг.")  # nothing awaits it any more
    await world.rests()
    assert not [text for text in texts(mother, since) if "четверг" in text]

    await mother.taps("Переписка", came(mother, since)[0])
    thread = await mother.sees("Добрый день!", since=since)
    assert "12:00 · прочитано" in thread.text
    assert "Передать администрации" in thread.buttons


async def test_a_double_tap_and_an_old_button_write_nothing_twice(world: World) -> None:
    mother, teacher, other = await world.lets_in(people.MOTHER_LARINA, people.TEACHER, people.MOTHER_ONEGINA)
    await world.clock_shows("12:00")
    await begins_to_write(mother, "Вишневская")
    question = mother.last
    since = teacher.mark()
    await mother.types("Раз")
    await mother.types("Два")  # answers no question any more
    await world.rests()
    assert texts(teacher, since) == [f"{FAMILY}\n\nРаз"]
    await mother.taps("Не писать", question, then="Переписка")
    since = mother.mark()
    await mother.types("Три")
    await mother.sees("Всё есть в меню", since=since)
    await world.rests()
    assert not [text for text in texts(teacher, since) if "Три" in text]
    assert not came(other, since)


async def test_an_evening_letter_waits_for_the_morning_and_says_so(world: World) -> None:
    mother, teacher = await world.lets_in(people.MOTHER_LARINA, people.TEACHER)
    await world.clock_shows("19:30")
    await begins_to_write(mother, "Вишневская")
    since = teacher.mark()
    await mother.types("Вопрос на завтра")
    await mother.sees("Сейчас нерабочее время: письмо придёт завтра, ср 9 сентября, в 08:00.")
    await world.passes(60)
    assert not texts(teacher, since)
    await world.clock_shows("08:00", TUESDAY.replace(day=9))
    assert any("Вопрос на завтра" in text for text in texts(teacher, since))


async def test_photos_go_one_by_one_and_as_an_album(world: World) -> None:
    mother, teacher = await world.lets_in(people.MOTHER_LARINA, people.TEACHER)
    await world.clock_shows("12:00")
    await begins_to_write(mother, "Вишневская")
    since = teacher.mark()
    await mother.sends_photo(PNG, caption="Справка")
    await world.rests()
    [letter] = texts(teacher, since)
    assert letter == f"{FAMILY}\n\nСправка\n📎 Фото"
    await teacher.taps("📎 Фото")
    await world.rests()
    assert [one.text for one in came(teacher, since) if one.kind == "photo"] == ["Ларина П. И."]

    await begins_to_write(mother, "Вишневская")
    since = mother.mark()
    await mother.sends_album(PNG, PNG, caption="Две страницы")
    await world.rests()
    assert sum("Письмо отправлено" in one.text for one in came(mother, since)) == 1, "said once for the album"
    assert "\n".join(texts(teacher, since)).count("📎 Фото") == 2


async def test_a_thread_is_handed_over_and_shown_to_the_administration(world: World) -> None:
    mother, teacher, homeroom_teacher, deputy = await world.lets_in(
        people.MOTHER_LARINA, people.TEACHER, people.HOMEROOM_TEACHER, people.DEPUTY
    )
    await world.clock_shows("12:00")
    await begins_to_write(mother, "Вишневская")
    await mother.types("О поездке в музей")
    await world.rests()
    letter = await teacher.sees("О поездке")
    await teacher.taps("Переписка", letter)
    await teacher.sees("О поездке в музей", button="Передать")
    await teacher.taps("Передать", then="Кому передать переписку?")
    await teacher.taps("Кл. рук.: Кузнецова В. А.", then="Напишите записку")
    since = mother.mark()
    await teacher.types("Это к классному руководителю.")
    await teacher.sees("Переписка передана, обе стороны узнают об этом.", since=since)
    await world.rests()
    told = "Переписка передана. Отвечает теперь: Кузнецова В. А.\nЭто к классному руководителю."
    assert any(told in text for text in texts(mother, since))
    assert any(told in text for text in texts(homeroom_teacher, since))
    since = mother.mark()
    refusal = await teacher.taps("Ответить", letter)
    assert refusal is not None
    assert refusal.text == "Эта переписка передана: на неё теперь отвечают другие."

    await mother.types("/start")
    await mother.taps("Переписка", await mother.sees("Что откроем?", since=since), then="● С непрочитанным: 1")
    await mother.taps("● Кузнецова В. А. · Татьяна", then="О поездке")
    await mother.taps("Передать администрации", then="Завучи и директор увидят")
    await mother.taps("Передать администрации", then="Переписка передана администрации.")
    await world.rests()
    assert any("Переписка передана администрации" in text for text in texts(deputy, since))
    assert not texts(homeroom_teacher, since)
