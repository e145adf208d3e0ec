"""Opening files from outside: a limited child process reads them, and what it can't read becomes one sentence."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from services.errors import SchoolError
from services.i18n import N_, gettext
from services.imports import limits
from services.imports.asc_xml import AscTables
from services.imports.refusals import Refusal
from services.imports.tables import Sheet

CHILD = "services.imports.child"

_ROOT = Path(__file__).parent.parent.parent

_SENTENCES = {
    Refusal.EMPTY: N_("The file is empty."),
    Refusal.TOO_BIG: N_("The file is too big: tables are taken up to 2 MB, XML up to 20 MB. Split it."),
    Refusal.NOT_TEXT: N_("This is not a table: the file holds bytes that no text has. Save it as XLSX or CSV."),
    Refusal.UNKNOWN_ENCODING: N_("The file's letters can't be told: save it as XLSX, or as CSV in UTF-8."),
    Refusal.OLD_EXCEL: N_("This is an old Excel file (.xls) or one with a password. Save it as XLSX without one."),
    Refusal.OPEN_DOCUMENT: N_("This is an OpenDocument table (.ods). Save it as XLSX or CSV."),
    Refusal.NOT_A_TABLE: N_("This is a web page or XML, not a table. Open it in Excel and save it as XLSX."),
    Refusal.NOT_EXCEL: N_("The file can't be read as an Excel workbook. Open it in Excel and save it as XLSX anew."),
    Refusal.BROKEN_ZIP: N_("The file is damaged: its archive can't be opened. Save it as XLSX anew."),
    Refusal.ZIP_BOMB: N_("The file unpacks to far more than a school's table holds. It was not opened."),
    Refusal.TOO_MANY_SHEETS: N_("The workbook has more than 60 sheets. Leave those that are to be imported."),
    Refusal.TOO_MANY_ROWS: N_("There are more than 20,000 rows. Split the file."),
    Refusal.TOO_MANY_COLUMNS: N_("There are more than 80 columns. Leave those that are to be imported."),
    Refusal.TOO_MUCH_TEXT: N_("There is more text in the cells than a school's table holds."),
    Refusal.BROKEN_CSV: N_("The CSV can't be cut into rows: a quotation mark seems to be left open."),
    Refusal.BROKEN_XML: N_("The XML is damaged. Export it from aSc anew."),
    Refusal.NOT_XML: N_("This is not an XML file. In aSc: File → Export → aSc Timetables 2012 XML."),
    Refusal.HAS_DTD: N_("The XML declares a document type or entities, which no timetable does. It was not opened."),
    Refusal.TOO_MANY_ELEMENTS: N_("The XML holds more elements than a school's timetable."),
    Refusal.NOT_ASC: N_("This XML is no aSc timetable. In aSc: File → Export → aSc Timetables 2012 XML."),
    Refusal.TOO_HARD: N_("The file is too complex: reading it took more memory than is allowed."),
    Refusal.TOO_SLOW: N_("The file is too complex: reading it took more time than is allowed."),
}


class FileUnreadable(SchoolError):
    """A file that can't be taken at all, with the place where reading stopped."""

    def __init__(self, refusal: Refusal, where: str = "") -> None:
        super().__init__()
        self.refusal = refusal
        self.sentence = _SENTENCES[refusal]
        self.where = where

    def say(self) -> str:
        """The sentence, and the line or sheet."""
        place = gettext(" (Place: {where}.)").format(where=self.where) if self.where else ""
        return super().say() + place


async def read_tables(data: bytes, *, pasted: bool = False) -> list[Sheet]:
    """The sheets of an XLSX, CSV or pasted text; FileUnreadable says why not."""
    sheets: list[Sheet] = await _in_child("text" if pasted else "tables", data, limits.TABLE_BYTES)
    return sheets


async def read_asc(data: bytes) -> AscTables:
    """The tables of an aSc export; FileUnreadable says why not."""
    tables: AscTables = await _in_child("asc", data, limits.XML_BYTES)
    return tables


async def read_bytes(path: Path) -> bytes:
    """A file's bytes, refused by its size before it is read."""
    return await asyncio.to_thread(_read_limited, path)


def _read_limited(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(limits.XML_BYTES + 1)
    if len(data) > limits.XML_BYTES:
        raise FileUnreadable(Refusal.TOO_BIG)
    return data


async def _in_child(kind: str, data: bytes, most: int) -> Any:
    if len(data) > most:
        raise FileUnreadable(Refusal.TOO_BIG)
    said = await asyncio.to_thread(run_child, kind, data)
    if "refusal" in said:
        raise FileUnreadable(Refusal(said["refusal"]), said["where"])
    return said["ok"]


def run_child(kind: str, data: bytes, *, module: str = CHILD, seconds: float = limits.WALL_SECONDS) -> dict[str, Any]:
    """What the child said. It gets the bytes and nothing else: no settings, no secrets, no open files."""
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module, no shell
            [sys.executable, "-B", "-m", module, kind],
            input=data,
            capture_output=True,
            cwd=_ROOT,
            env=_bare_environment(),
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"refusal": Refusal.TOO_SLOW, "where": ""}
    if done.returncode != 0 or not done.stdout:
        # Killed by a limit, or led astray: nothing of what it said is believed.
        return {"refusal": Refusal.TOO_HARD, "where": ""}
    try:
        said: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        return {"refusal": Refusal.TOO_HARD, "where": ""}
    return said


def _bare_environment() -> dict[str, str]:
    kept = {name: value for name in ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH") if (value := os.environ.get(name))}
    return {**kept, "PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1"}
