"""The Russian school's file, counted by hand, and what else exports of aSc may hold."""

import pytest

from services.imports.asc_file import read_file, single_cards
from services.imports.asc_found import describe
from services.imports.asc_types import AscFile
from services.imports.asc_xml import read_asc
from services.imports.refusals import FileRefused, Refusal
from services.imports.report import Report
from tests.imports.school import SCHOOL_1251, errors, warnings

TEXT_1251 = SCHOOL_1251.decode("windows-1251")


def read(text: str = TEXT_1251) -> tuple[AscFile, Report]:
    report = Report("")
    file = read_file(read_asc(text.encode("windows-1251")), report)
    describe(file, single_cards(file), report)
    return file, report


def tiny(cards: str, *, per_card: int = 2, per_week: str = "4.0", weeks: str = "1", extra: str = "") -> str:
    """A school of one class, one subject, one teacher, one lesson."""
    return f"""<?xml version="1.0" encoding="windows-1251"?><timetable>
      <daysdefs><daysdef id="D" name="Понедельник" days="10000"/></daysdefs>
      <weeksdefs><weeksdef id="W" weeks="{weeks}"/></weeksdefs>
      <subjects><subject id="S" name="Химия"/></subjects>
      <teachers><teacher id="T" name="Иванова М.П."/></teachers>
      <classrooms><classroom id="R" name="101"/></classrooms>
      <classes><class id="C" name="7А" grade="7"/></classes>
      <groups><group id="G" name="Весь класс" classid="C" entireclass="1"/></groups>
      <lessons><lesson id="L" subjectid="S" classids="C" groupids="G" teacherids="T" classroomids="R"
        periodspercard="{per_card}" periodsperweek="{per_week}"/></lessons>
      <cards>{cards}</cards>{extra}</timetable>"""


def test_the_hand_counted_numbers_come_out() -> None:
    _file, report = read()
    assert {one.what: one.count for one in report.found} == {
        "Звонки": 8,
        "Классы": 5,
        "Учителя": 7,
        "Кабинеты": 5,
        "Предметы": 14,
        "Группы": 15,
        "Занятия": 17,
        "– с несколькими учителями": 4,
        "– с несколькими классами": 3,
        "– по подгруппам": 5,
        "– сдвоенные и длиннее": 2,
        "– без карточек": 1,
        "– без учителя": 2,
        "– без класса": 1,
        "Карточки": 27,
        "– занятий без класса": 1,
        "– не каждую неделю": 2,
        "– не весь год": 4,
    }
    notes = {one.what: one.note for one in report.found if one.note}
    assert notes == {
        "Учителя": "вакансий: 1",
        "Предметы": "разных названий: 13",
        "Группы": "из них подгрупп в занятиях: 8",
        "– не каждую неделю": "недель в цикле: 2",
        "– не весь год": "периодов: 2",
    }


def test_every_gap_of_a_lesson_is_named_by_its_row() -> None:
    _file, report = read()
    assert not errors(report)
    lines = TEXT_1251.splitlines()
    gaps = {
        (lines[one.place.row - 1].split('"')[1], word)
        for one in warnings(report)
        for word in ("карточек", "учителя", "классу")
        if word in one.what
    }
    assert gaps == {("L13", "учителя"), ("L14", "карточек"), ("L15", "классу"), ("L17", "учителя")}


def test_names_of_teachers_are_read_from_every_spelling() -> None:
    file, _report = read()
    assert [one.name.full for one in file.teachers.values()] == [
        "Иванова Мария Петровна",
        "Петров С. И.",
        "Сидорова Анна Олеговна",
        "Кузнецова Е. В.",
        "Николаев Игорь",
        "Орлова-Зимина О.",
    ]


def test_a_class_is_called_by_the_name_that_says_level_and_letter() -> None:
    file, _report = read()
    assert [(one.name, one.key) for one in file.classes.values()][:3] == [
        ("7А", "7а"),
        ('7 "Б" класс', "7б"),
        ("8-А", "8а"),
    ]
    foreign, _report = read(TEXT_1251.replace('name="7А" short="7А"', 'name="Biology 1A" short="1A"'))
    assert next(iter(foreign.classes.values())).name == "Biology 1A"


@pytest.mark.parametrize("encoding", ["windows-1251", "utf-8", "utf-8-sig"])
def test_the_same_school_comes_in_every_encoding_declared_or_not(encoding: str) -> None:
    declared = TEXT_1251.replace("windows-1251", encoding.removesuffix("-sig"), 1)
    undeclared = TEXT_1251[TEXT_1251.index("?>") + 2 :]
    lying = TEXT_1251 if encoding != "windows-1251" else TEXT_1251.replace("windows-1251", "UTF-8", 1)
    for text in (declared, undeclared, lying):
        tables = read_asc(text.encode(encoding))["tables"]
        assert tables["subjects"][0][1]["name"] == "Алгебра", (encoding, text[:60])
        assert len(tables["cards"]) == 27


def test_a_card_for_each_slot_of_a_double_lesson_is_taken_as_it_stands() -> None:
    cards = "".join(
        f'<card lessonid="L" period="{period}" days="{days}"/>'
        for period, days in ((1, "10000"), (2, "10000"), (5, "00100"), (6, "00100"))
    )
    file, _report = read(tiny(cards))
    assert [(card.period, card.days) for card in single_cards(file)] == [(1, (0,)), (2, (0,)), (5, (2,)), (6, (2,))]


def test_one_card_for_a_whole_double_lesson_is_taken_apart() -> None:
    cards = '<card lessonid="L" period="1" days="10000"/><card lessonid="L" period="5" days="00100"/>'
    file, report = read(tiny(cards))
    assert [(card.period, card.days) for card in single_cards(file)] == [(1, (0,)), (2, (0,)), (5, (2,)), (6, (2,))]
    assert next(one for one in report.found if one.what == "Карточки").note == "по одному уроку: 4"


def test_hours_of_lessons_of_every_other_week_are_counted_over_the_cycle() -> None:
    cards = "".join(f'<card lessonid="L" period="{slot}" days="10000" weeks="10" terms="1"/>' for slot in (1, 2))
    file, _report = read(tiny(cards, per_week="1.0", weeks="10"))
    assert len(single_cards(file)) == 2


def test_a_card_on_several_days_stands_on_each() -> None:
    file, _report = read(tiny('<card lessonid="L" period="1" days="11111"/>', per_card=1, per_week="5"))
    assert file.cards[0].days == (0, 1, 2, 3, 4)


def test_weekdays_are_those_the_file_names() -> None:
    days = "".join(
        f'<daysdef id="{name}" name="{name}" days="{mask}"/>'
        for name, mask in (("Воскресенье", "1000"), ("Понедельник", "0100"), ("Вторник", "0010"), ("Среда", "0001"))
    )
    text = tiny('<card lessonid="L" period="1" days="1000"/>').replace(
        '<daysdef id="D" name="Понедельник" days="10000"/>', days
    )
    file, _report = read(text)
    assert file.weekdays == {0: 6, 1: 0, 2: 1, 3: 2}


def test_a_repeated_card_is_taken_once() -> None:
    card = '<card lessonid="L" period="1" days="10000"/>'
    file, report = read(tiny(card + card, per_card=1, per_week="1"))
    assert len(file.cards) == 1
    assert any("повторяет" in one.what for one in warnings(report))


def test_a_card_of_a_newer_export_without_rooms_stands_in_the_lessons_only_room() -> None:
    file, _report = read(tiny('<card lessonid="L" period="1" days="10000"/>', per_card=1, per_week="1"))
    assert file.cards[0].rooms == ("R",)
    file, _report = read(tiny('<card lessonid="L" period="1" days="10000" classroomids=""/>', per_card=1, per_week="1"))
    assert file.cards[0].rooms == ()


@pytest.mark.parametrize(
    ("cards", "column"),
    [
        ('<card lessonid="нет" period="1" days="10000"/>', "lessonid"),
        ('<card lessonid="L" period="первый" days="10000"/>', "period"),
        ('<card lessonid="L" period="1" days=""/>', "days"),
        ('<card lessonid="L" period="1" days="1000000"/><card lessonid="L" period="1" days="10000"/>', "days"),
        ('<card lessonid="L" period="1" days="10000,01000"/>', "days"),
        ('<card lessonid="L" period="1" days="10000" weeks="10,01"/>', "weeks"),
        ('<card lessonid="L" period="1" days="10000" classroomids="R,X"/>', "classroomids"),
    ],
)
def test_a_card_that_stands_nowhere_stops_the_import_by_row_and_column(cards: str, column: str) -> None:
    _file, report = read(tiny(cards, weeks="11"))
    assert column in {one.place.column for one in errors(report)}
    assert all(one.place.row for one in errors(report))
    assert all(one.todo for one in errors(report))


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        ('teacherids="T"', 'teacherids="T,X"', "teacherids"),
        ('classids="C"', 'classids="C,X"', "classids"),
        ('groupids="G"', 'groupids="X"', "groupids"),
        ('subjectid="S"', 'subjectid="X"', "subjectid"),
        ('<class id="C" name="7А"', '<class id="C" name=""', "name"),
        ('<class id="C" name="7А"', '<class id="" name="7А"', "id"),
        ('<subject id="S" name="Химия"/>', '<subject id="S" name=""/><subject id="S2" name="Х"/>', "name"),
        (
            '<class id="C" name="7А" grade="7"/>',
            '<class id="C" name="7А" grade="7"/><class id="C2" name="7 «а» класс"/>',
            "name",
        ),
    ],
)
def test_what_the_file_refers_to_but_does_not_hold_stops_the_import(old: str, new: str, column: str) -> None:
    text = tiny('<card lessonid="L" period="1" days="10000"/>')
    assert old in text
    _file, report = read(text.replace(old, new))
    assert column in {one.place.column for one in errors(report)}


def test_a_level_the_file_gets_wrong_is_not_used() -> None:
    file, report = read(tiny('<card lessonid="L" period="1" days="10000"/>').replace('grade="7"', 'grade="17"'))
    assert file.classes["C"].grade is None
    assert any(one.place.column == "grade" for one in warnings(report))


def test_an_export_without_its_main_tables_says_which_are_missing() -> None:
    _file, report = read("<timetable><teachers><teacher id='T' name='Иванова М.П.'/></teachers></timetable>")
    assert [one.what for one in errors(report)] == [
        "В файле нет таблицы «classes».",
        "В файле нет таблицы «subjects».",
        "В файле нет таблицы «lessons».",
        "В файле нет таблицы «cards».",
    ]


def test_another_xml_is_no_timetable() -> None:
    with pytest.raises(FileRefused) as refused:
        read_asc(b"<html><body/></html>")
    assert refused.value.refusal is Refusal.NOT_ASC
