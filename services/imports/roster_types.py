"""What a roster's plan is made of: people with numbers, families, classes, days."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.imports.levels import Level
from services.imports.staff import name_of
from services.names import FullName, fits
from storage.repositories.imports_read import Known, KnownClass, KnownPerson
from storage.vocabulary import Role


@dataclass
class WantedPerson:
    """A person to stand: their number (negative: new), the values to write, roles to give and to end."""

    ref: int
    name: FullName
    values: dict[str, Any] = field(default_factory=dict)
    roles: dict[Role, date] = field(default_factory=dict)
    ended: dict[Role, date] = field(default_factory=dict)


@dataclass
class Family:
    """One student with everything that is to be written at once."""

    student: WantedPerson
    guardians: list[WantedPerson] = field(default_factory=list)
    enrolled: list[tuple[int, date]] = field(default_factory=list)
    left: list[tuple[int, date]] = field(default_factory=list)
    joined: list[tuple[int, date]] = field(default_factory=list)
    parted: list[tuple[int, date]] = field(default_factory=list)
    tied: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    changed: list[tuple[int, dict[str, Any]]] = field(default_factory=list)


@dataclass(frozen=True)
class Days:
    """The days an import counts from: today, the year's first day, and when changes come into force."""

    today: date
    year_start: date
    since: date

    @property
    def from_start(self) -> date:
        """The day lists of a new year count from, also when they are imported in August."""
        return min(self.today, self.year_start)


@dataclass
class NewClass:
    """A class that the roster names first."""

    ref: int
    values: dict[str, Any]


class Classes:
    """The classes by key, those of the base and those the roster brings with a level."""

    def __init__(self, known: Known, levels: Mapping[str, Level]) -> None:
        self.by_key: dict[str, KnownClass | NewClass] = {one.key: one for one in known.classes}
        self.levels = levels
        self.new: list[NewClass] = []

    def find(self, key: str, name: str) -> int | None:
        """A class's number; None if nothing says its level."""
        found = self.by_key.get(key)
        if found is None:
            level = self.levels.get(key)
            if level is None or level.skip:
                return None
            values = {"name": name[:64], "key": key[:64], "level": level.year, "short_stay": level.short_stay}
            found = NewClass(-len(self.new) - 1, values)
            self.new.append(found)
            self.by_key[key] = found
        return found.id if isinstance(found, KnownClass) else found.ref

    def level(self, ref: int) -> int:
        """A class's level by its number."""
        for one in self.by_key.values():
            if isinstance(one, KnownClass) and one.id == ref:
                return one.level
            if isinstance(one, NewClass) and one.ref == ref:
                return int(one.values["level"])
        return 0

    def name(self, ref: int) -> str:
        """A class's name by its number."""
        for one in self.by_key.values():
            if isinstance(one, KnownClass) and one.id == ref:
                return one.name
            if isinstance(one, NewClass) and one.ref == ref:
                return str(one.values["name"])
        return ""


class Numbers:
    """Negative numbers for people not yet written."""

    def __init__(self) -> None:
        self.last = 0

    def next(self) -> int:
        """The next one."""
        self.last -= 1
        return self.last


def person_values(name: FullName, known: KnownPerson | None, **given: Any) -> dict[str, Any]:
    """What is to be written of a person: the name if it says more or other, given values that differ; never a blank."""
    filled = {field: value for field, value in given.items() if value}
    named = {"last_name": name.last, "first_name": name.first, "middle_name": name.middle, "key": name.key}
    if known is None:
        return {**named, **filled}
    less = fits(name, name_of(known)) and len(name.full) <= len(name_of(known).full)
    values = {} if less else {field: value for field, value in named.items() if getattr(known, field) != value}
    return values | {field: value for field, value in filled.items() if getattr(known, field) != value}
