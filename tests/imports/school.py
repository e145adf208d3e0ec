"""A founded school for the imports to fill: year 2026/27, quarters and half-years, seven bells, no classes yet."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from services.clock import StoppedClock
from services.imports.asc import AscImport
from services.imports.asc_plan import Options
from services.imports.levels import Level
from services.imports.plans import PlanImport, PlanOptions
from services.imports.report import Fate, Problem, Report, Severity
from services.imports.roster import RosterImport, RosterOptions
from services.names import FullName, class_key
from services.rules.regulation import Regulation
from services.school_file import BellsSpec, DaySpec, SchoolSpec, TermSpec
from services.schools import Schools
from services.timetable import Timetable
from storage.uow import Storage
from storage.vocabulary import DayKind, SchoolId, TermKind

DATA = Path(__file__).parent / "data"
SCHOOL_1251 = (DATA / "school_1251.xml").read_bytes()
LEVELS = {class_key("7Б"): Level(7), class_key("8А"): Level(8), class_key("Педсовет"): Level(0, skip=True)}

SPEC = SchoolSpec(
    name="Школа № 1",
    timezone="Europe/Moscow",
    administrator=FullName("Директоров", "Пётр", "Ильич"),
    year_name="2026/2027",
    starts_on=date(2026, 9, 1),
    ends_on=date(2027, 5, 31),
    terms=(
        TermSpec(TermKind.QUARTER, 1, date(2026, 9, 1), date(2026, 10, 25)),
        TermSpec(TermKind.QUARTER, 2, date(2026, 11, 2), date(2026, 12, 30)),
        TermSpec(TermKind.QUARTER, 3, date(2027, 1, 11), date(2027, 3, 21)),
        TermSpec(TermKind.QUARTER, 4, date(2027, 3, 29), date(2027, 5, 31)),
        TermSpec(TermKind.HALF_YEAR, 1, date(2026, 9, 1), date(2026, 12, 30)),
        TermSpec(TermKind.HALF_YEAR, 2, date(2027, 1, 11), date(2027, 5, 31)),
    ),
    bells=(
        BellsSpec(
            "Обычные", True, ((510, 555), (565, 610), (630, 675), (695, 740), (750, 795), (805, 850), (860, 905))
        ),
    ),
    days=(DaySpec(date(2026, 11, 4), DayKind.HOLIDAY, "День народного единства"),),
    classes={},
    regulation=Regulation(),
)

WEDNESDAY = datetime(2026, 9, 2, 6, 0, tzinfo=UTC)
"""The second day of the year, 9:00 in Moscow, the first lesson going on."""


@dataclass
class ImportedSchool:
    """The school with its importers and a clock that stands."""

    storage: Storage
    clock: StoppedClock
    id: SchoolId

    async def asc(self, data: bytes = SCHOOL_1251, *, dry_run: bool = False, **options: Any) -> Report:
        """Import a timetable, by default the whole Russian school with its levels."""
        options.setdefault("levels", LEVELS)
        importer = AscImport(self.storage, self.clock, Timetable(self.storage, self.clock))
        return await importer.run(self.id, data, Options(**options), dry_run=dry_run)

    async def roster(self, text: str | bytes, *, dry_run: bool = False, **options: Any) -> Report:
        """Import lists from a text of lines with semicolons, or from a file's bytes."""
        data = text.encode() if isinstance(text, str) else text
        return await RosterImport(self.storage, self.clock).run(
            self.id, data, RosterOptions(**options), dry_run=dry_run
        )

    async def plans(self, text: str | bytes, *, dry_run: bool = False, **options: Any) -> Report:
        """Import plans from a text, or from a file's bytes."""
        data = text.encode() if isinstance(text, str) else text
        return await PlanImport(self.storage, self.clock).run(self.id, data, PlanOptions(**options), dry_run=dry_run)

    async def rows(self, question: Any) -> list[Any]:
        """What a second session reads."""
        async with self.storage.reading() as uow:
            return list(await uow.execute(question))

    async def values(self, column: Any) -> list[Any]:
        """One column, sorted."""
        return sorted(row[0] for row in await self.rows(select(column)))

    async def count(self, model: Any) -> int:
        """How many rows a table has."""
        return len(await self.rows(select(model.id)))


async def founded(storage: Storage) -> ImportedSchool:
    """The school of SPEC in an empty base."""
    clock = StoppedClock(WEDNESDAY)
    school_id, _administrator = await Schools(storage, clock).found(SPEC)
    return ImportedSchool(storage, clock, school_id)


def errors(report: Report) -> list[Problem]:
    """What stopped the import."""
    return [problem for problem in report.problems if problem.severity is Severity.ERROR]


def warnings(report: Report) -> list[Problem]:
    """What the import went on with."""
    return [problem for problem in report.problems if problem.severity is Severity.WARNING]


def changes(report: Report, what: str) -> tuple[int, int, int, int]:
    """New, changed, same and gone of a kind."""
    for change in report.changes:
        if change.what == what:
            return tuple(change.counts[fate] for fate in Fate)  # type: ignore[return-value]
    return (0, 0, 0, 0)
