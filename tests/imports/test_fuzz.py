"""Whatever a file holds, it is read or refused: no other error comes out of reading, checking and comparing."""

from datetime import date

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from services.imports.asc_file import read_file, single_cards
from services.imports.asc_found import describe
from services.imports.asc_xml import read_asc
from services.imports.headers import HOMEROOMS, PLANS, STAFF, STUDENTS, spellings
from services.imports.plans_rows import Defaults, read_plans
from services.imports.refusals import FileRefused
from services.imports.report import Report, render
from services.imports.roster_rows import read_roster
from services.imports.tables import Sheet, read_tables
from services.names import class_key, class_name, fits, full_name
from tests.imports.school import SCHOOL_1251

QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TODAY = date(2026, 9, 2)
HEADERS = [text for column in (*STUDENTS, *STAFF, *HOMEROOMS, *PLANS) for text, _slot in spellings(column)]
CELLS = st.one_of(
    st.sampled_from(
        ["7Б", "Иванов Иван Иванович", "Петрова М.П.", "01.09.2026", "2026-09-01", "учитель, завуч", "мать", "15 от 1",
         "5-6", "№ 15 от 28.08.2026", "+7 900 000-00-00", "Алгебра", "7", "2 ч", "к/р", "", "-", "#ССЫЛКА!", "Итого"]
    ),
    st.text(max_size=12),
)  # fmt: skip


@st.composite
def sheets(draw: st.DrawFn) -> list[Sheet]:
    head = draw(st.lists(st.sampled_from(HEADERS), min_size=1, max_size=12))
    rows = draw(st.lists(st.lists(CELLS, max_size=14), max_size=6))
    numbered = [(number, cells) for number, cells in enumerate([head, *rows], start=1) if any(cells)]
    return [{"name": draw(CELLS), "rows": numbered}]


@QUICK
@given(st.binary(max_size=400))
@example(b"PK\x03\x04")
@example(b"\xff\xfe")
@example(b'"')
@example(b"sep=;\n")
def test_any_bytes_are_a_table_or_refused(data: bytes) -> None:
    try:
        for sheet in read_tables(data):
            assert all(isinstance(cell, str) for _number, cells in sheet["rows"] for cell in cells)
    except FileRefused:
        pass


@QUICK
@given(st.integers(0, len(SCHOOL_1251) - 1), st.binary(min_size=1, max_size=6))
def test_a_damaged_export_is_read_or_refused(at: int, patch: bytes) -> None:
    data = SCHOOL_1251[:at] + patch + SCHOOL_1251[at + len(patch) :]
    report = Report("")
    try:
        file = read_file(read_asc(data), report)
    except FileRefused:
        return
    describe(file, single_cards(file), report)
    render(report, dry_run=True)


@QUICK
@given(sheets())
def test_any_cells_under_our_headers_become_rows_or_problems(found: list[Sheet]) -> None:
    report = Report("")
    read_roster(found, TODAY, report)
    read_plans(found, {"алгебра": "Алгебра"}, Defaults(), report)
    render(report, dry_run=True)
    assert all(problem.what and problem.place.row >= 0 for problem in report.problems)


@QUICK
@given(st.text(max_size=30), st.text(max_size=30))
def test_names_of_any_text_are_keys_or_none(one: str, other: str) -> None:
    assert class_key(class_name(one)) == class_key(one)
    first, second = full_name(one), full_name(other)
    if first and second:
        assert fits(first, second) == fits(second, first)
        assert fits(first, first)
