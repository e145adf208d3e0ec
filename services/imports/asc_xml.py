"""An aSc Timetables XML export as plain tables. Runs in the limited child process.

The file is a set of tables, each an element whose children are rows and whose columns are attributes; nothing
here knows what they mean. Document types and entities are refused: such a file is not an export.
"""

import re
from typing import Any, TypedDict
from xml.parsers import expat  # the handlers below refuse what defusedxml refuses

from services.imports import limits
from services.imports.refusals import FileRefused, Refusal
from services.imports.tables import decode_text

WANTED = frozenset(
    {
        "periods", "daysdefs", "weeksdefs", "termsdefs", "subjects", "teachers", "classrooms", "grades",
        "classes", "groups", "lessons", "cards", "students",
    }
)  # fmt: skip

_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_CODINGS = {"utf-8": "utf-8-sig", "utf8": "utf-8-sig", "windows-1251": "windows-1251", "cp1251": "windows-1251"}

Row = tuple[int, dict[str, str]]


class AscTables(TypedDict):
    """Rows of each known table with their lines in the file."""

    tables: dict[str, list[Row]]


def read_asc(data: bytes) -> AscTables:
    """The tables of an export; refuses with FileRefused."""
    if not data.strip():
        raise FileRefused(Refusal.EMPTY)
    if len(data) > limits.XML_BYTES:
        raise FileRefused(Refusal.TOO_BIG)
    text = decode_xml(data)
    if not text.lstrip().startswith("<"):
        raise FileRefused(Refusal.NOT_XML)
    return {"tables": Collector().collect(text)}


def decode_xml(data: bytes) -> str:
    """The text by its declared encoding, or by its bytes where nothing true is declared."""
    found = _DECLARED.match(data[:200])
    coding = _CODINGS.get(found[1].decode().lower()) if found else None
    if coding is not None:
        try:
            return without_declaration(data.decode(coding))
        except UnicodeDecodeError:
            pass  # an editor saved it in another encoding and left the declaration
    if data.startswith((b"PK", b"\xd0\xcf")):
        raise FileRefused(Refusal.NOT_XML)
    return without_declaration(decode_text(data))


def without_declaration(text: str) -> str:
    """The text without its declaration, the lines counting as before."""
    found = _DECLARATION.match(text)
    return "\n" * found[0].count("\n") + text[found.end() :] if found else text


class Collector:
    """Gathers the rows of the tables, counting what the file brings."""

    def __init__(self) -> None:
        self.path: list[str] = []
        self.elements = 0
        self.tables: dict[str, list[Row]] = {}
        self.parser = expat.ParserCreate("utf-8")
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.StartDoctypeDeclHandler = self.refuse_dtd
        self.parser.EntityDeclHandler = self.refuse_dtd
        self.parser.ExternalEntityRefHandler = self.refuse_dtd

    def collect(self, text: str) -> dict[str, list[Row]]:
        """The tables of the document."""
        try:
            self.parser.Parse(text.lstrip("\ufeff").encode(), True)
        except expat.ExpatError as error:
            raise FileRefused(Refusal.BROKEN_XML, str(error.lineno)) from error
        if not self.tables:
            raise FileRefused(Refusal.NOT_ASC)
        return self.tables

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """A table begins, or a row of one."""
        if not self.path and name != "timetable":
            raise FileRefused(Refusal.NOT_ASC)
        self.path.append(name)
        self.elements += 1
        if self.elements > limits.XML_ELEMENTS or len(self.path) > limits.XML_DEPTH:
            raise FileRefused(Refusal.TOO_MANY_ELEMENTS, self.line())
        if len(self.path) == 2 and name in WANTED:
            self.tables.setdefault(name, [])
        elif len(self.path) == 3 and self.path[1] in self.tables:
            self.tables[self.path[1]].append((self.parser.CurrentLineNumber, attributes))

    def end(self, _name: str) -> None:
        """An element ends."""
        self.path.pop()

    def refuse_dtd(self, *_anything: Any) -> int:
        """No export declares a document type or an entity."""
        raise FileRefused(Refusal.HAS_DTD, self.line())

    def line(self) -> str:
        """Where the parser is."""
        return str(self.parser.CurrentLineNumber)
