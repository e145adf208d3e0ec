"""What a roster would change about subgroups. Pure.

Parts of one division exclude each other: «Английский 1» and «Английский 2», or what aSc gave one division tag. A move
from one to the other is a transfer, and those happen only at a term's end (В 4.3.2, 4.4.12).
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from services.calendar import SchoolCalendar, TermSpan
from services.divisions import excludes, stem
from services.i18n import gettext as _
from services.imports.asc_plan import find_subgroup
from services.imports.report import Changes, Fate, Report, day_text
from services.imports.roster_students import StudentSpec
from services.imports.roster_types import Classes, Days, Family
from services.imports.staff import initials
from services.names import fold
from services.rules import transfers
from services.rules.regulation import Regulation
from storage.repositories.imports_read import Known, KnownSubgroup, KnownTie

FORMING = timedelta(days=4)
"""Sections are formed by 5 September (О 2.2): until then a move is a correction of the list."""


@dataclass
class GroupPlan:
    """Subgroups to be made: their negative numbers and values; who joins and leaves stands with the family."""

    new: dict[int, dict[str, Any]] = field(default_factory=dict)


class GroupPlanner:
    """Plans the memberships of students already planned."""

    def __init__(
        self,
        known: Known,
        classes: Classes,
        calendar: SchoolCalendar,
        regulation: Regulation,
        days: Days,
        report: Report,
    ) -> None:
        self.classes, self.calendar, self.days, self.report = classes, calendar, days, report
        self.regulation = regulation
        self.parts: defaultdict[int, list[KnownSubgroup]] = defaultdict(list)
        for part in known.subgroups:
            self.parts[part.class_id].append(part)
        self.by_id = {part.id: part for part in known.subgroups}
        self.own = {class_id: bool(parts) for class_id, parts in self.parts.items()}
        self.ties: defaultdict[int, list[KnownTie]] = defaultdict(list)
        for tie in known.members:
            self.ties[tie.person_id].append(tie)
        self.with_members = {tie.to_id for tie in known.members}
        self.class_of = {tie.person_id: tie.to_id for tie in known.enrollments}
        self.done = GroupPlan()
        self.changes = Changes(_("In subgroups"))
        self.made = Changes(_("Subgroups"))

    def plan(self, families: dict[int, Family], specs: dict[int, StudentSpec]) -> GroupPlan:
        """Every student's subgroups."""
        for ref, family in families.items():
            class_ref = specs[ref].class_ref or self.class_of.get(ref)
            moved = {tie.to_id for tie in self.ties[ref]} if family.enrolled else set()
            for tie in self.ties[ref]:
                if family.left and (tie.to_id in moved or not family.enrolled):
                    family.parted.append((tie.id, family.left[0][1]))
            if class_ref is not None and not (family.left and not family.enrolled):
                self.join_all(family, specs[ref], class_ref)
        self.report.changes += [self.made, self.changes]
        return self.done

    def join_all(self, family: Family, spec: StudentSpec, class_ref: int) -> None:
        """One student into all subgroups of the rows, which must not exclude each other."""
        parts: dict[int, KnownSubgroup] = {}
        for name in spec.subgroups:
            part = find_subgroup(self.parts[class_ref], name) or self.make(spec, class_ref, name)
            other = next((one for one in parts.values() if one.id != part.id and _excludes(one, part)), None)
            if other is not None:
                self.report.error(
                    spec.row.place,
                    _("{name} is both in “{one}” and in “{other}”.").format(
                        name=initials(spec.name), one=other.name, other=part.name
                    ),
                    _("Leave one."),
                )
            elif part.id not in parts:
                parts[part.id] = part
                self.join(family, spec, class_ref, part)

    def join(self, family: Family, spec: StudentSpec, class_ref: int, part: KnownSubgroup) -> None:
        """One student into one subgroup, out of the other part of its division."""
        parted = {ident for ident, _day in family.parted}
        ties = [
            tie
            for tie in self.ties[family.student.ref]
            if tie.id not in parted and self.by_id[tie.to_id].class_id == class_ref
        ]
        if any(tie.to_id == part.id for tie in ties):
            self.changes.add(Fate.SAME)
            return
        others = [tie for tie in ties if _excludes(self.by_id[tie.to_id], part)]
        since = family.enrolled[0][1] if family.enrolled else self.days.since
        if not others and part.id not in self.with_members and not family.enrolled:
            since = self.days.from_start  # the subgroup's first list
        if since - self.days.year_start <= FORMING:
            since = min(since, self.days.from_start)
        for tie in others:
            if tie.since_on < since:
                since = self.transferred(spec, class_ref, tie, part, since)
            family.parted.append((tie.id, since))
        family.joined.append((part.id, since))
        detail = f"{initials(spec.name)}: {', '.join(self.by_id[tie.to_id].name for tie in others)} → {part.name}"
        self.changes.add(Fate.CHANGED if others else Fate.NEW, detail if others else "")

    def make(self, spec: StudentSpec, class_ref: int, name: str) -> KnownSubgroup:
        """A subgroup nobody knew; where the timetable has brought some, that may be a slip of the pen."""
        part = KnownSubgroup(-len(self.done.new) - 1, class_ref, name[:128], fold(name)[:128], stem(name)[:64])
        if self.own.get(class_ref):
            self.report.warn(
                spec.row.place,
                _("The class {class_name} has no subgroup “{name}”; a new one is made. There are: {names}.").format(
                    class_name=self.classes.name(class_ref),
                    name=name,
                    names=", ".join(one.name for one in self.parts[class_ref] if one.id > 0),
                ),
                _("If one of those is meant, write its name."),
            )
        self.done.new[part.id] = {
            "class_id": class_ref,
            "name": part.name,
            "key": part.key,
            "division": part.division,
        }
        self.parts[class_ref].append(part)
        self.by_id[part.id] = part
        self.made.add(Fate.NEW)
        return part

    def transferred(self, spec: StudentSpec, class_ref: int, tie: KnownTie, part: KnownSubgroup, since: date) -> date:
        """From which day a transfer counts: the new term's first; within a term it is refused (В 4.4.12)."""
        clause = self.regulation.clauses["subgroups"]
        spans = [(term.starts_on, term.ends_on) for term in self.terms(class_ref)]
        counts_from = transfers.transfer_day(spans, since)
        if counts_from is None:
            self.report.error(
                spec.row.place,
                _("{name} would move from “{old}” to “{new}” within a term.").format(
                    name=initials(spec.name), old=self.by_id[tie.to_id].name, new=part.name
                ),
                _("Students move at a term's end only ({clause}): {next}").format(
                    clause=clause, next=self.next_term(class_ref)
                ),
            )
            return since
        note = _("Moves between subgroups count from {day}, the term's first day ({clause}).").format(
            day=day_text(counts_from), clause=clause
        )
        if note not in self.report.notes:
            self.report.notes.append(note)
        return counts_from

    def next_term(self, class_ref: int) -> str:
        """What to write to make the transfer with the next term of the class."""
        later = sorted(term.starts_on for term in self.terms(class_ref) if term.starts_on > self.days.since)
        return f"--from {later[0].isoformat()}" if later else day_text(self.calendar.ends_on)

    def terms(self, class_ref: int) -> list[TermSpan]:
        """The terms of a class, by its level's kind."""
        kind = self.regulation.term_kind(self.classes.level(class_ref))
        return [term for term in self.calendar.terms if term.kind is kind]


def _excludes(one: KnownSubgroup, other: KnownSubgroup) -> bool:
    """Whether two parts of a class belong to one division."""
    return excludes((one.name, one.division), (other.name, other.division))
