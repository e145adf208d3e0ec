"""A base in which the school of data/ stands, made once a run and copied for each scene that asks."""

import asyncio
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from services.clock import StoppedClock
from services.imports.asc import AscImport
from services.imports.asc_plan import Options
from services.imports.plans import PlanImport, PlanOptions
from services.imports.report import Report
from services.imports.roster import RosterImport, RosterOptions
from services.school_file import read_school_file
from services.schools import Schools
from services.timetable import Timetable
from storage.uow import Storage
from tests.scenes.world import DATA, MONDAY, at
from tests.support import databases, run


def founded_copy(path: Path) -> str:
    """The URL of a new SQLite file at `path` with the school in it."""
    shutil.copyfile(run.once("scenes", _make), path)
    return f"sqlite:///{path}"


def _make() -> str:
    path = run.folder() / "scenes.db"
    url = databases.sqlite_file(path)
    # In a thread of its own: the caller may stand inside a running loop.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, found(url)).result()
    return str(path)


async def found(url: str) -> None:
    """Found the school in a migrated base as its office does: the description, the timetable, the lists, the plans."""
    clock = StoppedClock(at("16:00", MONDAY))
    storage = Storage(url)
    try:
        school_id, _administrator = await Schools(storage, clock).found(read_school_file(_text("school.toml")))
        asc = AscImport(storage, clock, Timetable(storage, clock))
        _checked(await asc.run(school_id, _bytes("timetable.xml"), Options()))
        for name in ("staff.csv", "roster.csv"):
            _checked(await RosterImport(storage, clock).run(school_id, _bytes(name), RosterOptions()))
        _checked(await PlanImport(storage, clock).run(school_id, _bytes("plans.csv"), PlanOptions()))
    finally:
        await storage.close()


def _checked(report: Report) -> None:
    assert report.applied, report.problems


def _text(name: str) -> str:
    return (DATA / name).read_text(encoding="utf-8")


def _bytes(name: str) -> bytes:
    return (DATA / name).read_bytes()
