"""Sheets and pasted text as topics of calendar-thematic plans (КТП); bad cells become problems. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from services.i18n import gettext as _
from services.imports.headers import Form, Head, find_head
from services.imports.report import Place, Report
from services.imports.tables import Sheet
from services.imports.values import is_iso, read_whole
from services.names import clean, fold, subject_key
from storage.vocabulary import WorkKind

TITLE_CHARS = 500
_SUM = re.compile(r"(итого|всего)\b")  # «Итоговая контрольная» is a topic

_KINDS = (
    (("диктант", "контрольный диктант", "словарный диктант"), WorkKind.DICTATION),
    (("сочинение", "изложение", "эссе", "контрольное сочинение", "контрольное изложение"), WorkKind.ESSAY),
    (("контрольн", "к/р", "к. р", "к.р", "кр"), WorkKind.CONTROL),
    (("самостоятельн", "с/р", "с. р", "с.р", "ср"), WorkKind.INDEPENDENT),
    (("лаборатор", "л/р", "л. р", "л.р", "лр"), WorkKind.LABORATORY),
    (("практич", "практикум", "п/р", "пр/р", "п. р", "п.р", "пр.р", "пр"), WorkKind.PRACTICAL),
    (("тест", "зачет", "проверочн"), WorkKind.TEST),
    (("проект",), WorkKind.PROJECT),
    (("экзамен",), WorkKind.EXAM),
    (("домашн", "д/р", "д/з"), WorkKind.HOMEWORK),
    (("ответ", "устный", "опрос", "беседа", "текущ", "фронтальн"), WorkKind.ANSWER),
    (("другое", "иное", "прочее"), WorkKind.OTHER),
)  # fmt: skip

_ORDER = re.compile(r"(\d{1,4})(?:\s*[-–—,]\s*(\d{1,4}))?[.)]?")
_LEVEL = re.compile(r"(\d{1,2})(?:\s*-?\s*(?:е|й|ый|ые))?(?:\s*(?:класс\w*|кл\.?|параллель))?")
_HOURS = re.compile(r"(\d{1,3})(?:\s*(?:ч|час|часа|часов)\.?)?")
_LINE = re.compile(
    r"(?:(?P<order>\d{1,4}(?:\s*[-–]\s*\d{1,4})?)(?:[.)]\s*|\s+))?(?P<topic>.+?)"
    r"(?:\s*[-–—(,;]\s*(?P<hours>\d{1,3})\s*(?:ч|час|часа|часов)\.?\)?)?"
)
_SHEET = re.compile(r"(?P<subject>.+?)[\s,_-]*(?P<level>\d{1,2})(?:\s*(?:кл|класс)\w*\.?)?")


@dataclass(frozen=True)
class TopicRow:
    """A topic as one row names it; `subject` is a key known to the school.

    `curriculum`: the subject's hours a year, where the row says them.
    """

    place: Place
    subject: str
    level: int
    ordinal: int
    title: str
    hours: int
    work_kind: WorkKind | None
    curriculum: int | None = None


@dataclass(frozen=True)
class Defaults:
    """What the file doesn't say itself: a subject's key and a level, from the command's options."""

    subject: str | None = None
    level: int | None = None


def read_plans(
    sheets: Sequence[Sheet], subjects: Mapping[str, str], defaults: Defaults, report: Report
) -> list[TopicRow]:
    """The topics of all sheets. `subjects`: names of the school's subjects by key."""
    topics: list[TopicRow] = []
    for sheet in sheets:
        if sheet["rows"]:
            topics += _Reader(sheet, subjects, defaults, report).read()
    if not topics and not report.errors:
        report.error(
            Place(),
            _("There are no topics in the file."),
            _("See the table of headers in docs/imports.md and the samples in docs/samples."),
        )
    return topics


class _Reader:
    def __init__(self, sheet: Sheet, subjects: Mapping[str, str], defaults: Defaults, report: Report) -> None:
        self.sheet, self.subjects, self.report = sheet, subjects, report
        self.head: Head | None = find_head(sheet, (Form.PLANS,))
        named = self.from_sheet_name()
        self.subject = defaults.subject or named.subject
        self.level = defaults.level or named.level
        self.last: dict[tuple[str, int], int] = {}
        self.sections: list[int] = []

    def from_sheet_name(self) -> Defaults:
        """Subject and level of a sheet called «Алгебра 7», if the school has that subject."""
        found = _SHEET.fullmatch(clean(self.sheet["name"]))
        if found and subject_key(found["subject"]) in self.subjects and 1 <= int(found["level"]) <= 11:
            return Defaults(subject_key(found["subject"]), int(found["level"]))
        key = subject_key(self.sheet["name"])
        return Defaults(key if key in self.subjects else None)

    def read(self) -> Iterator[TopicRow]:
        for number, cells in self.sheet["rows"]:
            if self.head is not None and number <= self.head.row:
                continue
            fields = self.by_header(cells) if self.head is not None else _without_header(cells)
            yield from self.topic(number, fields)
        if self.sections:
            self.report.notes.append(
                _("Rows without a number are taken for sections and left out: {rows}.").format(
                    rows=", ".join(map(str, self.sections))
                )
            )

    def by_header(self, cells: Sequence[str]) -> dict[str, str]:
        assert self.head is not None
        return {
            column.field: clean(cells[column.index])
            for column in self.head.columns
            if column.index < len(cells) and cells[column.index].strip()
        }

    def topic(self, number: int, fields: dict[str, str]) -> Iterator[TopicRow]:
        """The topic of a row, if it is one."""
        if fields.get("subject"):
            self.subject = self.subject_of(number, fields["subject"])
        if fields.get("level"):
            self.level = self.level_of(number, fields["level"])
        title = fields.get("topic", "")
        if not title or _SUM.match(fold(title)):
            return
        if self.head is not None and self.head.has("order") and not fields.get("order"):
            self.sections.append(number)
            return
        if self.subject is None or self.level is None:
            self.missing(number)
            return
        place = self.place(number)
        ordinal, span = self.order(number, fields.get("order", ""))
        hours = self.hours(number, fields.get("hours", ""), span)
        if len(title) > TITLE_CHARS:
            self.report.error(place, _("The topic is longer than 500 characters."), _("Shorten it."))
        if ordinal and hours:
            kind = self.kind(number, fields.get("work", ""))
            curriculum = self.curriculum(number, fields.get("curriculum", ""))
            yield TopicRow(place, self.subject, self.level, ordinal, title, hours, kind, curriculum)

    def subject_of(self, number: int, text: str) -> str | None:
        key = subject_key(text)
        if key in self.subjects:
            return key
        near = get_close_matches(key, list(self.subjects), n=3, cutoff=0.6)
        hint = ", ".join(f"«{self.subjects[one]}»" for one in near)
        self.report.error(
            self.place(number, "subject"),
            _("The school has no subject “{name}”.").format(name=text),
            _("Perhaps: {names}.").format(names=hint) if hint else _("Import the timetable with its subjects first."),
        )
        return None

    def level_of(self, number: int, text: str) -> int | None:
        found = _LEVEL.fullmatch(fold(text))
        if found and 1 <= int(found[1]) <= 11:
            return int(found[1])
        self.report.error(
            self.place(number, "level"),
            _("“{text}” is no level.").format(text=text),
            _("A plan is one for its level: write 7."),
        )
        return None

    def missing(self, number: int) -> None:
        """Says once a sheet that nothing names the subject or the level."""
        if not self.last.get(("", 0)) and not self.report.errors:
            self.report.error(
                self.place(number),
                _("The file doesn't say the subject and the level."),
                _("Add columns “Предмет” and “Параллель”, or name them: --subject “Алгебра” --for-level 7."),
            )
        self.last["", 0] = 1

    def order(self, number: int, text: str) -> tuple[int, int | None]:
        """A topic's number, and how many it takes («5-6»: two); without a number, the next one."""
        assert self.subject is not None and self.level is not None
        before = self.last.get((self.subject, self.level), 0)
        found = _ORDER.fullmatch(text) if text and not is_iso(text) else None
        if text and found is None:
            self.report.error(
                self.place(number, "order"),
                _("“{text}” is no number.").format(text=text),
                _("Write whole numbers in a row: 1, 2, 3; “5-6” in a text cell."),
            )
            return 0, None
        ordinal = int(found[1]) if found else before + 1
        last = int(found[2]) if found and found[2] else ordinal
        if not before < ordinal <= last:
            self.report.error(
                self.place(number, "order"),
                _("The number {number} comes after {before}.").format(number=text, before=before),
                _("Number the topics of a plan in a row, each once."),
            )
            return 0, None
        if ordinal > before + 1:
            self.report.warn(
                self.place(number, "order"),
                _("Numbers from {first} to {last} are missing.").format(first=before + 1, last=ordinal - 1),
                _("Look whether rows were lost."),
            )
        self.last[self.subject, self.level] = last
        return ordinal, last - ordinal + 1 if found and found[2] else None

    def hours(self, number: int, text: str, span: int | None) -> int:
        """A topic's hours: the cell's, else what its number spans, else one."""
        if not text:
            return span or 1
        found = _HOURS.fullmatch(fold(text))
        hours = int(found[1]) if found else read_whole(text) or 0
        if not 1 <= hours <= 40:
            self.report.error(
                self.place(number, "hours"),
                _("“{text}” is no whole number of hours.").format(text=text),
                _("Write whole hours; halves of hours join in one topic."),
            )
            return 0
        return hours

    def curriculum(self, number: int, text: str) -> int | None:
        """The subject's hours a year by the curriculum; what is no number stays out, said aloud."""
        if not text:
            return None
        found = _HOURS.fullmatch(fold(text))
        hours = int(found[1]) if found else read_whole(text) or 0
        if not 1 <= hours <= 999:
            self.report.warn(
                self.place(number, "curriculum"),
                _("“{text}” is no whole number of hours.").format(text=text),
                _("Write the hours of a year by the curriculum, like 102; without them the timetable's count."),
            )
            return None
        return hours

    def kind(self, number: int, text: str) -> WorkKind | None:
        """The kind of work; what is none stays out, said aloud."""
        if not text or text in {"-", "–", "—"}:
            return None
        words = fold(text)
        found = next((kind for starts, kind in _KINDS if words in starts or words.startswith(_long(starts))), None)
        if found is None:
            self.report.warn(
                self.place(number, "work"),
                _("“{text}” is no kind of work we know; the topic is taken without one.").format(text=text),
                _("Write: контрольная, самостоятельная, лабораторная, практическая, тест, диктант, сочинение, проект…"),
            )
        return found

    def place(self, number: int, name: str = "") -> Place:
        columns = self.head.columns if self.head is not None else []
        title = next((column.text for column in columns if column.field == name), "")
        return Place(self.sheet["name"], number, clean(title))


def _long(starts: tuple[str, ...]) -> tuple[str, ...]:
    """The beginnings that are long enough to be told by; «кр» and «пр» must be the whole cell."""
    return tuple(start for start in starts if len(start) > 2)


def _without_header(cells: Sequence[str]) -> dict[str, str]:
    """A pasted row: number, topic, hours, kind of work as they come; or one line «5. Тема — 2 ч»."""
    filled = [clean(cell) for cell in cells if cell.strip()]
    if len(filled) == 1:
        found = _LINE.fullmatch(filled[0])
        return {name: text for name, text in found.groupdict().items() if text} if found else {}
    fields: dict[str, str] = {}
    if filled and _ORDER.fullmatch(filled[0]):
        fields["order"] = filled.pop(0)
    if filled:
        fields["topic"] = filled.pop(0)
    for text in filled:
        fields["hours" if _HOURS.fullmatch(fold(text)) else "work"] = text
    return fields
