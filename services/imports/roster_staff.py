"""What a roster would change about employees and homeroom teachers. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from services.i18n import gettext as _
from services.imports import said as words
from services.imports.report import Changes, Fate, Place, Report, day_text
from services.imports.roster_guardians import Contacts
from services.imports.roster_rows import HomeroomRow, StaffRow
from services.imports.roster_types import Classes, Days, Numbers, WantedPerson, person_values
from services.imports.staff import StaffIndex, initials, name_of
from services.imports.values import split_list
from services.names import FullName, class_key, class_name, fits, fold
from storage.repositories.imports_read import Known, KnownPerson
from storage.vocabulary import STAFF_ROLES, Role


@dataclass
class StaffPlan:
    """Employees to be written, and homerooms to begin (class, teacher, day) and to end (id, day)."""

    people: dict[int, WantedPerson] = field(default_factory=dict)
    homerooms: list[tuple[int, int, date]] = field(default_factory=list)
    ended: list[tuple[int, date]] = field(default_factory=list)


class StaffPlanner:
    """Plans employees, then homeroom teachers, who may be among them."""

    def __init__(
        self, known: Known, classes: Classes, numbers: Numbers, days: Days, contacts: Contacts, report: Report
    ) -> None:
        self.known, self.classes, self.numbers, self.days = known, classes, numbers, days
        self.contacts, self.report = contacts, report
        self.people = {person.id: person for person in known.people}
        self.index = StaffIndex(known.people)
        self.done = StaffPlan()
        self.led: dict[int, tuple[int, Place]] = {}
        self.changes = Changes(_("Staff"))

    def plan(self, staff: Sequence[StaffRow], homerooms: Sequence[HomeroomRow]) -> StaffPlan:
        """Everything the file says of employees."""
        for row in staff:
            self.put(row)
        if staff:
            self.report.changes.append(self.changes)
        self.index = StaffIndex([*self.unchanged(), *(_as_known(one) for one in self.done.people.values())])
        for row in staff:
            self.lead_from_staff(row)
        for line in homerooms:
            self.lead_from_list(line)
        self.compare_homerooms()
        return self.done

    def unchanged(self) -> list[KnownPerson]:
        """Everybody of the base whom no row speaks of."""
        return [person for person in self.known.people if person.id not in self.done.people]

    def put(self, row: StaffRow) -> None:
        """One employee with roles."""
        match = self.index.find(row.name, row.number)
        if match.several:
            names = ", ".join(name_of(person).full for person in match.several)
            self.report.error(
                row.place,
                _("“{name}” may be any of: {names}.").format(name=row.name.full, names=names),
                _("Write the whole name, or the number."),
            )
            return
        known = match.one or self.people.get(self.contacts.find(row.name.key, row.phone, row.email) or 0)
        if known is None and row.until_on is None and row.roles:
            gone = self.former(row)
            if gone is None:
                return  # asked about
            known = next(iter(gone), None)
        if known is None and (row.until_on is not None or not row.roles):
            if row.until_on is not None:
                text = _("{name} has left and is not in the base: not taken.")
                self.report.notes.append(text.format(name=initials(row.name)))
            return
        ref = known.id if known else self.repeated(row) or self.numbers.next()
        values = person_values(
            row.name, known, phone=row.phone, email=row.email, external_id=row.number, birth_on=row.birth_on
        )
        person = self.done.people.setdefault(ref, WantedPerson(ref, row.name))
        repeated = bool(person.values or person.roles)
        person.values = values | person.values
        said = self.give_roles(row, known, person)
        self.contacts.add(ref, row.name.key, row.phone, row.email)
        if known is None:
            self.changes.counts[Fate.NEW] += not repeated
            return
        said += words.differences(known, values)
        detail = f"{initials(row.name)}: {', '.join(said)}" if said else ""
        self.changes.add(Fate.CHANGED if said else Fate.SAME, detail)

    def former(self, row: StaffRow) -> list[KnownPerson] | None:
        """Whom of those who left the row brings back: one or nobody; None where the school has to say who is meant."""
        left = [
            one
            for one in self.known.people
            if one.former & STAFF_ROLES and not one.roles & STAFF_ROLES and fits(row.name, name_of(one))
        ]
        alike = [one for one in left if not (row.birth_on and one.birth_on and row.birth_on != one.birth_on)]
        exact = [one for one in alike if one.key == row.name.key]
        if len(exact) > 1 and row.number:
            exact = [one for one in exact if one.external_id == row.number] or exact
        if len(exact) == 1:
            text = _("{name} worked here before and comes back: the same record goes on.")
            self.report.notes.append(text.format(name=initials(row.name)))
            return exact
        if exact or (alike and not row.name.is_whole):
            names = ", ".join(name_of(one).full for one in exact or alike)
            self.report.error(
                row.place,
                _("“{name}” may be somebody who worked here before: {names}.").format(name=row.name.full, names=names),
                _("Write the whole name and the date of birth, or the number."),
            )
            return None
        return []

    def repeated(self, row: StaffRow) -> int | None:
        """The number of a new employee whom an earlier row brought: a second position, not a second person."""
        same = [one for one in self.done.people.values() if one.ref < 0 and one.name.key == row.name.key]
        numbers = [one for one in same if one.values.get("external_id") in {None, row.number} or row.number is None]
        return numbers[0].ref if numbers else None

    def give_roles(self, row: StaffRow, known: KnownPerson | None, person: WantedPerson) -> list[str]:
        """Roles to begin; the roles of somebody who left end. Other roles of the base stay as they are."""
        held = known.roles if known else frozenset()
        if row.until_on is not None:
            ending = [Role(role) for role in held if role in STAFF_ROLES]
            person.ended |= dict.fromkeys(ending, row.until_on)
            return [_("left from {day}").format(day=day_text(row.until_on))] if ending else []
        new = [role for role in sorted(row.roles) if role not in held and role not in person.roles]
        back = bool(known and known.former & STAFF_ROLES and not held & STAFF_ROLES)
        person.roles |= dict.fromkeys(new, self.days.since if back else self.days.from_start)
        return [f"+ {words.role(role)}" for role in new] if known else []

    def lead_from_staff(self, row: StaffRow) -> None:
        """The homeroom that a row of the staff list names."""
        if not row.homeroom or fold(row.homeroom) in {"нет", "no"}:
            return
        match = self.index.find(row.name, row.number)
        if match.one is None:
            return  # said already
        for text in split_list(row.homeroom):
            self.lead(class_key(text), class_name(text), match.one.id, row.place)

    def lead_from_list(self, row: HomeroomRow) -> None:
        """The homeroom that a list of classes names."""
        match = self.index.find(row.teacher)
        if match.one is not None:
            self.lead(row.class_key, row.class_name, match.one.id, row.place)
        elif match.several:
            names = ", ".join(name_of(person).full for person in match.several)
            self.report.error(
                row.place,
                _("“{name}” may be any of: {names}.").format(name=row.teacher.full, names=names),
                _("Write the whole name."),
            )
        else:
            self.report.error(
                row.place,
                _("There is no employee “{name}”.").format(name=row.teacher.full),
                _("Add a row to the staff list, or correct the name."),
            )

    def lead(self, key: str, name: str, teacher: int, place: Place) -> None:
        """One class and its homeroom teacher."""
        class_ref = self.classes.find(key, name)
        if class_ref is None:
            self.report.error(
                place,
                _("The class “{name}” is not in the base.").format(name=name),
                _("Import the timetable first, or say the level: --level “{name}=N”.").format(name=name),
            )
            return
        before = self.led.setdefault(class_ref, (teacher, place))
        if before[0] != teacher:
            self.report.error(
                place,
                _("The class {name} has two homeroom teachers in the file (row {row} too).").format(
                    name=name, row=before[1].row
                ),
                _("Leave one."),
            )

    def compare_homerooms(self) -> None:
        """A new homeroom teacher takes over from the day the import counts from."""
        changes = Changes(_("Homeroom teachers"))
        leading = {tie.to_id: tie for tie in self.known.homerooms}
        for class_ref, (teacher, _place) in self.led.items():
            tie = leading.get(class_ref)
            if tie is not None and tie.person_id == teacher:
                changes.add(Fate.SAME)
                continue
            if tie is None:
                self.done.homerooms.append((class_ref, teacher, self.days.from_start))
                changes.add(Fate.NEW)
                continue
            self.done.ended.append((tie.id, self.days.since))
            self.done.homerooms.append((class_ref, teacher, self.days.since))
            old = initials(name_of(self.people[tie.person_id]))
            new = initials(self.name_of(teacher))
            changes.add(Fate.CHANGED, f"{self.classes.name(class_ref)}: {old} → {new}")
        self.report.changes.append(changes)

    def name_of(self, ref: int) -> FullName:
        """An employee's name by number."""
        return name_of(self.people[ref]) if ref in self.people else self.done.people[ref].name


def _as_known(one: WantedPerson) -> KnownPerson:
    """A planned employee as the index takes them."""
    return KnownPerson(
        id=one.ref,
        last_name=one.name.last,
        first_name=one.name.first,
        middle_name=one.name.middle,
        key=one.name.key,
        birth_on=None,
        phone=None,
        email=None,
        external_id=one.values.get("external_id"),
        roles=frozenset(one.roles) | {Role.TEACHER},
    )
