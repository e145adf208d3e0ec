"""Founding the demo school in an empty base: the school's own ways first, then three weeks of its past in bulk."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from bot.demo import moment as moments
from bot.demo.caring import care
from bot.demo.past import fill
from bot.demo.substituted import substitute
from services.clock import Clock, StoppedClock
from services.errors import SchoolError
from services.i18n import N_, ngettext
from services.i18n import gettext as _
from services.imports.asc import AscImport
from services.imports.asc_plan import Options
from services.imports.plans import PlanImport, PlanOptions
from services.imports.report import Report
from services.imports.roster import RosterImport, RosterOptions
from services.schools import Schools
from services.timetable import Timetable, school_calendar
from storage.repositories import calendar as calendar_rows
from storage.repositories import demo, founding
from storage.uow import Storage
from storage.vocabulary import SchoolId

DATA = Path(__file__).parent / "data"
DATA_YEAR = 2026
"""The academic year that the dates in the files are of."""
PAST = timedelta(weeks=3)

Say = Callable[[str], None]


class NotEmpty(SchoolError):
    """The base has a school already; the demo school would stand among real children."""

    sentence = N_("This base has a school already: the demo school goes into an empty one only.")


class DemoFileRefused(RuntimeError):
    """A file of the demo school doesn't pass the importer."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """When the demo's clock begins, and, in a new school, the moment to go on to once the phones are connected (UTC).

    Between the two the bell rings for the third lesson, so that its teacher gets the lesson's card.
    """

    at: datetime
    lesson: datetime | None = None


async def prepare(storage: Storage, today: date, say: Say) -> Beginning:
    """A demo base to live in: founded now around today (the school's date), or going on where it was left."""
    async with storage.reading() as uow:
        schools = await calendar_rows.school_ids(uow)
    return Beginning(await _go_on(storage, schools[0], today)) if schools else await found(storage, today, say)


async def found(storage: Storage, today: date, say: Say) -> Beginning:
    """The demo school around today (the school's date), in an empty base. Raises NotEmpty."""
    lesson = moments.demo_moment(today)
    beginning = Beginning(moments.before_the_bell(lesson), lesson)
    await seed(storage, StoppedClock(beginning.at), say)
    return beginning


async def seed(storage: Storage, clock: Clock, say: Say) -> None:
    """Found the demo school around the clock's moment, with what happened in it before. Raises NotEmpty."""
    async with storage.reading() as uow:
        if await founding.any_school(uow):
            raise NotEmpty
    started = time.monotonic()
    now = clock.now()
    year = moments.academic_year(now.astimezone(moments.ZONE).date())
    spec = moments.demo_school(year)
    calendar = moments.calendar_of(spec)
    since = max(calendar.today(now) - PAST, calendar.starts_on)
    office = StoppedClock(calendar.at(date(year, 8, 31), 10 * 60))
    say(_("Founding the demo school: {name}").format(name=spec.name))
    school_id, _administrator = await Schools(storage, office).found(spec)
    say(_("Importing its timetable, lists and plans"))
    await _import(storage, office, school_id, min(since, calendar.ends_on), year)
    say(_("Laying lessons out and filling the journal of the last weeks"))
    await Timetable(storage, clock).lay_out(school_id, since)
    await substitute(storage, school_id, calendar, now)
    lessons, marks = await fill(storage, school_id, calendar.at(since, 0), now)
    await care(storage, school_id, now)
    written = ngettext("{count} lesson is written", "{count} lessons are written", lessons).format(count=lessons)
    given = ngettext("{count} mark", "{count} marks", marks).format(count=marks)
    say(
        _("The demo school is ready: {lessons}, {marks}, in {seconds} s").format(
            lessons=written, marks=given, seconds=f"{time.monotonic() - started:.1f}"
        )
    )


async def _import(storage: Storage, clock: Clock, school_id: SchoolId, since: date, year: int) -> None:
    """The files by the importers, as any school's. Raises DemoFileRefused."""
    asc, roster = AscImport(storage, clock, Timetable(storage, clock)), RosterImport(storage, clock)
    _check(await asc.run(school_id, (DATA / "timetable.xml").read_bytes(), Options(since=since)))
    for name in ("staff.csv", "roster.csv"):
        lists = of_year((DATA / name).read_text(encoding="utf-8"), year)
        _check(await roster.run(school_id, lists.encode(), RosterOptions()))
    plans = PlanImport(storage, clock)
    _check(await plans.run(school_id, (DATA / "plans.csv").read_bytes(), PlanOptions()))


def _check(report: Report) -> None:
    if report.errors:
        raise DemoFileRefused(f"{report.title}: {report.errors}")


def of_year(text: str, year: int) -> str:
    """The text with its dates moved to another academic year; days of the month stay."""

    def moved(found: re.Match[str]) -> str:
        return f"{found[1]}{int(found[2]) + year - DATA_YEAR}"

    return re.sub(r"\b(\d\d\.\d\d\.)(\d{4})\b", moved, text)


async def _go_on(storage: Storage, school_id: SchoolId, today: date) -> datetime:
    """The moment at which a demo that was lived in goes on; the lessons skipped between are written.

    Gaps that people themselves had left before stay for them to close.
    """
    async with storage.reading() as uow:
        last = await demo.last_trace(uow)
    assert last is not None  # founding leaves a trace
    async with storage.reading() as uow:
        calendar = await school_calendar(uow, school_id, last)
    assert calendar is not None  # and a year
    begins = moments.moment_to_go_on(last, today, calendar)
    if calendar.today(begins) > calendar.today(last):
        await Timetable(storage, StoppedClock(begins)).lay_out(school_id, calendar.today(last) + timedelta(days=1))
        await fill(storage, school_id, last, begins)
    return begins
