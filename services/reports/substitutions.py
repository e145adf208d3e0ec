"""«Журнал замещения уроков» on paper: a PDF to sign, or a table (М 5 учитель б; В 4.4.8)."""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO
from typing import TYPE_CHECKING

from services import reasons, words
from services.i18n import gettext as _
from services.reports.typeset import typeset
from services.substitutions.journal import JournalLine, SubstitutionJournal

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

WIDTHS = (12, 8, 16, 24, 28, 22, 28, 14)


async def substitutions_pdf(school: str, journal: SubstitutionJournal, now: datetime) -> bytes:
    """PDF/A, landscape: a row a lesson, with a place for the substitute's signature."""
    data = {
        "title": _("Journal of substitutions"),
        "school": school,
        "span": span(journal.since, journal.until),
        "columns": [*_columns(), _("Signature")],
        "rows": [[str(number), *_row(one)] for number, one in enumerate(journal.lines, 1)],
        "empty": _("There were no substitutions."),
        "signed": _("Deputy head"),
    }
    return await asyncio.to_thread(typeset, "substitutions.typ", data, now)


async def substitutions_xlsx(school: str, journal: SubstitutionJournal) -> bytes:
    """The same as a table; no cell is ever a formula."""
    return await asyncio.to_thread(_table, school, journal)


def span(since: date, until: date) -> str:
    """«7–13 сентября 2026»."""
    return f"{words.days(since, until)} {until.year}"


def record_words(line: JournalLine) -> str:
    """How the record of a substituted lesson stands."""
    if line.complete is None:
        return _("ahead")
    return _("complete") if line.complete else _("incomplete")


def _columns() -> list[str]:
    return [
        "№",
        _("Date"),
        _("Lesson"),
        _("Class"),
        _("Subject"),
        _("Absent teacher"),
        _("Reason"),
        _("Substitute"),
        _("Record"),
    ]


def _row(line: JournalLine) -> list[str]:
    return [
        line.on_date.strftime("%d.%m.%Y"),
        str(line.slot),
        line.audience,
        line.subject,
        line.absent.initials,
        reasons.said(line.reason),
        line.substitute.initials,
        record_words(line),
    ]


def _table(school: str, journal: SubstitutionJournal) -> bytes:
    import xlsxwriter  # 11 MiB that most days never need

    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(_("Substitutions"))
    bold = book.add_format({"bold": True})
    head = book.add_format({"bold": True, "border": 1, "text_wrap": True})
    cell = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
    title = _("Journal of substitutions")
    sheet.write_string(0, 0, f"{title}. {school}", bold)
    sheet.write_string(1, 0, span(journal.since, journal.until))
    _write(sheet, 3, _columns()[1:], head)
    for number, line in enumerate(journal.lines, 4):
        _write(sheet, number, _row(line), cell)
    for column, width in enumerate(WIDTHS):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(4, 0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    book.close()
    return out.getvalue()


def _write(sheet: "Worksheet", row: int, values: Sequence[str], style: object) -> None:
    for column, value in enumerate(values):
        sheet.write_string(row, column, value, style)
