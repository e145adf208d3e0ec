"""The week of an aSc export: which places stand in it from which day, against the version in force. Pure."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from services.calendar import SchoolCalendar
from services.i18n import gettext as _
from services.imports.asc_plan import AscPlan
from services.imports.asc_types import AscCard, AscFile
from services.imports.report import Changes, Fate, Place, Report, day_text
from services.imports.terms import term_starts
from services.names import fold, subject_key
from storage.repositories.imports_read import Known, KnownEntry, KnownVersion


@dataclass(frozen=True)
class WantedEntry:
    """A place in the week; teachers, classes and subgroups by the file's ids, the subject by its key."""

    key: str
    subject: str
    weekday: int
    slot: int
    weeks: str
    room: str
    teachers: tuple[str, ...]
    audience: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True)
class WantedVersion:
    """A version to be put in force: new places, and the gone ones of the version it is merged into."""

    valid_from: date
    into: KnownVersion | None
    entries: tuple[WantedEntry, ...]
    gone: tuple[int, ...]


Bell = tuple[int, int, int]


def plan_bells(
    file: AscFile, cards: Sequence[AscCard], calendar: SchoolCalendar, take: bool, report: Report
) -> list[Bell]:
    """Bells to be taken from the file: none unless asked for; differences and missing bells are said aloud."""
    own = {slot.number: slot for slot in calendar.bells.get(calendar.usual_bells or 0, ())}
    used = Counter(card.period for card in cards)
    taken: list[Bell] = []
    for number in sorted(used):
        period, slot = file.periods.get(number), own.get(number)
        starts, ends = (period.starts, period.ends) if period else (None, None)
        if (
            starts is not None
            and ends is not None
            and (slot is None or (slot.starts_minute, slot.ends_minute) != (starts, ends))
        ):
            if take:
                taken.append((number, starts, ends))
                continue
            if slot is not None:
                report.warn(
                    Place(),
                    _("Lesson {number}: the school's bell is {own}, the file's is {other}.").format(
                        number=number, own=_span(slot.starts_minute, slot.ends_minute), other=_span(starts, ends)
                    ),
                    _("The school's bell stays (--bells takes those of the file)."),
                )
        if slot is None:
            report.warn(
                Place(),
                _("Lesson {number} has no bell in the school: {count} cards stand on it.").format(
                    number=number, count=used[number]
                ),
                _("These lessons are kept, but appear only once there is a bell (--bells takes those of the file)."),
            )
    if take:
        changes = Changes(_("Bells"))
        for number, _starts, _ends in taken:
            changes.add(Fate.CHANGED if number in own else Fate.NEW)
        report.changes.append(changes)
    return taken


def plan_versions(
    file: AscFile, cards: Sequence[AscCard], known: Known, calendar: SchoolCalendar, plan: AscPlan, report: Report
) -> list[WantedVersion]:
    """The versions to be put in force: one, or one for each term where cards stand in some terms only.

    A version whose places are already in force makes no new one; a version of the very day is changed in place.
    """
    places = list(_places(file, cards, plan))
    if all(len(terms) == file.term_count for _entry, terms in places):
        days = [(plan.since, 0)]
    else:
        starts = term_starts(calendar, file.term_count)
        if starts is None:
            report.error(
                Place(),
                _("The file divides the year into {count} terms, the school doesn't.").format(count=file.term_count),
                _("Give the school such terms, or make the timetable one for the whole year in aSc."),
            )
            return []
        days = _term_days(plan.since, starts)
    changes = Changes(_("Places in the week"))
    report.changes.append(changes)
    versions: list[WantedVersion] = []
    before: list[WantedEntry] = []
    for day, term in days:
        entries = _numbered(file, (entry for entry, terms in places if term in terms))
        in_force = next((one for one in reversed(known.versions) if one.valid_from <= day), None)
        if versions and (in_force is None or in_force.valid_from <= versions[-1].valid_from):
            # What this import itself puts in force earlier is what stands on that day.
            if before != entries:
                versions.append(WantedVersion(day, None, tuple(entries), ()))
                changes.counts[Fate.NEW] += len(entries)
        elif (version := _compare(day, entries, in_force, known, plan, changes)) is not None:
            versions.append(version)
        before = entries
    _warn_of_later(known, [day for day, _term in days], report)
    return versions


def _places(file: AscFile, cards: Sequence[AscCard], plan: AscPlan) -> Iterator[tuple[WantedEntry, tuple[int, ...]]]:
    """Each card's places, one a day, with the terms it stands in; cards of nobody's lessons make none."""
    for card in cards:
        audience = _audience(file, card, plan)
        if not audience:
            continue
        subject = subject_key(file.subjects[card.lesson.subject_id].name)
        weeks = "1" if len(card.weeks) == file.week_count else _mask(card.weeks, file.week_count)
        room = ", ".join(dict.fromkeys(name for ident in card.rooms if (name := file.rooms[ident])))[:128]
        teachers = tuple(ident for ident in card.lesson.teacher_ids if ident in plan.teachers)
        for day in card.days:
            weekday = file.weekdays[day]
            key = _key(file, weekday, card.period, weeks, subject, audience)
            entry = WantedEntry(key, subject, weekday, card.period, weeks, room, teachers, audience)
            yield entry, card.terms


def _audience(file: AscFile, card: AscCard, plan: AscPlan) -> tuple[tuple[str, str | None], ...]:
    """Classes and subgroups of a lesson; a class none of whose groups is named comes whole."""
    parts: dict[str, list[str | None]] = {ident: [] for ident in card.lesson.class_ids if ident in plan.classes}
    for ident in card.lesson.group_ids:
        group = file.groups[ident]
        if group.class_id in parts:
            parts[group.class_id].append(None if group.entire else ident)
    return tuple(
        (class_id, part)
        for class_id, groups in parts.items()
        for part in ([None] if not groups or None in groups else groups)
    )


def _key(
    file: AscFile, weekday: int, slot: int, weeks: str, subject: str, audience: Iterable[tuple[str, str | None]]
) -> str:
    """What makes a place the same in the next export, whose ids may all be new."""
    whom = sorted(f"{file.classes[one].key}/{fold(file.groups[part].name) if part else ''}" for one, part in audience)
    digest = hashlib.sha256("\n".join([subject, *whom]).encode()).hexdigest()
    return f"{weekday}-{slot}-{weeks}-{digest[:32]}"


def _numbered(file: AscFile, entries: Iterable[WantedEntry]) -> list[WantedEntry]:
    """The places in a steady order; lessons that share time, subject and class are told apart by number."""

    def steady(entry: WantedEntry) -> tuple[str, str, list[str]]:
        return entry.key, entry.room, sorted(file.teachers[ident].name.key for ident in entry.teachers)

    ordered = sorted(entries, key=steady)
    seen: Counter[str] = Counter()
    numbered = []
    for entry in ordered:
        seen[entry.key] += 1
        number = seen[entry.key]
        numbered.append(entry if number == 1 else replace(entry, key=f"{entry.key}-{number}"))
    return numbered


def _term_days(since: date, starts: Sequence[date]) -> list[tuple[date, int]]:
    """The days from which a term's places stand: the first day asked for, and the later terms' first days."""
    now = max(number for number, start in enumerate(starts) if start <= since or number == 0)
    return [(since, now), *((start, number) for number, start in enumerate(starts) if number > now)]


def _compare(
    day: date,
    entries: Sequence[WantedEntry],
    in_force: KnownVersion | None,
    known: Known,
    plan: AscPlan,
    changes: Changes,
) -> WantedVersion | None:
    """The version that makes these places stand from a day; None if they stand already."""
    standing = {one.key: one for one in known.entries.get(in_force.id, [])} if in_force else {}
    fresh = []
    for entry in entries:
        stands = standing.pop(entry.key, None)
        if stands is not None and _is_same(entry, stands, plan):
            changes.add(Fate.SAME)
            continue
        changes.add(Fate.NEW if stands is None else Fate.CHANGED)
        fresh.append((entry, stands))
    for _left in standing.values():
        changes.add(Fate.GONE)
    if in_force is not None and not fresh and not standing:
        return None
    if in_force is None or in_force.valid_from != day:
        return WantedVersion(day, None, tuple(entries), ())
    gone = [one.id for one in standing.values()] + [stands.id for _entry, stands in fresh if stands is not None]
    return WantedVersion(day, in_force, tuple(entry for entry, _stands in fresh), tuple(gone))


def _is_same(entry: WantedEntry, stands: KnownEntry, plan: AscPlan) -> bool:
    teachers = {plan.teachers[ident].known_id for ident in entry.teachers}
    return entry.room == stands.room and teachers == stands.teachers


def _warn_of_later(known: Known, days: Sequence[date], report: Report) -> None:
    """A later version of another file keeps its day: that is said, since it ends the one now imported."""
    for version in known.versions:
        if version.valid_from > days[0] and version.valid_from not in days:
            day = day_text(version.valid_from)
            report.warn(
                Place(),
                _("From {day} another timetable is in force already; it stays.").format(day=day),
                _("To replace it too, import the file once more with --from {day}.").format(day=day),
            )


def _mask(weeks: Iterable[int], count: int) -> str:
    chosen = set(weeks)
    return "".join("1" if week in chosen else "0" for week in range(count))


def _span(starts: int, ends: int) -> str:
    return f"{starts // 60}:{starts % 60:02}–{ends // 60}:{ends % 60:02}"
