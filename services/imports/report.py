"""What an import found, what it would change, and every problem by row: values first, then a table of text."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from services.i18n import gettext as _
from services.i18n import ngettext


class Severity(StrEnum):
    """Whether a problem stops the import."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Place:
    """Where in the file: a sheet («» for text and XML), a row or line from 1 (0: all of it), a column's header."""

    sheet: str = ""
    row: int = 0
    column: str = ""


@dataclass(frozen=True)
class Problem:
    """What is wrong at a place, and what to do about it."""

    severity: Severity
    place: Place
    what: str
    todo: str


@dataclass(frozen=True)
class Found:
    """How many of a thing the file holds; `note` adds what the number alone doesn't say."""

    what: str
    count: int
    note: str = ""


class Fate(StrEnum):
    """What becomes of a thing in the base."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    GONE = "gone"


@dataclass
class Changes:
    """How many things of one kind are new, changed, the same, or in the base but not in the file."""

    what: str
    counts: Counter[Fate] = field(default_factory=Counter)
    details: list[str] = field(default_factory=list)

    def add(self, fate: Fate, detail: str = "") -> None:
        """Counts one thing; a detail is shown for what changes and what is gone."""
        self.counts[fate] += 1
        if detail:
            self.details.append(detail)


@dataclass
class Report:
    """One import's whole account."""

    title: str
    found: list[Found] = field(default_factory=list)
    changes: list[Changes] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    applied: bool = False

    def error(self, place: Place, what: str, todo: str) -> None:
        """Records what stops the import."""
        self.problems.append(Problem(Severity.ERROR, place, what, todo))

    def warn(self, place: Place, what: str, todo: str) -> None:
        """Records what the import goes on with."""
        self.problems.append(Problem(Severity.WARNING, place, what, todo))

    @property
    def errors(self) -> int:
        """How many problems stop the import."""
        return sum(problem.severity is Severity.ERROR for problem in self.problems)

    @property
    def changes_something(self) -> bool:
        """Whether applying would write anything."""
        return any(change.counts[Fate.NEW] or change.counts[Fate.CHANGED] for change in self.changes)


def render(report: Report, *, dry_run: bool) -> str:
    """The report as the command line prints it."""
    blocks = [[report.title], _found_block(report.found), _changes_block(report.changes)]
    blocks += [
        [f"{change.what}:", *(f"  {detail}" for detail in change.details)]
        for change in report.changes
        if change.details
    ]
    blocks += [_problems_block(report.problems), report.notes, [_ending(report, dry_run)]]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def day_text(day: date) -> str:
    """A date as the school writes it, 01.09.2026."""
    return day.strftime("%d.%m.%Y")


def _found_block(found: Sequence[Found]) -> list[str]:
    if not found:
        return []
    return _columns([(_("Found in the file"), "", "")] + [(one.what, str(one.count), one.note) for one in found])


def _changes_block(changes: Sequence[Changes]) -> list[str]:
    changes = [one for one in changes if one.counts.total()]
    if not changes:
        return []
    head = (_("Change"), _("new"), _("changed"), _("same"), _("not in the file"))
    rows = [(one.what, *(str(one.counts[fate] or "–") for fate in Fate)) for one in changes]
    return _columns([head, *rows])


def _problems_block(problems: Sequence[Problem]) -> list[str]:
    if not problems:
        return []
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    warnings = len(problems) - errors
    counts = ", ".join(
        text.format(count=count)
        for count, text in (
            (errors, ngettext("{count} error", "{count} errors", errors)),
            (warnings, ngettext("{count} warning", "{count} warnings", warnings)),
        )
        if count
    )
    ordered = sorted(problems, key=lambda problem: problem.severity is not Severity.ERROR)
    return [_("Problems: {counts}").format(counts=counts), *(_problem_line(problem) for problem in ordered)]


def _problem_line(problem: Problem) -> str:
    sign = "✗" if problem.severity is Severity.ERROR else "!"
    place = place_text(problem.place)
    return f"{sign} {place + ': ' if place else ''}{problem.what} {problem.todo}".rstrip()


def place_text(place: Place) -> str:
    """«лист «Ученики», строка 14, столбец «Дата рождения»»."""
    parts = []
    if place.sheet:
        parts.append(_("sheet “{name}”").format(name=place.sheet))
    if place.row:
        parts.append(_("row {number}").format(number=place.row))
    if place.column:
        parts.append(_("column “{name}”").format(name=place.column))
    return ", ".join(parts)


def _ending(report: Report, dry_run: bool) -> str:
    if report.errors:
        return _("Nothing was applied: correct the errors and import the file again.")
    if not report.changes_something:
        return _("The base already holds all of this: nothing to change.")
    if dry_run:
        return _("This was a trial: nothing was applied. The same command without --dry-run applies it.")
    return _("Applied.") if report.applied else _("Nothing was applied.")


def _columns(rows: Iterable[Sequence[str]]) -> list[str]:
    """Rows in columns: the first to the left, numbers to the right, the head underlined."""
    table = [list(row) for row in rows]
    widths = [max(len(row[index]) for row in table) for index in range(len(table[0]))]
    numeric = [index > 0 and all(_is_number(row[index]) for row in table[1:]) for index in range(len(widths))]
    lines = [
        "  ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, numeric, strict=True)
        ).rstrip()
        for row in table
    ]
    return [lines[0], "─" * max(map(len, lines)), *lines[1:]]


def _is_number(text: str) -> bool:
    return text.isdigit() or text == "–"
