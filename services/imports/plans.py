"""Importing calendar-thematic plans (КТП): one plan for a subject and a level, its topics in their order."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.clock import Clock
from services.errors import SchoolError
from services.i18n import N_
from services.i18n import gettext as _
from services.imports.asc import NoYear
from services.imports.plans_rows import Defaults, TopicRow, read_plans
from services.imports.reading import read_tables
from services.imports.report import Changes, Fate, Found, Report
from services.names import fold, subject_key
from services.timetable import school_calendar
from storage.repositories import audit, imports_read, imports_write
from storage.repositories.imports_read import KnownPlan, KnownTopic
from storage.uow import Storage
from storage.vocabulary import SchoolId


class NoSuchSubject(SchoolError):
    """The subject named with --subject."""

    sentence = N_("The school has no subject “{name}”.")


@dataclass(frozen=True)
class PlanOptions:
    """A subject's name and a level for files that name none; `pasted`: the text is not a table."""

    subject: str | None = None
    level: int | None = None
    pasted: bool = False


@dataclass
class WantedPlan:
    """One plan: topics to add, to change (id and values), to retire."""

    subject_id: int
    level: int
    known_id: int | None
    new: list[dict[str, Any]] = field(default_factory=list)
    changed: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    curriculum: int | None = None
    known_curriculum: int | None = None

    @property
    def other_hours(self) -> bool:
        """Whether the file says other hours a year; one that says none changes none."""
        return self.curriculum is not None and self.curriculum != self.known_curriculum

    @property
    def is_same(self) -> bool:
        """Whether there is nothing to write."""
        return self.known_id is not None and not (self.new or self.changed or self.gone or self.other_hours)


class PlanImport:
    """Imports plans from XLSX, CSV or pasted text; the file is the whole plan of every subject and level it names.

    A plan is written in one transaction, so that no teacher is offered a topic of half a plan. A topic keeps its
    number in the base when it moves: lessons that took it remember it.
    """

    def __init__(self, storage: Storage, clock: Clock) -> None:
        self._storage = storage
        self._clock = clock

    async def run(self, school_id: SchoolId, data: bytes, options: PlanOptions, *, dry_run: bool = False) -> Report:
        """Import a file's bytes, or only say what that would do. Raises FileUnreadable, NoYear, NoSuchSubject."""
        sheets = await read_tables(data, pasted=options.pasted)
        now = self._clock.now()
        async with self._storage.reading() as uow:
            calendar = await school_calendar(uow, school_id, now)
            if calendar is None:
                raise NoYear
            subjects = {one.key: one for one in await imports_read.load_subjects(uow, school_id)}
            known = await imports_read.load_plans(uow, school_id, calendar.year_id)
        report = Report(_("Calendar-thematic plans"))
        names = {key: one.name for key, one in subjects.items()}
        topics = read_plans(sheets, names, _defaults(options, names), report)
        report.found += _found(topics, names)
        standing = {(one.subject_id, one.level): one for one in known}
        plans = [
            compare(rows, subjects[key].id, level, standing.get((subjects[key].id, level)), names[key], report)
            for (key, level), rows in _by_plan(topics).items()
        ]
        if not report.errors and not dry_run:
            for plan in plans:
                if not plan.is_same:
                    await self._write(school_id, calendar.year_id, plan, now)
            report.applied = True
        return report

    async def _write(self, school_id: SchoolId, year_id: int, plan: WantedPlan, now: datetime) -> None:
        async with self._storage.writing() as uow:
            plan_id = plan.known_id
            if plan_id is None:
                row = {"school_id": school_id, "year_id": year_id, "subject_id": plan.subject_id, "level": plan.level}
                plan_id = (await imports_write.add_plans(uow, [row]))[0]
            if plan.other_hours:
                await imports_write.change_plan(uow, plan_id, {"curriculum_hours": plan.curriculum})
            if plan.gone:
                await imports_write.retire_topics(uow, plan.gone, now)
            if plan.changed:
                await imports_write.unseat_topics(uow, [topic_id for topic_id, _values in plan.changed])
            for topic_id, values in plan.changed:
                await imports_write.change_topic(uow, topic_id, values)
            await imports_write.add_topics(uow, [{**values, "plan_id": plan_id} for values in plan.new])
            await audit.note(
                uow,
                school_id=school_id,
                actor_id=None,
                at=now,
                action="import_plan",
                subject=f"plan:{plan_id}",
                detail={"new": len(plan.new), "changed": len(plan.changed), "gone": len(plan.gone)},
            )


def compare(
    rows: Sequence[TopicRow], subject_id: int, level: int, known: KnownPlan | None, name: str, report: Report
) -> WantedPlan:
    """The plan that makes the school's topics the file's: told by title first, by place for what is left."""
    plan = WantedPlan(subject_id, level, known.id if known else None)
    plan.curriculum = next((row.curriculum for row in rows if row.curriculum is not None), None)
    plan.known_curriculum = known.curriculum_hours if known else None
    changes = Changes(_("{subject}, level {level}").format(subject=name, level=level))
    report.changes.append(changes)
    standing: Sequence[KnownTopic] = known.topics if known else ()
    gone: Sequence[KnownTopic] = known.gone if known else ()
    matched = _match(rows, standing, gone)
    was_gone = {one.id for one in gone}
    for row in rows:
        topic = matched.get(row.ordinal)
        values = {
            "ordinal": row.ordinal,
            "title": row.title,
            "hours": row.hours,
            "work_kind": row.work_kind.value if row.work_kind else None,
        }
        if topic is None:
            plan.new.append(values)
            changes.add(Fate.NEW)
        elif topic.id in was_gone:
            plan.changed.append((topic.id, {**values, "gone_at": None}))
            changes.add(Fate.NEW)
        elif all(getattr(topic, column) == value for column, value in values.items()):
            changes.add(Fate.SAME)
        else:
            plan.changed.append((topic.id, values))
            changes.add(Fate.CHANGED, _said(topic, row))
    kept = {topic.id for topic in matched.values()}
    for left in standing:
        if left.id not in kept:
            plan.gone.append(left.id)
            changes.add(
                Fate.GONE, _("{number}. {title}: taken out of the plan").format(number=left.ordinal, title=left.title)
            )
    return plan


def _match(
    rows: Sequence[TopicRow], standing: Sequence[KnownTopic], gone: Sequence[KnownTopic]
) -> dict[int, KnownTopic]:
    """Topics of the base by the ordinal they get."""
    matched: dict[int, KnownTopic] = {}
    for candidates in (standing, gone):
        for row in rows:
            same = [one for one in candidates if fold(one.title) == fold(row.title) and one not in matched.values()]
            if row.ordinal not in matched and same:
                # «Повторение» stands in a plan many times: the nearest one is meant.
                matched[row.ordinal] = min(same, key=lambda one: abs(one.ordinal - row.ordinal))
    taken = {topic.id for topic in matched.values()}
    by_place = {one.ordinal: one for one in standing if one.id not in taken}
    for row in rows:
        if row.ordinal not in matched and row.ordinal in by_place:
            matched[row.ordinal] = by_place[row.ordinal]
    return matched


def _by_plan(topics: Iterable[TopicRow]) -> dict[tuple[str, int], list[TopicRow]]:
    plans: defaultdict[tuple[str, int], list[TopicRow]] = defaultdict(list)
    for topic in topics:
        plans[topic.subject, topic.level].append(topic)
    return plans


def _defaults(options: PlanOptions, names: dict[str, str]) -> Defaults:
    key = subject_key(options.subject) if options.subject else None
    if key is not None and key not in names:
        raise NoSuchSubject(name=options.subject)
    return Defaults(key, options.level)


def _found(topics: Sequence[TopicRow], names: dict[str, str]) -> list[Found]:
    hours: Counter[tuple[str, int]] = Counter()
    for topic in topics:
        hours[topic.subject, topic.level] += topic.hours
    found = [Found(_("Topics"), len(topics))]
    for (key, level), rows in _by_plan(topics).items():
        title = _("{subject}, level {level}").format(subject=names[key], level=level)
        found.append(Found(f"– {title}", len(rows), _("hours: {count}").format(count=hours[key, level])))
    return found


def _said(topic: KnownTopic, row: TopicRow) -> str:
    before = f"{topic.ordinal}. {topic.title}"
    after = f"{row.ordinal}. {row.title}"
    return f"{before} → {after}" if before != after else f"{after}: {topic.hours} → {row.hours}"
