"""Telling which employee a name in a file means: whole names first, initials where only one fits. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.names import FullName, fits, fold
from services.rules import short_names
from storage.repositories.imports_read import KnownPerson
from storage.vocabulary import STAFF_ROLES


def name_of(person: KnownPerson) -> FullName:
    """A stored person's name."""
    return FullName(person.last_name, person.first_name, person.middle_name)


def initials(name: FullName) -> str:
    """«Иванова М. П.»."""
    return short_names.initials(name.last, name.first, name.middle)


@dataclass(frozen=True)
class Match:
    """Whom a name means: one, several among whom it can't choose, or nobody."""

    one: KnownPerson | None = None
    several: tuple[KnownPerson, ...] = ()


class StaffIndex:
    """The employees of a school by surname and external id."""

    def __init__(self, people: Iterable[KnownPerson]) -> None:
        self.by_last: dict[str, list[KnownPerson]] = {}
        self.by_external: dict[str, KnownPerson] = {}
        for person in people:
            if person.roles & STAFF_ROLES:
                self.by_last.setdefault(fold(person.last_name), []).append(person)
                if person.external_id:
                    self.by_external[person.external_id] = person

    def find(self, name: FullName, external_id: str | None = None) -> Match:
        """The employee a name means.

        The file's own id decides only where the names agree: programs give ids anew. A whole name outweighs a name
        with initials; a name that two may bear is nobody's.
        """
        marked = self.by_external.get(external_id or "")
        if marked is not None and fits(name, name_of(marked)):
            return Match(marked)
        candidates = self.by_last.get(fold(name.last), [])
        exact = [person for person in candidates if person.key == name.key]
        fitting = exact or [person for person in candidates if fits(name, name_of(person))]
        if len(fitting) == 1:
            return Match(fitting[0])
        return Match(several=tuple(fitting))
