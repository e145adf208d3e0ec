"""A mark whose time is over: the refusal offers a request, the deputy head decides, everybody learns it once."""

from bot.sandbox.client import Person as Phone
from tests.scenes import people
from tests.scenes.acts import finds, opens_marks, puts_mark, texts
from tests.scenes.world import World


async def a_mark_past_its_time(world: World, teacher: Phone, value: str = "4") -> None:
    """Larina's mark, told to her family, can't be changed any more; the grid is open."""
    await opens_marks(world, teacher)
    await puts_mark(teacher, "Ларина Т", value)
    await world.passes(700)


async def asks(teacher: Phone, value: str, reason: str) -> None:
    """From the grid to the sent request, with a typed reason."""
    await finds(teacher, "Ларина Т")
    await teacher.taps("Ларина Т", then="Дальше исправление — через завуча")
    await teacher.taps("Запросить исправление", then="Что должно стоять?")
    await teacher.taps(value, then="Почему?")
    since = teacher.mark()
    await teacher.types(reason)
    await teacher.sees("Такой запрос уйдёт завучу", since=since)
    await teacher.taps("Отправить запрос", then="Запрос у завуча")


async def test_an_approved_request_corrects_the_mark_and_tells_everybody_once(world: World) -> None:
    teacher, deputy, mother = await world.lets_in(people.TEACHER, people.DEPUTY, people.MOTHER_LARINA)
    await a_mark_past_its_time(world, teacher)
    since = teacher.mark()
    await asks(teacher, "5", "описалась, в тетради пятёрка")
    assert teacher.last.text == (
        "Запрос у завуча. Решение придёт сюда.\n\n"
        "7Б · Алгебра, 8 сентября, ответ\n"
        "Ларина Татьяна: 4 → 5\n"
        "Причина: описалась, в тетради пятёрка"
    )
    await world.passes(5)
    assert texts(deputy, since) == [
        "Запрос на исправление\n"
        "7Б · Алгебра, 8 сентября, ответ\n"
        "Ларина Татьяна: 4 → 5\n"
        "Причина: описалась, в тетради пятёрка\n"
        "Запрос: Вишневская, 8 сентября, 10:51."
    ]
    assert texts(mother, since) == []
    letter = deputy.letters[-1]
    decided = teacher.mark()
    await deputy.taps("Одобрить", letter, then="Исправление одобрено")
    await world.passes(90)
    assert texts(mother, since) == ["Татьяна: алгебра — исправлено 4 → 5 (ответ)"]
    assert texts(teacher, decided) == [
        "Исправление одобрено\n"
        "7Б · Алгебра, 8 сентября, ответ\n"
        "Ларина Татьяна: 4 → 5\n"
        "Журнал исправлен, семья об этом узнает.\n"
        "Решение: Громова, 8 сентября, 10:51."
    ]


async def test_a_declined_request_leaves_the_mark_and_its_reason_reaches_the_teacher(world: World) -> None:
    teacher, deputy, mother = await world.lets_in(people.TEACHER, people.DEPUTY, people.MOTHER_LARINA)
    await a_mark_past_its_time(world, teacher)
    since = teacher.mark()
    await asks(teacher, "5", "описка")
    await world.passes(5)
    await deputy.taps("Отклонить", deputy.letters[-1], then="Почему запрос отклонён?")
    typed = deputy.mark()
    await deputy.types("в тетради четыре")
    await deputy.sees("Исправление отклонено", since=typed)
    await world.passes(90)
    assert texts(mother, since) == []
    assert teacher.letters[-1].text == (
        "Исправление отклонено\n"
        "7Б · Алгебра, 8 сентября, ответ\n"
        "Ларина Татьяна: 4 → 5\n"
        "Решение: Громова, 8 сентября, 10:51.\n"
        "Ответ: в тетради четыре"
    )


async def test_a_withdrawn_request_says_so_in_the_deputy_heads_letter(world: World) -> None:
    teacher, deputy = await world.lets_in(people.TEACHER, people.DEPUTY)
    await a_mark_past_its_time(world, teacher)
    await asks(teacher, "Снять оценку", "не тому ученику")
    await world.passes(5)
    letter = deputy.letters[-1]
    assert "Ларина Татьяна: 4 → без оценки" in letter.text
    await teacher.taps("Мои запросы", then="ждёт решения")
    await teacher.taps("🕓 7Б Ларина Т. 4→–", then="Запрос на исправление")
    await teacher.taps("Отозвать запрос", then="Запрос отозван")
    await world.passes(5)
    changed = deputy.letters[-1]
    assert (changed.id, changed.buttons) == (letter.id, [])
    assert "Запрос отозван" in changed.text
    answer = await deputy.forges("qp1:1:1", changed)
    assert answer is not None and answer.alert


async def test_the_day_after_only_a_request_helps_and_the_family_learns_its_outcome(world: World) -> None:
    teacher, deputy, mother = await world.lets_in(people.TEACHER, people.DEPUTY, people.MOTHER_LARINA)
    await opens_marks(world, teacher)
    await world.passes(14 * 3600)
    since = mother.mark()
    await finds(teacher, "Ларина Т")
    await teacher.taps("Ларина Т", then="ставят в день урока")
    await teacher.taps("Запросить исправление", then="Сейчас оценки нет.")
    await teacher.taps("5", then="Почему?")
    await teacher.taps("Не поставлена в срок", then="Такой запрос уйдёт завучу")
    await teacher.taps("Отправить запрос", then="Запрос у завуча")
    await deputy.types("/start")
    await deputy.taps("Запросы", await deputy.sees(button="Запросы"), then="ждут решения")
    await deputy.taps("🕓 7Б Ларина Т. –→5", then="Запрос на исправление")
    await deputy.taps("Одобрить", then="Исправление одобрено")
    await world.passes(8 * 3600)
    assert [text for text in texts(mother, since) if "алгебра" in text] == [
        "Татьяна: алгебра, вчера, вт 8 сентября — 5 (ответ)"
    ]


async def test_a_comment_is_read_with_its_mark_and_what_is_checked_says_so(world: World) -> None:
    teacher, mother = await world.lets_in(people.TEACHER, people.MOTHER_LARINA)
    await world.clock_shows("10:40")
    card = await teacher.sees("7Б · Алгебра", button="Оценки")
    await teacher.taps("Оценки", card, then="За что оценки?")
    await teacher.taps("Контрольная", then="Нажмите на имя")
    since = mother.mark()
    await puts_mark(teacher, "Ларина Т", "4")
    await teacher.taps("Ларина Т", then="изменить можно до 10:50")
    await teacher.taps("Комментарий", then="семья прочтёт его вместе с оценкой")
    typed = teacher.mark()
    await teacher.types("Чище чертёж")
    await teacher.sees("комментарий сохранён", since=typed)
    await teacher.taps("Проверил(а)", then="Работа проверена")
    assert "проверено: Вишневская, 8 сентября, 10:40" in teacher.last.text
    await teacher.taps("Отменить", then="Работа ещё не проверена")
    await teacher.taps("Назад", then="✅ Оценки: контрольная работа — 1 оценка")
    await world.passes(90)
    assert texts(mother, since) == ["Татьяна: алгебра — 4 (контрольная работа): Чище чертёж"]


async def test_the_journal_of_a_class_opens_from_the_menu(world: World) -> None:
    [teacher] = await world.lets_in(people.TEACHER)
    await opens_marks(world, teacher)
    await puts_mark(teacher, "Ларина Т", "4")
    since = teacher.mark()
    await teacher.types("/start")
    await teacher.taps("Журнал", await teacher.sees(button="Журнал", since=since), then="Какой класс и предмет?")
    await teacher.taps("7Б · Алгебра", then="Рядом с именем")
    assert len([label for label in teacher.last.buttons if "/" in label and "·" in label]) == 8
    await teacher.taps("С одной: 1", then="1 ученик с одной оценкой")
    await teacher.taps("Ларина Т", then="Средний балл 4,00")
    assert "8 сентября: 4, ответ" in teacher.last.text
    assert "Прогноз: до 5: две пятёрки." in teacher.last.text


async def test_a_closed_term_is_corrected_from_the_closed_card_by_request_only(world: World) -> None:
    teacher, deputy, stranger = await world.lets_in(people.TEACHER, people.DEPUTY, people.COLLEAGUE)
    await a_mark_past_its_time(world, teacher)
    await world.closes_terms()
    since = teacher.mark()
    await teacher.types("Мои уроки")
    await teacher.taps("3 · 7Б Алгебра", await teacher.sees(button="3 · 7Б Алгебра", since=since), then="закрыт")
    card = await teacher.sees(button="Запросить исправление", since=since)
    assert card.buttons == ["Оценки", "Запросить исправление", "Мои уроки"]
    forged = [one.data for row in card.button_rows for one in row if one.text == "Запросить исправление"]
    await teacher.taps("Запросить исправление", card, then="За что оценка, которую нужно исправить?")
    await teacher.taps("✏️ Ответ", then="Чью оценку исправить?")
    grid = await teacher.sees("Чью оценку исправить?")
    await teacher.taps("2/2 →", grid, then="Чью оценку исправить?")
    await teacher.taps("Ларина Т. 4", then="Сейчас стоит 4.")
    await teacher.taps("3", then="Почему?")
    await teacher.taps("Апелляция", then="Такой запрос уйдёт завучу")
    await teacher.taps("Отправить запрос", then="Запрос у завуча")
    await world.passes(5)
    await deputy.taps("Одобрить", deputy.letters[-1], then="Исправление одобрено")
    await stranger.types("/start")
    for data in [*forged, "qp1:1:1", "qw1:1", "qq1:1", "qn1:1"]:
        assert data is not None
        answer = await stranger.forges(data, stranger.last)
        assert answer is not None and answer.alert
