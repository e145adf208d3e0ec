"""Importing a timetable from aSc: read, check whole, then write in chunks beside the running service."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from services.calendar import SchoolCalendar
from services.clock import Clock
from services.errors import SchoolError
from services.i18n import N_
from services.i18n import gettext as _
from services.imports.asc_file import read_file, single_cards
from services.imports.asc_found import describe
from services.imports.asc_plan import AscPlan, Options, Wanted, plan_directory
from services.imports.asc_week import Bell, WantedEntry, WantedVersion, plan_bells, plan_versions
from services.imports.reading import read_asc
from services.imports.report import Report, day_text
from services.timetable import Timetable, school_calendar
from storage.repositories import audit, imports_read, imports_write
from storage.repositories.imports_read import Known
from storage.repositories.imports_write import CHUNK
from storage.uow import Storage, Uow
from storage.vocabulary import Role, SchoolId

Value = TypeVar("Value")


class NoYear(SchoolError):
    """A school without an academic year has no place for a timetable."""

    sentence = N_("The school has no academic year yet.")


@dataclass(frozen=True)
class _Whole:
    """Everything one import would write."""

    directory: AscPlan
    bells: list[Bell]
    versions: list[WantedVersion]
    digest: str


class AscImport:
    """Imports aSc Timetables 2012 XML.

    1. The file is read in a child process; it refuses files that are no export.
    2. The whole file is checked against the school in one reading transaction; any error ends here, with nothing
       written.
    3. Classes, people and subjects are written in chunks of 200 rows; what stands already is not written twice, so
       that an import cut short is completed by the next one.
    4. Each version's places are staged in chunks where no reader sees them, and put in force in one transaction.
    5. The dated lessons are laid out anew from the version's day; recorded ones stay.
    """

    def __init__(self, storage: Storage, clock: Clock, timetable: Timetable) -> None:
        self._storage = storage
        self._clock = clock
        self._timetable = timetable

    async def run(self, school_id: SchoolId, data: bytes, options: Options, *, dry_run: bool = False) -> Report:
        """Import an export's bytes, or only say what that would do. Raises FileUnreadable, NoYear."""
        tables = await read_asc(data)
        now = self._clock.now()
        async with self._storage.reading() as uow:
            calendar = await school_calendar(uow, school_id, now)
            if calendar is None:
                raise NoYear
            known = await imports_read.load(uow, school_id, calendar.year_id)
        report = Report(_("Timetable from aSc"))
        file = read_file(tables, report)
        cards = single_cards(file)
        describe(file, cards, report)
        directory = plan_directory(file, known, calendar, calendar.today(now), options, report)
        bells = plan_bells(file, cards, calendar, options.take_bells, report)
        versions = plan_versions(file, cards, known, calendar, directory, report)
        report.notes += [_("In force from {day}.").format(day=day_text(one.valid_from)) for one in versions]
        if not report.errors and not dry_run:
            whole = _Whole(directory, bells, versions, hashlib.sha256(data).hexdigest())
            await _Writer(self._storage, school_id, calendar, known, now).write(whole)
            await self._lay_out(school_id, calendar, whole, now, report)
            report.applied = True
        return report

    async def _lay_out(
        self, school_id: SchoolId, calendar: SchoolCalendar, whole: _Whole, now: datetime, report: Report
    ) -> None:
        since = min(whole.directory.since, calendar.today(now))
        if whole.versions and not whole.bells:
            since = min(one.valid_from for one in whole.versions)
        # Also when nothing is new: an import that was cut short may have left this step undone.
        done = await self._timetable.lay_out(school_id, since)
        if not (done.added or done.changed or done.removed):
            return
        report.notes.append(
            _("Lessons laid out: {added} added, {changed} changed, {removed} taken away.").format(
                added=done.added, changed=done.changed, removed=done.removed
            )
        )


class _Writer:
    def __init__(
        self, storage: Storage, school_id: SchoolId, calendar: SchoolCalendar, known: Known, now: datetime
    ) -> None:
        self.storage, self.school_id, self.calendar, self.known, self.now = storage, school_id, calendar, known, now
        self.since_on = min(calendar.today(now), calendar.starts_on)

    async def write(self, whole: _Whole) -> None:
        plan = whole.directory
        of_school = {"school_id": self.school_id}
        of_year = {**of_school, "year_id": self.calendar.year_id}
        if whole.bells and self.calendar.usual_bells is not None:
            async with self.storage.writing() as uow:
                await imports_write.set_bells(uow, self.calendar.usual_bells, whole.bells)
        classes = await self.stand(plan.classes, of_year, imports_write.add_classes, imports_write.change_class)
        teachers = await self.stand(plan.teachers, of_school, imports_write.add_people, imports_write.change_person)
        await self.give_roles(teachers[ident] for ident in plan.needs_role)
        subjects = await self.stand(plan.subjects, of_school, imports_write.add_subjects, None)
        subgroups = await self.stand_subgroups(plan, classes)
        await self.give_homerooms((classes[one], teachers[other]) for one, other in plan.homerooms)
        async with self.storage.writing() as uow:
            await imports_write.drop_staged(uow, self.calendar.year_id)
        for version in whole.versions:
            await self.put_version(version, whole, _Ids(classes, teachers, subjects, subgroups))
        async with self.storage.writing() as uow:
            await audit.note(
                uow,
                school_id=self.school_id,
                actor_id=None,
                at=self.now,
                action="import_asc",
                subject=f"school:{self.school_id}",
                detail={"digest": whole.digest, "versions": [one.valid_from.isoformat() for one in whole.versions]},
            )

    async def stand(
        self, wanted: Mapping[str, Wanted], common: dict[str, Any], add: Any, change: Any
    ) -> dict[str, int]:
        """Makes rows stand; the id of each by its key."""
        ids = {key: one.known_id for key, one in wanted.items() if one.known_id is not None}
        new = [(key, one) for key, one in wanted.items() if one.known_id is None]
        for chunk in chunks(new):
            async with self.storage.writing() as uow:
                added = await add(uow, [{**_full(one.values, new), **common} for _key, one in chunk])
            ids |= {key: ident for (key, _one), ident in zip(chunk, added, strict=True)}
        changed = [one for one in wanted.values() if one.known_id is not None and one.values]
        for part in chunks(changed):
            async with self.storage.writing() as uow:
                for one in part:
                    await change(uow, one.known_id, one.values)
        return ids

    async def give_roles(self, person_ids: Iterable[int]) -> None:
        rows = [self.row(person_id=person_id, role=Role.TEACHER.value) for person_id in person_ids]
        for chunk in chunks(rows):
            async with self.storage.writing() as uow:
                await imports_write.add_roles(uow, chunk)

    async def give_homerooms(self, pairs: Iterable[tuple[int, int]]) -> None:
        rows = [self.row(class_id=class_id, teacher_id=teacher_id) for class_id, teacher_id in pairs]
        for chunk in chunks(rows):
            async with self.storage.writing() as uow:
                await imports_write.add_homerooms(uow, chunk)

    def row(self, **values: Any) -> dict[str, Any]:
        return {"school_id": self.school_id, "since_on": self.since_on, **values}

    async def stand_subgroups(self, plan: AscPlan, classes: Mapping[str, int]) -> dict[str, int]:
        """Subgroups' classes may be new themselves, so that their ids are known only now."""
        placed = {
            ident: Wanted(one.known_id, {**one.values, "class_id": classes[plan.class_of_group[ident]]})
            if one.known_id is None
            else one
            for ident, one in plan.subgroups.items()
        }
        return await self.stand(placed, {"school_id": self.school_id}, imports_write.add_subgroups, None)

    async def put_version(self, version: WantedVersion, whole: _Whole, ids: "_Ids") -> None:
        """Stages a version's places, then lets them be seen all at once."""
        week_count = whole.directory.week_count
        async with self.storage.writing() as uow:
            staged = await imports_write.stage_version(
                uow, self.school_id, self.calendar.year_id, whole.digest, week_count, self.now
            )
        for chunk in weighed(version.entries):
            async with self.storage.writing() as uow:
                await self.stage(uow, staged, chunk, ids)
        async with self.storage.writing() as uow:
            if version.into is None:
                await imports_write.put_in_force(uow, staged, version.valid_from)
            else:
                await imports_write.merge_staged(
                    uow, staged, version.into.id, version.gone, whole.digest, week_count, self.now
                )

    async def stage(self, uow: Uow, version_id: int, entries: Sequence[WantedEntry], ids: "_Ids") -> None:
        rows = [
            {
                "school_id": self.school_id,
                "version_id": version_id,
                "key": one.key,
                "subject_id": ids.subjects[one.subject],
                "weekday": one.weekday,
                "slot": one.slot,
                "weeks": one.weeks,
                "room": one.room,
            }
            for one in entries
        ]
        teachers = [sorted({ids.teachers[ident] for ident in one.teachers}) for one in entries]
        audiences = [
            [(ids.classes[one], ids.subgroups[part] if part else None) for one, part in entry.audience]
            for entry in entries
        ]
        await imports_write.stage_entries(uow, rows, teachers, audiences)


@dataclass(frozen=True)
class _Ids:
    """The base's ids by the file's (subjects by key)."""

    classes: Mapping[str, int]
    teachers: Mapping[str, int]
    subjects: Mapping[str, int]
    subgroups: Mapping[str, int]


def _full(values: dict[str, Any], all_new: Sequence[tuple[str, Wanted]]) -> dict[str, Any]:
    """A row with every column that any row of its kind has: one statement inserts them all."""
    columns = dict.fromkeys(column for _key, one in all_new for column in one.values)
    return {**columns, **values}


def chunks(rows: Sequence[Value], size: int = CHUNK) -> Iterator[Sequence[Value]]:
    """The rows in parts that fit a transaction."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def weighed(entries: Sequence[WantedEntry]) -> Iterator[list[WantedEntry]]:
    """Places in parts that fit a transaction with their teachers and audiences."""
    part: list[WantedEntry] = []
    weight = 0
    for entry in entries:
        own = 1 + len(entry.teachers) + len(entry.audience)
        if part and weight + own > CHUNK:
            yield part
            part, weight = [], 0
        part.append(entry)
        weight += own
    if part:
        yield part
