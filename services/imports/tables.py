"""Spreadsheets and delimited text as plain rows of text. Runs in the limited child process.

Nothing here knows what the columns mean. A cell comes out as text: whole numbers without «.0», dates as
2026-09-01, TRUE as «да». Row numbers are those the person sees in Excel, from 1.
"""

import csv
import io
import itertools
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import Any, TypedDict

from services.imports import limits
from services.imports.refusals import FileRefused, Refusal


class Sheet(TypedDict):
    """One sheet: its name («» for text files) and its rows that are not empty, each with its number."""

    name: str
    rows: list[tuple[int, list[str]]]


NumberedRows = Iterator[tuple[int, Sequence[Any]]]

OLE = b"\xd0\xcf\x11\xe0"
ZIP = b"PK\x03\x04"
_RARE_IN_1251 = bytes(range(0x80, 0x91)).translate(None, b"\x84\x85\x88\x8b")


def read_tables(data: bytes, delimiters: str = ";,\t") -> list[Sheet]:
    """The sheets of an XLSX, or the one sheet of a delimited text; refuses with FileRefused."""
    if not data.strip():
        raise FileRefused(Refusal.EMPTY)
    if len(data) > limits.TABLE_BYTES:
        raise FileRefused(Refusal.TOO_BIG)
    if data.startswith(OLE):
        raise FileRefused(Refusal.OLD_EXCEL)
    if data.startswith(ZIP):
        return read_workbook(data)
    return [read_text(decode_text(data), delimiters)]


def read_workbook(data: bytes) -> list[Sheet]:
    """The visible sheets of an XLSX; its ZIP directory is judged before anything is unpacked."""
    check_zip(data)
    import openpyxl  # slow to import, and only needed here

    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    except MemoryError:
        raise
    except Exception as error:  # openpyxl answers a malformed file with whatever broke first
        raise FileRefused(Refusal.NOT_EXCEL) from error
    if len(book.worksheets) > limits.SHEETS:
        raise FileRefused(Refusal.TOO_MANY_SHEETS)
    budget = Budget()
    sheets: list[Sheet] = []
    for worksheet in book.worksheets:
        if worksheet.sheet_state != "visible":
            continue
        name = str(worksheet.title)
        worksheet.reset_dimensions()  # some programs write «A1» there, and openpyxl would stop at it
        # One column more than allowed shows that there is one; rows are counted as they come, since the
        # file's own word about its size may be missing or false.
        cells = worksheet.iter_rows(max_col=limits.COLUMNS + 1, values_only=True)
        try:
            sheets.append(collect(name, enumerate(cells, start=1), budget))
        except (FileRefused, MemoryError):
            raise
        except Exception as error:
            raise FileRefused(Refusal.NOT_EXCEL, name) from error
    if not any(sheet["rows"] for sheet in sheets):
        raise FileRefused(Refusal.EMPTY)
    return sheets


def check_zip(data: bytes) -> None:
    """Refuses archives that are broken, encrypted, of another kind, or would unpack to too much."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            mimetype = archive.read("mimetype")[:80] if small_mimetype(entries) else b""
    except Exception as error:  # zipfile raises a dozen kinds on hostile directories
        raise FileRefused(Refusal.BROKEN_ZIP) from error
    if len(entries) > limits.ZIP_ENTRIES or sum(entry.file_size for entry in entries) > limits.ZIP_BYTES:
        raise FileRefused(Refusal.ZIP_BOMB)
    for entry in entries:
        if entry.file_size > 1_000_000 and entry.file_size > entry.compress_size * limits.ZIP_RATIO:
            raise FileRefused(Refusal.ZIP_BOMB)
        if entry.flag_bits & 0x1:
            raise FileRefused(Refusal.OLD_EXCEL)
    if b"opendocument" in mimetype:
        raise FileRefused(Refusal.OPEN_DOCUMENT)
    if "xl/workbook.xml" not in names:
        raise FileRefused(Refusal.NOT_EXCEL)


def small_mimetype(entries: list[zipfile.ZipInfo]) -> bool:
    """Whether there is an OpenDocument `mimetype` entry worth reading."""
    return any(entry.filename == "mimetype" and entry.file_size < 200 for entry in entries)


def decode_text(data: bytes) -> str:
    """Text from UTF-8, UTF-16 with a mark, or windows-1251, told apart by the bytes."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return decode_or_refuse(data, "utf-16")
    if b"\x00" in data:
        raise FileRefused(Refusal.NOT_TEXT)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    high = [byte for byte in data if byte >= 0x80]
    # In windows-1251 Russian letters are 0xC0 and above, ё apart; other code pages have theirs lower, and so what
    # would be rare signs of windows-1251.
    letters = sum(byte >= 0xC0 or byte in b"\xa8\xb8" for byte in high)
    rare = sum(byte in _RARE_IN_1251 for byte in high)
    if letters < 0.7 * len(high) or rare > 0.05 * len(high):
        raise FileRefused(Refusal.UNKNOWN_ENCODING)
    return decode_or_refuse(data, "windows-1251")


def decode_or_refuse(data: bytes, encoding: str) -> str:
    """The text, or a refusal: nothing is replaced by question marks."""
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise FileRefused(Refusal.UNKNOWN_ENCODING) from error


def read_text(text: str, delimiters: str) -> Sheet:
    """The one sheet of a delimited text; a line without delimiters is a row of one cell."""
    if text.lstrip().startswith("<"):
        raise FileRefused(Refusal.NOT_A_TABLE)
    if "\x00" in text:
        raise FileRefused(Refusal.NOT_TEXT)
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:  # Excel's own hint
        return collect("", parse_csv(rest, first.strip()[4], first_number=2), Budget())
    return collect("", parse_csv(text, guess_delimiter(text, delimiters)), Budget())


def guess_delimiter(text: str, delimiters: str) -> str:
    """The delimiter that cuts nearly all first lines into the same number of cells; tab if none cuts anything.

    Semicolons and tabs are tried before commas: Russian text is full of commas, Russian tables have few.
    """
    sample = list(itertools.islice((line for line in text.splitlines() if line.strip()), 60))
    best, best_score = "\t", 0.0
    for delimiter in sorted(delimiters, key=";\t,".index):
        try:
            widths = [len(row) for row in csv.reader(sample, delimiter=delimiter)]
        except csv.Error:
            continue
        wide = Counter(width for width in widths if width > 1)
        if not wide:
            continue
        common, times = wide.most_common(1)[0]
        if times >= 0.8 * len(widths):
            return delimiter
        score = (common - 1) * times / len(widths)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def parse_csv(text: str, delimiter: str, first_number: int = 1) -> NumberedRows:
    """Numbered records of a delimited text."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    for number in itertools.count(first_number):
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise FileRefused(Refusal.BROKEN_CSV, str(number)) from error
        if any(cell.count("\n") > 40 for cell in row):  # a quotation mark that was never closed
            raise FileRefused(Refusal.BROKEN_CSV, str(number))
        yield number, row


class Budget:
    """What one file may still bring, over all its sheets."""

    def __init__(self) -> None:
        self.rows = limits.ROWS
        self.chars = limits.TABLE_CHARS

    def take(self, where: str, cells: list[str]) -> None:
        """Counts a row; raises FileRefused when the file is over its limits."""
        self.rows -= 1
        self.chars -= sum(map(len, cells))
        if self.rows < 0:
            raise FileRefused(Refusal.TOO_MANY_ROWS, where)
        if len(cells) > limits.COLUMNS:
            raise FileRefused(Refusal.TOO_MANY_COLUMNS, where)
        if self.chars < 0 or any(len(cell) > limits.CELL_CHARS for cell in cells):
            raise FileRefused(Refusal.TOO_MUCH_TEXT, where)


def collect(name: str, rows: NumberedRows, budget: Budget) -> Sheet:
    """A sheet of the rows that hold anything, cut of their empty ends."""
    kept: list[tuple[int, list[str]]] = []
    for number, values in rows:
        if values.count(None) == len(values):  # a stray cell in the last row of a sheet brings a million of these
            continue
        cells = [as_text(value) for value in values]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            budget.take(f"{name} {number}".strip(), cells)
            kept.append((number, cells))
    return {"name": name, "rows": kept}


def as_text(value: Any) -> str:
    """A cell's value as the text the person sees."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "да" if value else "нет"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    return str(value).replace("\xa0", " ").strip()
