"""`./zvonok import asc|roster|plans FILE`: what a school already has, taken in beside the running service."""

import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from bot.click_words import Day
from bot.commands_base import chosen_school, opened, run_async
from services.i18n import gettext as _
from services.imports import reading
from services.imports.asc import AscImport
from services.imports.asc_plan import Options
from services.imports.levels import Level, levels_of, parse_level
from services.imports.plans import PlanImport, PlanOptions
from services.imports.report import Report, render
from services.imports.roster import RosterImport, RosterOptions
from services.timetable import Timetable

Command = TypeVar("Command", bound=Callable[..., Any])

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
DAY = Day()


@click.group(help=_("Import a school's own files; headers and samples stand in docs/imports.md."))
def import_() -> None:
    """The group of imports."""


def common(command: Command) -> Command:
    """The options of every import."""
    school = click.option("--school", "school_id", type=int, help=_("The school's number, if there are several."))
    dry_run = click.option("--dry-run", is_flag=True, help=_("Only say what would change."))
    return school(dry_run(command))


def with_levels(command: Command) -> Command:
    """The options that say which level a class is."""
    one = click.option("--level", "levels", multiple=True, help=_("A class's level: 7Б=7, Ромашка=ГКП, Педсовет=-."))
    file = click.option("--levels", "levels_file", type=FILE, help=_("Levels of many classes: class and level a line."))
    return one(file(command))


@import_.command("asc", help=_("A timetable exported from aSc as “aSc Timetables 2012 XML”."))
@click.argument("file", metavar=_("FILE"), type=FILE)
@click.option("--from", "since", type=DAY, help=_("First day of the new timetable: today at first, later Monday."))
@click.option("--bells", is_flag=True, help=_("Take the bells of the file too."))
@with_levels
@common
@run_async
async def asc(
    file: Path,
    since: datetime | None,
    bells: bool,
    levels: Sequence[str],
    levels_file: Path | None,
    school_id: int | None,
    dry_run: bool,
) -> None:
    """Import a timetable."""
    options = Options(_day(since), await _levels(levels, levels_file), bells)
    data = await reading.read_bytes(file)
    async with opened() as (_settings, storage, clock):
        chosen = await chosen_school(storage, school_id)
        importer = AscImport(storage, clock, Timetable(storage, clock))
        _finish(await importer.run(chosen, data, options, dry_run=dry_run), dry_run)


@import_.command("roster", help=_("Lists of students with guardians, staff, homeroom teachers: XLSX or CSV."))
@click.argument("file", metavar=_("FILE"), type=FILE)
@click.option("--from", "since", type=DAY, help=_("First day of moves and new homeroom teachers: today by default."))
@with_levels
@common
@run_async
async def roster(
    file: Path,
    since: datetime | None,
    levels: Sequence[str],
    levels_file: Path | None,
    school_id: int | None,
    dry_run: bool,
) -> None:
    """Import lists of people."""
    options = RosterOptions(_day(since), await _levels(levels, levels_file))
    data = await reading.read_bytes(file)
    async with opened() as (_settings, storage, clock):
        chosen = await chosen_school(storage, school_id)
        _finish(await RosterImport(storage, clock).run(chosen, data, options, dry_run=dry_run), dry_run)


@import_.command("plans", help=_("Calendar-thematic plans: XLSX, CSV, text; “-” reads pasted text."))
@click.argument(
    "file", metavar=_("FILE"), type=click.Path(exists=True, dir_okay=False, path_type=Path, allow_dash=True)
)
@click.option("--subject", help=_("The subject, if the file names none."))
@click.option("--for-level", "level", type=click.IntRange(1, 11), help=_("The level, if the file names none."))
@common
@run_async
async def plans(file: Path, subject: str | None, level: int | None, school_id: int | None, dry_run: bool) -> None:
    """Import plans."""
    pasted = str(file) == "-" or file.suffix.lower() == ".txt"
    data = sys.stdin.buffer.read() if str(file) == "-" else await reading.read_bytes(file)
    options = PlanOptions(subject, level, pasted)
    async with opened() as (_settings, storage, clock):
        chosen = await chosen_school(storage, school_id)
        _finish(await PlanImport(storage, clock).run(chosen, data, options, dry_run=dry_run), dry_run)


async def _levels(lines: Sequence[str], file: Path | None) -> dict[str, Level]:
    """Levels by class key: the file's, then those of the command line over them."""
    found = levels_of(await reading.read_tables(await reading.read_bytes(file))) if file else {}
    return found | dict(parse_level(line) for line in lines)


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _finish(report: Report, dry_run: bool) -> None:
    """Prints the report; a file with errors ends the command with 1."""
    click.echo(render(report, dry_run=dry_run))
    if report.errors:
        sys.exit(1)
