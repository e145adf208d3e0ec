"""Joining over HTTP: a code on another phone, an ended guardianship, students, staff codes, a changed consent."""

from sqlalchemy import update

from bot.sandbox.client import Person as Phone
from storage.models.school import School
from tests.scenes import people
from tests.scenes.acts import opens_marks, puts_mark, texts
from tests.scenes.world import YES, World, joins

LARINA = "Ларина Татьяна Дмитриевна"


async def to_access(homeroom_teacher: Phone) -> None:
    """To «Кто подключён»."""
    await homeroom_teacher.types("Мой класс")
    await homeroom_teacher.taps("Кто подключён", then="7Б · Кто подключён")


async def types_code(phone: Phone, code: str) -> None:
    """A guardian types the code of the slip and goes on to waiting."""
    since = phone.mark()
    await phone.types(code)
    await phone.sees("Всё верно?", since=since)
    await phone.taps(YES)


async def test_a_code_on_another_phone_waits_while_the_first_one_and_the_second_guardian_go_on(world: World) -> None:
    homeroom_teacher, mother = await world.lets_in(people.HOMEROOM_TEACHER, people.MOTHER_LARINA)
    [father] = await world.lets_in(people.FATHER_LARIN)  # two guardians, two codes
    another = await world.phone("Другой Телефон")
    since = mother.mark()
    await types_code(another, (await world.slip(people.MOTHER_LARINA)).code)
    await another.sees("классный руководитель")
    await world.rests()
    assert texts(mother, since) == [
        "Код вашего листка набрали с другого аккаунта Telegram. Этот чат остаётся подключённым, пока классный "
        "руководитель не подтвердит тот.\n"
        "Если это были не вы, сразу скажите классному руководителю: подтверждать не нужно."
    ]
    await mother.types("Дневник")
    await mother.sees("Татьяна, 7Б")
    await to_access(homeroom_teacher)
    await homeroom_teacher.taps("Ждут подтверждения: 1")
    await homeroom_teacher.taps("Ларина П. (Татьяна)", then="Сейчас подключён другой телефон")
    since = mother.mark()
    await homeroom_teacher.taps("Подтвердить", then="Дневник подключён")
    await world.rests()
    assert [text.split(".")[0] for text in texts(mother, since)] == ["Ваш листок открыли с другого аккаунта Telegram"]
    await another.sees("дневник открыт")
    await another.types("Дневник")
    await another.sees("Татьяна, 7Б")
    await father.types("Дневник")
    await father.sees("Татьяна, 7Б")


async def test_by_court_the_letter_that_waits_stays_and_the_diary_closes(world: World) -> None:
    teacher, homeroom_teacher, mother, father = await world.lets_in(
        people.TEACHER, people.HOMEROOM_TEACHER, people.MOTHER_LARINA, people.FATHER_LARIN
    )
    await opens_marks(world, teacher)
    await puts_mark(teacher, "Ларина Т", "5")
    await to_access(homeroom_teacher)
    await homeroom_teacher.taps("Подключены: 2")
    await homeroom_teacher.taps("Ларина П. (Татьяна)", then="мать: Ларина Татьяна")
    await homeroom_teacher.taps("Связь с ребёнком", then="После окончания писем о ребёнке нет")
    await homeroom_teacher.taps("Закончить: Татьяна", then="По какой причине?")
    await homeroom_teacher.taps("Решение суда", then="С какого дня связи нет?")
    await homeroom_teacher.types("когда-нибудь")
    await homeroom_teacher.sees("Напишите первый день без связи")
    await homeroom_teacher.types("08.09.2026")
    await homeroom_teacher.sees("Закончить связь с 8 сентября?")
    since = mother.mark()
    await homeroom_teacher.taps("Закончить", then="закончена 8 сентября, решение суда")
    await world.passes(60)
    assert [text.split(":")[0] for text in texts(mother, since)] == ["Школа закрыла вам доступ к одному из дневников"]
    assert "Татьян" not in "".join(texts(mother, since))
    assert texts(father, since) == ["Татьяна: алгебра — 5 (ответ)"]
    await mother.types("Дневник")
    await mother.sees("Вам не открыт ни один дневник")
    await homeroom_teacher.taps("Восстановить: Татьяна", then="Восстановить связь?")
    await homeroom_teacher.taps("Восстановить", then="Ларина Татьяна: мать")
    await world.rests()
    await mother.sees("Школа снова открыла вам дневник")


async def test_a_student_joins_with_a_slip_of_their_own_and_may_be_disconnected(world: World) -> None:
    homeroom_teacher, mother = await world.lets_in(people.HOMEROOM_TEACHER, people.MOTHER_LARINA)
    slip = await world.slip(LARINA)
    await mother.opens(slip.link)
    await mother.sees("Это листок ученика: Ларина Татьяна Дмитриевна")
    student = await world.phone(LARINA)
    await student.opens(slip.link)
    await student.sees("Он открывает дневник ученика, 7Б")
    await student.taps(YES, then="Это ваш дневник")
    await student.taps("Дневник", then="7Б")
    await student.types("/start")
    await student.taps("Переписка", await student.sees("Что откроем?"), then="Пока никто не писал.")
    assert "Написать учителю" in student.last.buttons
    await to_access(homeroom_teacher)
    await homeroom_teacher.taps("Ученики: 1 из", then="дневник подключён: 1")
    await homeroom_teacher.taps("2/4 →")
    await homeroom_teacher.taps("3/4 →")
    await homeroom_teacher.taps("✅ Ларина Татьяна", then="Дневник подключён")
    await homeroom_teacher.taps("Отключить", then="Дневник ученика закроется сразу")
    await homeroom_teacher.taps("Отключить", then="Дневник не подключён")
    await student.sees("отключил этот чат")
    await student.types("Дневник")
    await student.sees("Это «Звонок»")


async def test_the_administrator_hands_a_code_to_an_employee_who_comes_in_by_it(world: World) -> None:
    [head] = await world.lets_in(people.ADMINISTRATOR)
    await head.types("Доступ")
    await head.sees("Доступ сотрудников")
    await head.taps("Найти по имени", then="Кого найти?")
    await head.types("виш")
    await head.taps("▫️ Вишневская Г. П.", await head.sees("Найдено: 1"), then="Журнал не подключён")
    since = head.mark()
    await head.taps("Выдать код")
    picture = await head.sees("Действует один раз", since=since)
    link = next(word for word in picture.text.split() if word.startswith("https://t.me/"))
    teacher = await world.phone(people.TEACHER)
    await joins(teacher, link)
    await head.taps("Передан, убрать", picture)
    await head.types("Доступ")
    await head.sees("Подключено: 2 из", since=since)
    await head.taps("Найти по имени", then="Кого найти?")
    await head.types("вишневская")
    await head.taps("✅ Вишневская Г. П.", await head.sees("Найдено: 1", since=since))
    await head.taps("Отключить", then="Отключить: Вишневская Галина Павловна?")
    await head.taps("Отключить", then="Журнал не подключён")
    await teacher.sees("Администратор отключил этот чат")


async def test_a_changed_consent_is_asked_about_at_the_next_open(world: World) -> None:
    mother, father = await world.lets_in(people.MOTHER_LARINA, people.FATHER_LARIN)
    assert world.app is not None
    async with world.app.storage.writing() as uow:
        await uow.write(update(School).values(regulation={"consent_version": "2"}))
    for phone in (mother, father):
        await phone.types("Дневник")
        await phone.sees("Текст согласия изменился.")
    await mother.taps("Согласен(на)", then="Татьяна, 7Б")
    await father.taps("Не согласен(на)", then="Согласие отозвано")
    since = father.mark()
    await mother.types("Дневник")
    await mother.sees("Татьяна, 7Б")
    await father.types("Дневник")
    await father.sees("Согласие отозвано", since=since)
