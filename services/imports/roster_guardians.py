"""What a roster would change about guardians: who they are, whose they are, what that rests on. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from services.i18n import gettext as _
from services.imports import said as words
from services.imports.report import Changes, Fate, Report
from services.imports.roster_rows import GuardianCell
from services.imports.roster_students import StudentSpec
from services.imports.roster_types import Days, Family, Numbers, WantedPerson, person_values
from services.imports.staff import initials, name_of
from services.names import FullName, fits
from storage.repositories.imports_read import Known, KnownGuardianship
from storage.vocabulary import STAFF_ROLES, Relation, Role

RESTS_ON = ("application", "application_on", "consent_on")


@dataclass
class GuardianSpec:
    """All cells that speak of one guardian of one student."""

    cells: list[GuardianCell]

    @property
    def name(self) -> FullName:
        """The name as the fullest cell writes it."""
        return max((cell.name for cell in self.cells), key=lambda name: len(name.full))

    def value(self, name: str) -> Any:
        """The first filled value of a field."""
        return next((found for cell in self.cells if (found := getattr(cell, name))), None)


class Contacts:
    """People by name together with a telephone or an address: both must be the same for two to be one."""

    def __init__(self) -> None:
        self.people: dict[tuple[str, str], int] = {}

    def add(self, ref: int, key: str, *contacts: str | None) -> None:
        """Remembers a person's contacts."""
        for contact in filter(None, contacts):
            self.people.setdefault((key, contact), ref)

    def find(self, key: str, *contacts: str | None) -> int | None:
        """The person of this name with one of these contacts."""
        found = (self.people.get((key, contact)) for contact in contacts if contact)
        return next((ref for ref in found if ref is not None), None)


class GuardianPlanner:
    """Plans the guardians of the students already planned."""

    def __init__(self, known: Known, numbers: Numbers, days: Days, contacts: Contacts, report: Report) -> None:
        self.numbers, self.days, self.contacts, self.report = numbers, days, contacts, report
        self.people = {person.id: person for person in known.people}
        self.ties: defaultdict[int, list[KnownGuardianship]] = defaultdict(list)
        for tie in known.guardianships:
            self.ties[tie.student_id].append(tie)
        for person in known.people:
            if Role.STUDENT not in person.roles and person.roles & {Role.GUARDIAN, *STAFF_ROLES}:
                contacts.add(person.id, person.key, person.phone, person.email)
        self.planned: dict[int, WantedPerson] = {}
        self.without_proof: dict[str, GuardianCell] = {}
        self.changes = Changes(_("Guardians"))
        self.ready = 0

    def plan(self, families: dict[int, Family], specs: dict[int, StudentSpec]) -> None:
        """Each student's guardians."""
        for ref, family in families.items():
            cells = [cell for row in specs[ref].rows for cell in row.guardians]
            if cells:
                self.plan_family(family, gather(cells))
        self.report.changes.append(self.changes)

    def plan_family(self, family: Family, guardians: list[GuardianSpec]) -> None:
        """One student's guardians against those of the base."""
        left = list(self.ties[family.student.ref])
        for spec in guardians:
            if spec.name.key == family.student.name.key:
                self.report.error(
                    spec.cells[0].place,
                    _("The guardian “{name}” is the student.").format(name=spec.name.full),
                    _("Write the guardian's surname, name and patronymic, or clear the cells."),
                )
                continue
            tie = self.tie_of(spec, left)
            if tie is not None:
                left.remove(tie)
            person = self.person_of(spec, tie, family.student.ref)
            if person not in family.guardians:
                family.guardians.append(person)
            self.tie(spec, tie, person, family)
        for tie in left:
            name = initials(name_of(self.people[tie.guardian_id]))
            text = _("{name}, guardian of {student}: not in the file, stays")
            self.changes.add(Fate.GONE, text.format(name=name, student=initials(family.student.name)))

    def tie_of(self, spec: GuardianSpec, ties: Iterable[KnownGuardianship]) -> KnownGuardianship | None:
        """The guardianship of this very student by the name's guardian."""
        fitting = [tie for tie in ties if fits(spec.name, name_of(self.people[tie.guardian_id]))]
        exact = [tie for tie in fitting if self.people[tie.guardian_id].key == spec.name.key] or fitting
        return exact[0] if len(exact) == 1 else None

    def person_of(self, spec: GuardianSpec, tie: KnownGuardianship | None, student: int) -> WantedPerson:
        """The guardian: of this child already, or proved by a contact, or new; never the student."""
        contacts = (spec.value("phone"), spec.value("email"))
        ref = tie.guardian_id if tie else self.contacts.find(spec.name.key, *contacts)
        if ref is None or ref == student:
            ref = self.numbers.next()
            self.warn_of_namesake(spec)
        known = self.people.get(ref)
        values = person_values(spec.name, known, phone=contacts[0], email=contacts[1])
        person = self.planned.get(ref)
        if person is None:
            person = self.planned[ref] = WantedPerson(ref, spec.name)
            if known is None or Role.GUARDIAN not in known.roles:
                person.roles[Role.GUARDIAN] = self.days.today
        person.values = values | person.values
        self.contacts.add(ref, spec.name.key, *contacts)
        return person

    def warn_of_namesake(self, spec: GuardianSpec) -> None:
        """The same name at two children, with nothing to prove that it is one person: they stay two."""
        cell = spec.cells[0]
        other = self.without_proof.setdefault(spec.name.key, cell)
        if other is not cell:
            self.report.warn(
                cell.place,
                _(
                    "“{name}” is named for another child too (row {row}), with no telephone or address in common."
                ).format(name=spec.name.full, row=other.place.row),
                _("They become two people. If it is one, write the same telephone in both rows."),
            )

    def tie(self, spec: GuardianSpec, tie: KnownGuardianship | None, person: WantedPerson, family: Family) -> None:
        """The guardianship with what it rests on; blank cells take nothing away."""
        given = {name: value for name in RESTS_ON if (value := spec.value(name))}
        if relation := spec.value("relation"):
            given["relation"] = relation.value
        if tie is None:
            values = {"relation": Relation.OTHER.value, "since_on": self.days.today, **given}
            family.tied.append((person.ref, values))
            self.changes.add(Fate.NEW)
            self.ready += all(given.get(name) for name in RESTS_ON)
            return
        different = {name: value for name, value in given.items() if getattr(tie, name) != value}
        self.ready += all(given.get(name) or getattr(tie, name) for name in RESTS_ON)
        if different:
            family.changed.append((tie.id, different))
        told = words.differences(self.people.get(person.ref), person.values)
        said = [*told, *(words.value(one) for one in different.values())]
        if said:
            self.changes.add(Fate.CHANGED, f"{initials(spec.name)}: {', '.join(said)}")
        else:
            self.changes.add(Fate.SAME)


def gather(cells: Iterable[GuardianCell]) -> list[GuardianSpec]:
    """The cells of one student by guardian: the same name, or one that fits no other."""
    specs: list[GuardianSpec] = []
    for cell in sorted(cells, key=lambda one: -len(one.name.full)):
        fitting = [spec for spec in specs if fits(cell.name, spec.name)]
        exact = [spec for spec in fitting if spec.name.key == cell.name.key] or fitting
        if len(exact) == 1:
            exact[0].cells.append(cell)
        else:
            specs.append(GuardianSpec([cell]))
    return specs
