"""Files from outside: what is read, and the one sentence for what is hostile, huge or malformed."""

import io
import os
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from services.imports import limits
from services.imports.asc_xml import read_asc as parse_asc
from services.imports.reading import FileUnreadable, read_asc, read_bytes, read_tables, run_child
from services.imports.refusals import Refusal
from services.imports.tables import Sheet
from services.imports.tables import read_tables as parse_tables

CHILDREN = "tests.imports.children"


def workbook(*sheets: tuple[str, list[list[Any]]], **states: str) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        sheet.sheet_state = states.get(name, "visible")
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def repacked(data: bytes, changes: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", compression) as new:
        for name in old.namelist():
            new.writestr(name, changes.get(name, old.read(name)))
        for name in changes.keys() - set(old.namelist()):
            new.writestr(name, changes[name])
    return out.getvalue()


def one(sheets: list[Sheet]) -> list[list[str]]:
    return [cells for _number, cells in sheets[0]["rows"]]


async def refused(data: bytes, kind: str = "tables") -> FileUnreadable:
    with pytest.raises(FileUnreadable) as caught:
        await (read_asc(data) if kind == "asc" else read_tables(data))
    return caught.value


async def test_a_workbook_comes_out_as_text_with_the_rows_people_see() -> None:
    half_past_eight = datetime.fromisoformat("2026-09-01 08:30")
    data = workbook(
        ("Ученики", [["ФИО", "Класс"], [], ["Иванов Пётр", 7.0], [None, None], ["Ларина", "7Б", None, "  x\u00a0 "]]),
        ("Даты", [[date(2026, 9, 1), half_past_eight, True, 1.5, 10**9, "=1+1"]]),
        ("Скрытый", [["тайна"]]),
        Скрытый="hidden",
    )
    sheets = await read_tables(data)
    assert [sheet["name"] for sheet in sheets] == ["Ученики", "Даты"]
    assert [tuple(row) for row in sheets[0]["rows"]] == [
        (1, ["ФИО", "Класс"]),
        (3, ["Иванов Пётр", "7"]),
        (5, ["Ларина", "7Б", "", "x"]),
    ]
    assert one(sheets[1:]) == [["2026-09-01", "2026-09-01 08:30", "да", "1.5", "1000000000"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1251", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
async def test_a_csv_is_read_in_every_encoding_and_delimiter(encoding: str, delimiter: str) -> None:
    rows = [["ФИО", "Класс", "Заметка"], ["Ёлкин Пётр", "7Б", f'"а{delimiter} б"'], ["Ларина Анна", "7Б", ""]]
    text = "\r\n".join(delimiter.join(row) for row in rows)
    assert one(await read_tables(text.encode(encoding))) == [
        ["ФИО", "Класс", "Заметка"],
        ["Ёлкин Пётр", "7Б", f"а{delimiter} б"],
        ["Ларина Анна", "7Б"],
    ]


async def test_commas_inside_cells_do_not_pass_for_delimiters() -> None:
    text = "Предмет;Тема\nАлгебра;Сложение, вычитание, умножение, деление\nАлгебра;Дроби, проценты, доли, части\n"
    assert one(await read_tables(text.encode()))[1] == ["Алгебра", "Сложение, вычитание, умножение, деление"]


async def test_excels_own_hint_of_a_delimiter_is_followed() -> None:
    sheets = await read_tables(b"sep=;\nA;B\n1;2\n")
    assert [tuple(row) for row in sheets[0]["rows"]] == [(2, ["A", "B"]), (3, ["1", "2"])]


async def test_pasted_lines_keep_their_commas() -> None:
    sheets = await read_tables("1. Сложение, вычитание — 2 ч\n2. Дроби, доли — 1 ч".encode(), pasted=True)
    assert one(sheets) == [["1. Сложение, вычитание — 2 ч"], ["2. Дроби, доли — 1 ч"]]


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"", Refusal.EMPTY),
        (b" \n\t ", Refusal.EMPTY),
        (b"\xd0\xcf\x11\xe0" + b"x" * 600, Refusal.OLD_EXCEL),
        (b"<html><table><tr><td>7</td></tr></table></html>", Refusal.NOT_A_TABLE),
        (b"A;B\x00\x01\x02", Refusal.NOT_TEXT),
        ("Иванов;Пётр;семь".encode("cp866"), Refusal.UNKNOWN_ENCODING),
        ("Иванов;Пётр;семь".encode("mac_cyrillic"), Refusal.UNKNOWN_ENCODING),
        (b"\xff\xfe\x00", Refusal.UNKNOWN_ENCODING),
        (b"PK\x03\x04" + b"\x00" * 400, Refusal.BROKEN_ZIP),
        (b'A;"' + b"x;y\n" * 100, Refusal.BROKEN_CSV),
        (b"A;" + b"x" * 5000, Refusal.TOO_MUCH_TEXT),
        (b";".join(b"x" for _ in range(200)), Refusal.TOO_MANY_COLUMNS),
        (b"x;y\n" * 30_000, Refusal.TOO_MANY_ROWS),
        (b"x" * (limits.TABLE_BYTES + 1), Refusal.TOO_BIG),
    ],
)
async def test_what_is_no_table_is_refused_with_a_sentence(data: bytes, refusal: Refusal) -> None:
    error = await refused(data)
    assert error.refusal is refusal
    assert "а" in error.say()  # in Russian
    assert "\n" not in error.say()


@pytest.mark.parametrize("refusal", list(Refusal))
def test_every_refusal_has_its_sentence(refusal: Refusal) -> None:
    said = FileUnreadable(refusal, "12").say()
    assert said.endswith("(Место: 12.)")
    assert said != refusal.value


async def test_other_archives_are_named_for_what_they_are() -> None:
    def archive(**entries: bytes) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as made:
            for name, content in entries.items():
                made.writestr(name, content)
        return out.getvalue()

    ods = archive(mimetype=b"application/vnd.oasis.opendocument.spreadsheet", content=b"<x/>")
    assert (await refused(ods)).refusal is Refusal.OPEN_DOCUMENT
    assert (await refused(archive(word=b"x"))).refusal is Refusal.NOT_EXCEL
    many = archive(**{f"f{number}": b"" for number in range(limits.ZIP_ENTRIES + 1)})
    assert (await refused(many)).refusal is Refusal.ZIP_BOMB


async def test_a_bomb_is_known_by_its_directory_and_not_unpacked() -> None:
    good = workbook(("Лист", [["ФИО"]]))
    bomb = repacked(good, {"xl/sharedStrings.xml": b"0" * (limits.ZIP_BYTES + 1)})
    assert len(bomb) < limits.TABLE_BYTES
    assert (await refused(bomb)).refusal is Refusal.ZIP_BOMB
    dense = repacked(good, {"xl/worksheets/sheet1.xml": b"0" * 8_000_000})
    assert (await refused(dense)).refusal is Refusal.ZIP_BOMB


async def test_entities_in_a_workbook_are_not_expanded() -> None:
    laughs = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaaaaaaaa">
      <!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/hostname">]>
      <worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
      <row r="1"><c r="A1" t="inlineStr"><is><t>&b;&c;</t></is></c></row></sheetData></worksheet>"""
    data = repacked(workbook(("Лист", [["ФИО"]])), {"xl/worksheets/sheet1.xml": laughs})
    assert (await refused(data)).refusal in {Refusal.NOT_EXCEL, Refusal.EMPTY}


async def test_a_sheet_that_lies_about_its_size_is_read_as_it_is() -> None:
    good = workbook(("Лист", [["ФИО", "Класс"], ["Иванов Пётр", "7Б"]]))
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml")
    for claim in (b"A1", b"A1:XFD1048576"):
        lying = xml.replace(b'ref="A1:B2"', b'ref="' + claim + b'"')
        assert lying != xml
        sheets = await read_tables(repacked(good, {"xl/worksheets/sheet1.xml": lying}))
        assert one(sheets) == [["ФИО", "Класс"], ["Иванов Пётр", "7Б"]]


async def test_a_cell_far_to_the_right_or_far_below_costs_nothing_and_is_judged() -> None:
    book = openpyxl.Workbook()
    book.worksheets[0]["A1"] = "ФИО"
    book.worksheets[0]["A1048576"] = "последний"
    out = io.BytesIO()
    book.save(out)
    assert [tuple(row) for row in (await read_tables(out.getvalue()))[0]["rows"]] == [
        (1, ["ФИО"]),
        (1048576, ["последний"]),
    ]
    book.worksheets[0][get_column_letter(limits.COLUMNS + 1) + "1"] = "дальше"
    out = io.BytesIO()
    book.save(out)
    assert (await refused(out.getvalue())).refusal is Refusal.TOO_MANY_COLUMNS


async def test_a_workbook_of_too_many_sheets_is_refused() -> None:
    data = workbook(*((f"Лист {number}", [["x"]]) for number in range(limits.SHEETS + 1)))
    assert (await refused(data)).refusal is Refusal.TOO_MANY_SHEETS


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
async def test_a_truncated_workbook_is_refused(share: float) -> None:
    data = workbook(("Лист", [["ФИО", "Класс"]] * 50))
    assert (await refused(data[: int(len(data) * share)])).refusal is Refusal.BROKEN_ZIP


async def test_a_workbook_with_damaged_insides_is_refused() -> None:
    good = workbook(("Лист", [["ФИО"]]))
    for name in ("xl/workbook.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml"):
        assert (await refused(repacked(good, {name: b"<broken"}))).refusal in {Refusal.NOT_EXCEL, Refusal.EMPTY}


XML = b'<?xml version="1.0" encoding="windows-1251"?>'


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"", Refusal.EMPTY),
        (b"PK\x03\x04....", Refusal.NOT_XML),
        ("Алгебра;7".encode(), Refusal.NOT_XML),
        (XML + b"<timetable><lessons>", Refusal.BROKEN_XML),
        (XML + b"<timetable a='1' a='2'/>", Refusal.BROKEN_XML),
        (XML + b"<timetable/>", Refusal.NOT_ASC),
        (XML + b"<rss/>", Refusal.NOT_ASC),
        (b'<!DOCTYPE timetable SYSTEM "http://example.com/x.dtd"><timetable/>', Refusal.HAS_DTD),
        (b'<!DOCTYPE t [<!ENTITY a "aaa"><!ENTITY b "&a;&a;">]><timetable>&b;</timetable>', Refusal.HAS_DTD),
        (XML + b"<timetable>" + b"<a>" * 50 + b"</a>" * 50 + b"</timetable>", Refusal.TOO_MANY_ELEMENTS),
        (
            XML + b"<timetable><cards>" + b"<card/>" * (limits.XML_ELEMENTS + 1) + b"</cards></timetable>",
            Refusal.TOO_MANY_ELEMENTS,
        ),
        (b"x" * (limits.XML_BYTES + 1), Refusal.TOO_BIG),
    ],
)
async def test_what_is_no_timetable_is_refused_with_a_sentence(data: bytes, refusal: Refusal) -> None:
    error = await refused(data, "asc")
    assert error.refusal is refusal
    assert "\n" not in error.say()


async def test_damage_is_named_by_its_line() -> None:
    error = await refused(XML + b"\n<timetable>\n<lessons>\n<lesson id=1/></lessons></timetable>", "asc")
    assert error.where == "4"


async def test_a_file_too_big_is_refused_before_it_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "big.xml"
    with path.open("wb") as file:
        file.truncate(3 * limits.XML_BYTES)
    with pytest.raises(FileUnreadable) as caught:
        await read_bytes(path)
    assert caught.value.refusal is Refusal.TOO_BIG


def test_the_child_gets_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TOKEN", "42:secret")
    monkeypatch.setenv("SECRET_KEY", "secret")
    known = set(run_child("tell_environment", b"", module=CHILDREN)["ok"])
    assert known <= {"PATH", "PYTHONPATH", "PYTHONUTF8", "LD_LIBRARY_PATH", "SYSTEMROOT", "LC_CTYPE"}


@pytest.mark.parametrize("way", ["die", "babble", "eat_memory", "burn"])
def test_a_child_that_dies_is_a_file_too_complex(way: str) -> None:
    assert run_child(way, b"", module=CHILDREN)["refusal"] is Refusal.TOO_HARD


def test_a_child_that_hangs_is_stopped_by_the_clock() -> None:
    assert run_child("hang", b"", module=CHILDREN, seconds=0.5)["refusal"] is Refusal.TOO_SLOW


@pytest.mark.skipif(os.name != "posix", reason="limits are the system's")
def test_the_child_can_neither_write_files_nor_start_processes(tmp_path: Path) -> None:
    target = tmp_path / "stolen"
    assert "refusal" in run_child("write_file", str(target).encode(), module=CHILDREN)
    assert not target.exists() or not target.read_bytes()
    assert "refusal" in run_child("start_process", b"", module=CHILDREN)


def test_without_the_systems_limits_the_caps_hold_all_the_same() -> None:
    """The child's parsers refuse by themselves, where `resource` isn't there to stop them."""
    for parse, data in ((parse_tables, b"x;y\n" * 30_000), (parse_asc, b"x" * (limits.XML_BYTES + 1))):
        with pytest.raises(Exception) as caught:
            parse(data)
        assert type(caught.value).__name__ == "FileRefused"
