"""A teacher falls ill: the deputy head arranges the day, the substitute keeps the record, letters tell both."""

from io import BytesIO

from openpyxl import load_workbook
from pypdf import PdfReader

from bot.sandbox.client import Person as Phone
from tests.scenes import people
from tests.scenes.acts import came, texts
from tests.scenes.world import World


async def opens_algebra(deputy: Phone) -> None:
    """The third lesson of tomorrow's day of the teacher, found by the typed surname."""
    await deputy.types("Замены")
    await deputy.taps("вт 8 →", then="Замены · завтра, вт 8 сентября")
    await deputy.types("вишн")
    await deputy.taps("▫ 3 · 7Б Алгебра", then="Кто проведёт урок?")


async def substitutes(deputy: Phone) -> None:
    """The same lesson goes to the substitute, by a typed surname and a reason's button."""
    await opens_algebra(deputy)
    since = deputy.mark()
    await deputy.types("лобач")
    await deputy.sees("Почему учителя нет?", since=since)
    await deputy.taps("Болезнь", then="Заменяет: Лобачевский Н. И. (болезнь)")


async def test_the_substitute_gets_the_letter_the_card_and_the_record(world: World) -> None:
    deputy, teacher, substitute = await world.lets_in(people.DEPUTY, people.TEACHER, people.SUBSTITUTE)
    marks = teacher.mark(), substitute.mark()
    await substitutes(deputy)
    await world.passes(61)
    assert texts(teacher, marks[0]) == [
        "Изменения в ваших уроках\n\nзавтра, вт 8 сентября\n3 · 10:30 · 7Б Алгебра: ведёт Лобачевский Н. И."
    ]
    assert texts(substitute, marks[1]) == [
        "Изменения в ваших уроках\n\nзавтра, вт 8 сентября\n"
        "3 · 10:30 · 7Б Алгебра, каб. 301: вы заменяете (Вишневская Г. П.)"
    ]
    marks = teacher.mark(), substitute.mark()
    await world.clock_shows("10:31")
    card = await substitute.sees("7Б · Алгебра", since=marks[1], button="Все присутствуют")
    assert "Замена: Вишневская Г. → Лобачевский Н." in card.text
    assert not [one for one in came(teacher, marks[0]) if "7Б · Алгебра" in one.text]
    await substitute.taps("Все присутствуют", card, then="✅ Посещаемость")
    await teacher.types("Мои уроки")
    await teacher.taps("3 · 7Б Алгебра", then="На этом уроке замена: запись ведёт заменяющий учитель (п. 4.4.8)")


async def test_taken_back_and_tapped_twice_and_by_an_old_button(world: World) -> None:
    deputy, teacher, substitute = await world.lets_in(people.DEPUTY, people.TEACHER, people.SUBSTITUTE)
    await substitutes(deputy)
    await world.passes(61)
    standing = deputy.last
    marks = teacher.mark(), substitute.mark()
    await deputy.taps("Снять замену", standing, then="По расписанию: Вишневская Г. П.")
    await world.passes(61)
    assert texts(substitute, marks[1]) == [
        "Изменения в ваших уроках\n\nзавтра, вт 8 сентября\n3 · 10:30 · 7Б Алгебра: замена снята"
    ]
    assert texts(teacher, marks[0]) == [
        "Изменения в ваших уроках\n\nзавтра, вт 8 сентября\n3 · 10:30 · 7Б Алгебра: снова по расписанию"
    ]
    before = await world.records()
    mark = substitute.mark()
    await deputy.taps("Отменить урок", then="Отменить урок?")
    await deputy.taps("Мороз", then="отменён (мороз)")
    await world.passes(61)
    assert came(substitute, mark) == []
    assert texts(teacher, marks[0])[-1].endswith("7Б Алгебра: отменён (мороз)")
    await deputy.taps("Вернуть урок", then="Урок идёт по расписанию.")
    assert await world.records() == before


async def test_a_teacher_s_phone_arranges_nothing(world: World) -> None:
    teacher, _deputy = await world.lets_in(people.TEACHER, people.DEPUTY)
    await teacher.types("/start")
    assert "Замены" not in (await teacher.sees()).buttons
    since = teacher.mark()
    await teacher.types("Замены")
    await teacher.sees("Это делает завуч или администратор журнала", since=since)


async def test_a_lesson_moves_to_a_free_bell_and_its_teacher_reads_where(world: World) -> None:
    deputy, teacher = await world.lets_in(people.DEPUTY, people.TEACHER)
    await opens_algebra(deputy)
    await deputy.taps("Назад", then="Вишневская Г. П.")
    await deputy.taps("▫ 1 · 1А Математика", then="Кто проведёт урок?")
    since = teacher.mark()
    await deputy.taps("Перенести", then="⚠️ — у класса или учителя в это время урок.")
    await deputy.taps("⚠️ 3 · 10:30", then="Вишневская Г. П.: в это время 3 · 7Б Алгебра")
    await deputy.taps("Назад", then="Перенести на: завтра, вт 8 сентября")
    await deputy.taps("6 · 13:25", then="Выберите причину или напишите")
    await deputy.types("занят кабинет")
    await deputy.sees("перенесён на вт 8 сентября, 6-й урок (занят кабинет)")
    await world.passes(61)
    [letter] = texts(teacher, since)
    assert "1 · 08:30 · 1А Математика: перенесён на вт 8 сентября, 6-й урок, 13:25 (занят кабинет)" in letter


async def test_an_absence_asks_what_becomes_of_the_lessons_and_the_journal_is_printed(world: World) -> None:
    deputy, _teacher = await world.lets_in(people.DEPUTY, people.TEACHER)
    await deputy.types("Замены")
    await deputy.taps("вт 8 →", then="завтра, вт 8 сентября")
    await deputy.types("вишн")
    await deputy.taps("Записать отсутствие", then="Отсутствует с 8 сентября. Почему?")
    await deputy.taps("Болезнь", then="По какое число включительно?")
    await deputy.types("до 9.09")
    screen = await deputy.sees("Что с уроками?")
    assert "Отсутствует (болезнь) с 8 сентября по 9 сентября" in screen.text
    await deputy.taps("▫ вт 8 · без замены 3 из 3", screen, then="Вишневская Г. П. · завтра")
    await deputy.taps("Всё, как предложено", then="Назначены 3 урока.")
    since = deputy.mark()
    await deputy.taps("Назад", then="Замены · завтра")
    await deputy.taps("Журнал замещений", then="3 замены")
    assert "🕓 вт 8 · 3 · 7Б Алгебра: Вишневская Г. → Бунина И." in deputy.last.text
    journal = deputy.last
    await deputy.taps("Печать (PDF)", journal)
    letter = await deputy.sees("Журнал замещения уроков: 7–13 сентября 2026", since=since)
    assert letter.document is not None
    assert letter.document.name == "Замены 2026-09-07.pdf"
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(await letter.document.download())).pages)
    assert "болезнь" in text
    assert "Бунина И. А." in text
    since = deputy.mark()
    await deputy.taps("Таблица (XLSX)", journal)
    letter = await deputy.sees("Журнал замещения уроков", since=since)
    assert letter.document is not None
    sheet = load_workbook(BytesIO(await letter.document.download())).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5)]
    assert rows[1] == [
        "08.09.2026",
        "3",
        "7Б",
        "Алгебра",
        "Вишневская Г. П.",
        "болезнь",
        "Бунина И. А.",
        "впереди",
    ]


async def test_the_administrator_alone_has_subgroups_and_only_between_terms(world: World) -> None:
    administrator, deputy = await world.lets_in(people.ADMINISTRATOR, people.DEPUTY)
    await deputy.types("/start")
    assert "Подгруппы" not in (await deputy.sees()).buttons
    await administrator.types("/start")
    await administrator.taps("Подгруппы", then="Выберите класс.")
    await administrator.taps("7Б", then="только по окончании учебного периода (п. 4.4.12). Ближайшая возможность — с ")
    screen = await administrator.sees("7Б · Подгруппы")
    await administrator.taps("Группа 1 · 15", screen, then="7Б · Группа 1")
    answer = await administrator.taps("Абдурахманова П.")
    assert answer is not None
    assert "Переход между подгруппами — только по окончании" in (answer.text or "")
