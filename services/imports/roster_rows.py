"""Sheets of a roster as rows of students, guardians, staff and homeroom teachers; bad cells become problems. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from services.i18n import gettext as _
from services.imports.headers import GUARDIANS, Form, Head, find_head
from services.imports.report import Place, Report
from services.imports.tables import Sheet
from services.imports.values import is_iso, read_date, read_email, read_phone, split_application, split_list
from services.names import (
    FullName,
    class_key,
    class_name,
    clean,
    fold,
    full_name,
    header_key,
    looks_like_class,
    name_of_parts,
)
from storage.vocabulary import Relation, Role

GUARDIAN_FIELDS = ("relation", "phone", "email", "application", "application_on", "consent_on")

_RELATIONS = (
    (("мат", "мам"), Relation.MOTHER),
    (("отец", "пап"), Relation.FATHER),
    (("опекун", "попечит"), Relation.GUARDIAN),
    (("законн", "предст", "родител", "усынов", "приемн", "баб", "дед", "сест", "брат", "тет", "дяд", "отчим", "мачех",
      "друг", "ин", "родств"), Relation.OTHER),
)  # fmt: skip

_ROLES = (
    (("заместитель директора", "зам. директора", "зам директора", "замдиректора", "завуч", "зам."), Role.DEPUTY),
    (("директор",), Role.DIRECTOR),
    (("администратор", "ответственн", "оператор"), Role.ADMINISTRATOR),
    (("секретар", "делопроизвод"), Role.SECRETARY),
    (("воспитател",), Role.EDUCATOR),
    (("учител", "преподав", "педагог", "классный руководитель", "логопед", "психолог", "тьютор"), Role.TEACHER),
)


@dataclass(frozen=True)
class GuardianCell:
    """A guardian as one row names them."""

    place: Place
    name: FullName
    relation: Relation | None
    phone: str | None
    email: str | None
    application: str | None
    application_on: date | None
    consent_on: date | None


@dataclass(frozen=True)
class StudentRow:
    """A student as one row names them; `class_key` «» where the row names no class."""

    place: Place
    name: FullName
    class_key: str
    class_name: str
    birth_on: date | None
    number: str | None
    since_on: date | None
    until_on: date | None
    subgroups: tuple[str, ...]
    phone: str | None
    email: str | None
    guardians: tuple[GuardianCell, ...]


@dataclass(frozen=True)
class StaffRow:
    """An employee as one row names them."""

    place: Place
    name: FullName
    roles: frozenset[Role]
    homeroom: str
    phone: str | None
    email: str | None
    number: str | None
    birth_on: date | None
    until_on: date | None


@dataclass(frozen=True)
class HomeroomRow:
    """A class and its homeroom teacher, as they are written."""

    place: Place
    class_key: str
    class_name: str
    teacher: FullName


@dataclass
class RosterRows:
    """Every row of a roster that could be read."""

    students: list[StudentRow] = field(default_factory=list)
    staff: list[StaffRow] = field(default_factory=list)
    homerooms: list[HomeroomRow] = field(default_factory=list)
    sheets: int = 0


def read_roster(sheets: Sequence[Sheet], today: date, report: Report) -> RosterRows:
    """The rows of all sheets that are lists of people; sheets of something else are named and left."""
    rows = RosterRows()
    for sheet in sheets:
        if not sheet["rows"]:
            continue
        head = find_head(sheet, (Form.STUDENTS, Form.STAFF, Form.HOMEROOMS))
        if head is None:
            report.warn(
                Place(sheet=sheet["name"]),
                _("The headers aren't known, the sheet is left out: {headers}.").format(headers=_first_row(sheet)),
                _("See the table of headers in docs/imports.md."),
            )
            continue
        rows.sheets += 1
        left = [clean(text)[:40] for text in head.unknown if header_key(text) not in {"n", "nпп", "пп", "номер"}]
        if left:
            report.notes.append(
                _("Columns left out{where}: {headers}.").format(
                    where=_(" on the sheet “{name}”").format(name=sheet["name"]) if sheet["name"] else "",
                    headers=", ".join(f"«{text}»" for text in left),
                )
            )
        _read_sheet(sheet, head, today, report, rows)
    if not rows.sheets:
        report.error(
            Place(),
            _("The file has no list of students, staff or homeroom teachers."),
            _("See the table of headers in docs/imports.md and the samples in docs/samples."),
        )
    return rows


def _read_sheet(sheet: Sheet, head: Head, today: date, report: Report, rows: RosterRows) -> None:
    for number, cells in sheet["rows"]:
        if number <= head.row:
            continue
        row = Row(sheet["name"], number, cells, head, today, report)
        if row.is_blank():
            continue
        if head.form is Form.STUDENTS:
            rows.students += _student(row)
        elif head.form is Form.STAFF:
            rows.staff += _staff(row)
        else:
            rows.homerooms += _homeroom(row)


class Row:
    """One row under a header: cells by field, and what is wrong with them."""

    def __init__(self, sheet: str, number: int, cells: Sequence[str], head: Head, today: date, report: Report) -> None:
        self.sheet, self.number, self.today, self.report = sheet, number, today, report
        self.texts = {
            (column.field, column.slot): clean(cells[column.index])
            for column in head.columns
            if column.index < len(cells) and cells[column.index].strip()
        }
        self.head = head

    def is_blank(self) -> bool:
        """Whether no understood column is filled."""
        return not self.texts

    def text(self, name: str, slot: int = 0) -> str:
        """A cell's text, «» where there is none."""
        text = self.texts.get((name, slot), "")
        return "" if text in {"-", "–", "—"} else text

    def place(self, name: str = "", slot: int = 0) -> Place:
        """Where a cell stands."""
        title = next((one.text for one in self.head.columns if (one.field, one.slot) == (name, slot)), "")
        return Place(self.sheet, self.number, clean(title))

    def error(self, name: str, what: str, todo: str, slot: int = 0) -> None:
        """A problem of a cell that stops the import."""
        self.report.error(self.place(name, slot), what, todo)

    def date(self, name: str, slot: int = 0) -> date | None:
        """A date; what is none is a problem."""
        text = self.text(name, slot)
        found = read_date(text, self.today) if text else None
        if text and found is None:
            self.error(name, _("“{text}” is no date.").format(text=text), _("Write it as 01.09.2026."), slot)
        return found

    def phone(self, name: str, slot: int = 0) -> str | None:
        """A telephone; what is none is left out with a warning."""
        text = self.text(name, slot)
        found = read_phone(text) if text else None
        if text and found is None:
            self.report.warn(
                self.place(name, slot),
                _("“{text}” is no telephone; it is left out.").format(text=text),
                _("Write one number: +7 900 000-00-00."),
            )
        return found

    def email(self, name: str, slot: int = 0) -> str | None:
        """An address; what is none is left out with a warning."""
        text = self.text(name, slot)
        found = read_email(text) if text else None
        if text and found is None:
            self.report.warn(
                self.place(name, slot),
                _("“{text}” is no e-mail address; it is left out.").format(text=text),
                _("Write one address."),
            )
        return found

    def name(self, whole: str, slot: int = 0) -> FullName | None:
        """A person's whole name, from one cell or three; what is none is a problem."""
        if (whole, slot) not in self.texts and not slot and self.head.has("last"):
            found = name_of_parts(self.text("last"), self.text("first"), self.text("middle"))
            text, column = " ".join(filter(None, map(self.text, ("last", "first", "middle")))), "last"
        else:
            text, column = self.text(whole, slot), whole
            found = full_name(text)
        if found is None or not found.first:
            what = _("“{text}” is no surname and name.").format(text=text) if text else _("There is no name.")
            self.error(column, what, _("Write the surname, name and patronymic."), slot)
            return None
        return found


def _student(row: Row) -> Iterator[StudentRow]:
    if not any(row.text(name) for name in ("student", "last", "first")) and not row.head.has("guardian"):
        return  # a line of signatures under the list
    if fold(row.text("student")).startswith(("итого", "всего")):
        return
    name = row.name("student")
    named = row.text("class") or (row.sheet if not row.head.has("class") and looks_like_class(row.sheet) else "")
    birth_on, since_on, until_on = row.date("birth"), row.date("since"), row.date("until")
    _share_common_cells(row)
    guardians = tuple(cell for slot in range(1, GUARDIANS + 1) for cell in _guardian(row, slot))
    if birth_on is not None and birth_on >= row.today:
        row.error("birth", _("The birthday is in the future."), _("Correct the date."))
    if name is None:
        return
    yield StudentRow(
        place=row.place(),
        name=name,
        class_key=class_key(named),
        class_name=class_name(named),
        birth_on=birth_on,
        number=row.text("number")[:64] or None,
        since_on=since_on,
        until_on=until_on,
        subgroups=tuple(dict.fromkeys(split_list(row.text("subgroups")))),
        phone=row.phone("student_phone"),
        email=row.email("student_email"),
        guardians=guardians,
    )


def _share_common_cells(row: Row) -> None:
    """Cells whose header doesn't say which guardian they are of go to the row's only one."""
    named = [slot for slot in range(1, GUARDIANS + 1) if row.text("guardian", slot)]
    for field_name in GUARDIAN_FIELDS:
        if not row.text(field_name, 0):
            continue
        if len(named) == 1:
            row.texts[field_name, named[0]] = row.texts.pop((field_name, 0))
        else:
            row.error(
                field_name,
                _("It isn't clear which guardian “{text}” is of.").format(text=row.text(field_name, 0)),
                _("Put the guardian's number into the header (“{header} 1”), or give each guardian a column.").format(
                    header=row.place(field_name).column
                ),
            )


def _guardian(row: Row, slot: int) -> Iterator[GuardianCell]:
    if not row.text("guardian", slot):
        if any(row.text(name, slot) for name in GUARDIAN_FIELDS if name != "relation"):
            row.error(
                "guardian",
                _("There are a guardian's data without a name."),
                _("Write the guardian's surname, name and patronymic, or clear the cells."),
                slot,
            )
        return
    name = row.name("guardian", slot)
    number, on = split_application(row.text("application", slot), row.today)
    if is_iso(number):
        row.error(
            "application",
            _("Excel has made a date of the number: “{text}”.").format(text=number),
            _("Make the column text and write the number anew."),
            slot,
        )
    dated, consent_on = row.date("application_on", slot) or on, row.date("consent_on", slot)
    for column, day in (("application_on", dated), ("consent_on", consent_on)):
        if day is not None and day > row.today:
            row.error(column, _("The date is in the future."), _("Correct the date."), slot)
    if bool(number) + bool(dated) + bool(consent_on) in {1, 2}:
        row.report.warn(
            row.place("guardian", slot),
            _("Number and date of the application and date of the consent aren't all there."),
            _("The family gets no code until they are."),
        )
    phone, email = row.phone("phone", slot), row.email("email", slot)
    if name is not None:
        relation = _relation(row, slot)
        yield GuardianCell(row.place("guardian", slot), name, relation, phone, email, number or None, dated, consent_on)


def _relation(row: Row, slot: int) -> Relation | None:
    """What the row says of the guardian, or the header («Мать»); None where neither does."""
    text = fold(row.text("relation", slot))
    for starts, relation in _RELATIONS:
        if text.startswith(starts):
            return relation
    if text:
        row.report.warn(
            row.place("relation", slot),
            _("“{text}” is no relation we know; “other” is written.").format(text=text),
            _("Write: мать, отец, опекун, or another relation."),
        )
        return Relation.OTHER
    own = next((one for one in row.head.columns if (one.field, one.slot) == ("guardian", slot)), None)
    return Relation(own.mother_or_father) if own and own.mother_or_father else None


def _staff(row: Row) -> Iterator[StaffRow]:
    if not any(row.text(name) for name in ("staff", "last", "first")):
        return
    name = row.name("staff")
    roles = frozenset(_roles(row))
    if not row.text("roles"):
        row.error("roles", _("There is no position."), _("Write one: учитель, завуч, директор…"))
    phone, email = row.phone("phone"), row.email("email")
    birth_on, until_on = row.date("birth"), row.date("until")
    if name is not None:
        yield StaffRow(
            place=row.place(),
            name=name,
            roles=roles,
            homeroom=row.text("homeroom"),
            phone=phone,
            email=email,
            number=row.text("number")[:64] or None,
            birth_on=birth_on,
            until_on=until_on,
        )


def _roles(row: Row) -> Iterator[Role]:
    """The roles of a cell of positions; one that keeps no journal («повар») is none, and said aloud."""
    for text in split_list(row.text("roles")):
        halves = [_role(half) for half in fold(text).split(" и ")]
        known = [role for role in halves if role is not None] if all(halves) else [_role(fold(text))]
        if known == [None]:
            row.report.warn(
                row.place("roles"),
                _("“{text}” gives no role in the journal.").format(text=text),
                _("If it should, write: учитель, завуч, директор, секретарь, администратор журнала, воспитатель."),
            )
        yield from (role for role in known if role is not None)


def _role(words: str) -> Role | None:
    words = words.removeprefix("и.о. ").removeprefix("и. о. ").removeprefix("врио ")
    return next((role for starts, role in _ROLES if words.startswith(starts)), None)


def _homeroom(row: Row) -> Iterator[HomeroomRow]:
    named, text = row.text("class"), row.text("teacher")
    if not named or not text:
        return  # a class that has no homeroom teacher yet
    teacher = full_name(text)
    if teacher is None:
        row.error(
            "teacher", _("“{text}” is no teacher's name.").format(text=text), _("Write the surname and initials.")
        )
        return
    yield HomeroomRow(row.place("teacher"), class_key(named), class_name(named), teacher)


def _first_row(sheet: Sheet) -> str:
    return ", ".join(f"«{clean(cell)[:40]}»" for cell in sheet["rows"][0][1][:8] if cell.strip())
