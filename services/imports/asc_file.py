"""An aSc export's tables as things of a school: names instead of ids, masks instead of strings. Pure.

What the format turned out to be (real exports of several versions):
- ids are stable only where they don't begin with «*», and even then a name is surer;
- a lesson is what is taught (subject, classes, groups, teachers), a card is where it stands in the week;
- most versions write one card for every slot of a double lesson, some one card for the whole of it: which, the
  cards' sum against `periodsperweek` tells for the file;
- masks have one sign for each day, week of the cycle and term; «1» alone means all;
- a card's rooms are where it is; a lesson's rooms are only where it might be.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace

from services.i18n import gettext as _
from services.imports.asc_types import (
    AscCard,
    AscClass,
    AscFile,
    AscGroup,
    AscLesson,
    AscPeriod,
    AscSubject,
    AscTeacher,
)
from services.imports.asc_xml import AscTables, Row
from services.imports.report import Place, Report
from services.names import FullName, class_key, clean, fold, full_name, looks_like_class

MAX_CYCLE = 12
"""The longest cycle of weeks and the most terms we take."""

WEEKDAYS = (
    ("пон", "пн", "mon", "mo"), ("вт", "tue", "tu"), ("ср", "wed", "we"), ("чет", "чт", "thu", "th"),
    ("пят", "пт", "fri", "fr"), ("суб", "сб", "sat", "sa"), ("вос", "вс", "sun", "su"),
)  # fmt: skip


def read_file(tables: AscTables, report: Report) -> AscFile:
    """The export of tables; what doesn't hold together goes to the report."""
    return _Reader(tables["tables"], report).read()


class _Reader:
    def __init__(self, tables: dict[str, list[Row]], report: Report) -> None:
        self.tables = {name: [(line, row) for line, row in rows] for name, rows in tables.items()}
        self.report = report
        self.file = AscFile(counts=Counter({name: len(rows) for name, rows in tables.items()}))

    def read(self) -> AscFile:
        for needed in ("classes", "subjects", "lessons", "cards"):
            if not self.tables.get(needed):
                self.report.error(
                    Place(),
                    _("The file has no table “{name}”.").format(name=needed),
                    _("Export the whole timetable: File → Export → aSc Timetables 2012 XML."),
                )
        self.read_periods()
        self.read_days()
        self.file.week_count = self.mask_length("weeksdefs", "weeks")
        self.file.term_count = self.mask_length("termsdefs", "terms")
        self.read_subjects()
        self.read_teachers()
        self.file.rooms = {row["id"]: clean(row.get("name", "")) for _line, row in self.rows("classrooms")}
        self.read_classes()
        self.file.groups = {
            row["id"]: AscGroup(
                row["id"],
                clean(row.get("name", "")),
                row.get("classid", ""),
                row.get("entireclass") == "1",
                row.get("divisiontag", ""),
            )
            for _line, row in self.rows("groups")
        }
        self.read_lessons()
        self.read_cards()
        return self.file

    def rows(self, table: str) -> Iterable[Row]:
        """The rows of a table that have an id, each id once."""
        seen: set[str] = set()
        for line, row in self.tables.get(table, []):
            ident = row.get("id", "")
            if ident and ident not in seen:
                seen.add(ident)
                yield line, row
            else:
                self.report.error(
                    Place(row=line, column="id"),
                    _("The row of “{table}” has no id of its own.").format(table=table),
                    _("Export the timetable from aSc anew."),
                )

    def read_periods(self) -> None:
        for line, row in self.tables.get("periods", []):
            number = _whole(row.get("period", ""))
            if number is None:
                self.report.error(
                    Place(row=line, column="period"),
                    _("“{text}” is no number of a lesson.").format(text=row.get("period", "")),
                    _("Correct the bells in aSc."),
                )
                continue
            starts, ends = _minutes(row.get("starttime", "")), _minutes(row.get("endtime", ""))
            if starts is None or ends is None or ends <= starts:
                starts = ends = None
            self.file.periods[number] = AscPeriod(number, starts, ends)

    def read_days(self) -> None:
        """Which weekday each place of a day mask is: by the days' names, in order from Monday without them."""
        length = self.mask_length("daysdefs", "days")
        self.file.weekdays = {place: place for place in range(min(length, 7))}
        named = {}
        for _line, row in self.tables.get("daysdefs", []):
            mask = row.get("days", "")
            if set(mask) <= {"0", "1"} and mask.count("1") == 1:
                weekday = _weekday(row.get("name", ""))
                if weekday is not None:
                    named[mask.index("1")] = weekday
        if len(named) == length and len(set(named.values())) == length:
            self.file.weekdays = named

    def mask_length(self, table: str, column: str) -> int:
        """How many places the masks of a column have, in the definitions and on the cards."""
        masks = [row.get(column, "") for _line, row in self.tables.get(table, [])]
        masks += [row.get(column, "") for _line, row in self.tables.get("cards", [])]
        return max((len(part) for mask in masks for part in mask.split(",")), default=1) or 1

    def read_subjects(self) -> None:
        for line, row in self.rows("subjects"):
            name = clean(row.get("name", "")) or clean(row.get("short", ""))
            if name:
                self.file.subjects[row["id"]] = AscSubject(row["id"], name, _short(row))
            else:
                self.report.error(Place(row=line, column="name"), _("A subject without a name."), _("Name it in aSc."))

    def read_teachers(self) -> None:
        for line, row in self.rows("teachers"):
            text = clean(row.get("name", "")) or clean(row.get("short", ""))
            if fold(text).startswith(("вакан", "vacan")):
                self.file.vacancies.add(row["id"])
                continue
            last, first = clean(row.get("lastname", "")), clean(row.get("firstname", ""))
            name = full_name(f"{last} {first}") if last and first else None
            name = name or full_name(text)
            if name is None:
                self.report.warn(
                    Place(row=line, column="name"),
                    _("“{text}” doesn't look like a teacher's name; it is taken as it stands.").format(text=text),
                    _("Write the surname and initials in aSc."),
                )
                name = FullName(text or row["id"], "")
            self.file.teachers[row["id"]] = AscTeacher(
                row["id"], line, name, row.get("email", ""), row.get("mobile", "")
            )

    def read_classes(self) -> None:
        seen: dict[str, int] = {}
        for line, row in self.rows("classes"):
            names = [name for name in (clean(row.get("name", "")), clean(row.get("short", ""))) if name]
            if not names:
                self.report.error(Place(row=line, column="name"), _("A class without a name."), _("Name it in aSc."))
                continue
            name = next((one for one in names if looks_like_class(one) and _is_russian(one)), names[0])
            key = class_key(name)
            if key in seen:
                self.report.error(
                    Place(row=line, column="name"),
                    _("The class “{name}” stands in the file twice (row {other} too).").format(
                        name=name, other=seen[key]
                    ),
                    _("Rename one of them in aSc."),
                )
            seen[key] = line
            self.file.classes[row["id"]] = AscClass(
                row["id"], line, name, key, class_key(names[-1]), self.grade(line, row), row.get("teacherid", "")
            )

    def grade(self, line: int, row: dict[str, str]) -> int | None:
        """The level the file gives a class; a text that is no level is none, and said aloud."""
        text = row.get("grade", "").strip()
        level = _whole(text)
        if text and (level is None or not 1 <= level <= 11):
            self.report.warn(
                Place(row=line, column="grade"),
                _("“{text}” is no level from 1 to 11; it is not used.").format(text=text),
                _("Give the class's level with --level."),
            )
            return None
        return level

    def read_lessons(self) -> None:
        for line, row in self.rows("lessons"):
            subject_id = row.get("subjectid", "")
            if subject_id not in self.file.subjects:
                self.report.error(
                    Place(row=line, column="subjectid"),
                    _("The lesson's subject is not in the file."),
                    _("Export the timetable from aSc anew."),
                )
                continue
            teachers = self.known(
                line, row, "teacherids", lambda i: i in self.file.teachers or i in self.file.vacancies
            )
            self.file.lessons[row["id"]] = AscLesson(
                id=row["id"],
                line=line,
                subject_id=subject_id,
                class_ids=self.known(line, row, "classids", self.file.classes.__contains__),
                group_ids=self.known(line, row, "groupids", self.file.groups.__contains__),
                teacher_ids=tuple(ident for ident in teachers if ident not in self.file.vacancies),
                room_ids=self.known(line, row, "classroomids", self.file.rooms.__contains__),
                per_card=max(1, _whole(row.get("periodspercard", "")) or 1),
                per_week=_number(row.get("periodsperweek", "")),
            )

    def known(self, line: int, row: dict[str, str], column: str, exists: Callable[[str], bool]) -> tuple[str, ...]:
        """The ids of a column that the file defines, each once, in its order."""
        found: dict[str, None] = {}
        for ident in row.get(column, "").split(","):
            if not ident:
                continue
            if exists(ident):
                found[ident] = None
            else:
                self.report.error(
                    Place(row=line, column=column),
                    _("“{id}” is not in the file.").format(id=ident),
                    _("Export the timetable from aSc anew."),
                )
        return tuple(found)

    def read_cards(self) -> None:
        seen: dict[AscCard, int] = {}
        for line, row in self.tables.get("cards", []):
            lesson = self.file.lessons.get(row.get("lessonid", ""))
            if lesson is None:
                self.report.error(
                    Place(row=line, column="lessonid"),
                    _("A card of a lesson that is not in the file."),
                    _("Export the timetable from aSc anew."),
                )
                continue
            period = _whole(row.get("period", ""))
            days = self.mask(line, row, "days", len(self.file.weekdays))
            weeks = self.mask(line, row, "weeks", self.file.week_count)
            terms = self.mask(line, row, "terms", self.file.term_count)
            if period is None:
                self.report.error(
                    Place(row=line, column="period"),
                    _("“{text}” is no number of a lesson.").format(text=row.get("period", "")),
                    _("Place the card anew in aSc."),
                )
            elif days and weeks and terms:
                rooms = self.card_rooms(line, row, lesson)
                self.add_card(AscCard(lesson, line, period, days, weeks, terms, rooms), seen)

    def add_card(self, card: AscCard, seen: dict[AscCard, int]) -> None:
        """Keeps a card, once: some exports repeat theirs."""
        bare = replace(card, line=0)
        if bare in seen:
            self.report.warn(
                Place(row=card.line),
                _("The card repeats row {other}; it is taken once.").format(other=seen[bare]),
                "",
            )
            return
        seen[bare] = card.line
        self.file.cards.append(card)

    def mask(self, line: int, row: dict[str, str], column: str, length: int) -> tuple[int, ...]:
        """The places of a mask; «» and «1» mean all weeks or terms, but a card must have its day."""
        text = row.get(column, "").strip()
        if column != "days" and text in {"", "1"}:
            return tuple(range(length))
        if set(text) <= {"0", "1"} and "1" in text and len(text) == length <= MAX_CYCLE:
            return tuple(place for place, sign in enumerate(text) if sign == "1")
        self.report.error(
            Place(row=line, column=column),
            _("“{text}” doesn't say where the card stands.").format(text=text),
            _("Place the card on one day and week in aSc, and export anew."),
        )
        return ()

    def card_rooms(self, line: int, row: dict[str, str], lesson: AscLesson) -> tuple[str, ...]:
        """The rooms of a card; a file without that column has the lesson's only room."""
        if "classroomids" in row:
            return self.known(line, row, "classroomids", self.file.rooms.__contains__)
        return lesson.room_ids if len(lesson.room_ids) == 1 else ()


def single_cards(file: AscFile) -> list[AscCard]:
    """The cards, one for each slot: a card of a whole double lesson is taken apart.

    The file decides as a whole: the lessons whose cards, each counted once, make up `periodsperweek`, against
    those that only make it up when each card is counted `periodspercard` times.
    """
    hours: defaultdict[str, float] = defaultdict(float)
    for card in file.cards:
        hours[card.lesson.id] += len(card.days) * len(card.weeks) / file.week_count
    blocks = singles = 0
    for lesson in file.lessons.values():
        if lesson.per_card > 1 and lesson.per_week and hours[lesson.id]:
            singles += abs(hours[lesson.id] - lesson.per_week) < 0.26
            blocks += abs(hours[lesson.id] * lesson.per_card - lesson.per_week) < 0.26
    if blocks <= singles:
        return file.cards
    return [
        AscCard(card.lesson, card.line, card.period + step, card.days, card.weeks, card.terms, card.rooms)
        for card in file.cards
        for step in range(card.lesson.per_card)
    ]


def _short(row: dict[str, str]) -> str:
    return clean(row.get("short", ""))[:64]


def _is_russian(text: str) -> bool:
    return any("а" <= letter <= "я" for letter in fold(text))


def _weekday(name: str) -> int | None:
    text = fold(name)
    return next((day for day, starts in enumerate(WEEKDAYS) if text.startswith(starts)), None)


def _whole(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else None


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def _minutes(text: str) -> int | None:
    hours, _colon, minutes = text.strip().partition(":")
    hour, minute = _whole(hours), _whole(minutes)
    return hour * 60 + minute if hour is not None and minute is not None and hour < 24 and minute < 60 else None
