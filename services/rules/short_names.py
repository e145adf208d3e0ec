"""Short names for narrow buttons: «Иванова М.», told apart from each other. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Named:
    """A person with the parts of the name."""

    id: int
    last: str
    first: str
    middle: str = ""

    @property
    def full(self) -> str:
        """«Иванова Мария Петровна»."""
        return " ".join(part for part in (self.last, self.first, self.middle) if part)

    @property
    def usual(self) -> str:
        """«Иванова Мария»."""
        return " ".join(part for part in (self.last, self.first) if part)

    @property
    def initials(self) -> str:
        """«Иванова М. П.»."""
        return initials(self.last, self.first, self.middle)


def initials(last: str, *names: str) -> str:
    """«Иванова М. П.»: a surname with the first letters of the other names, as everybody is shown them."""
    return " ".join([last, *(_initial(name) for name in names if name)])


def short_names(people: Sequence[Named], width: int) -> dict[int, str]:
    """A label of at most `width` characters for each, no two alike.

    «Иванова М.»; namesakes get more of the first name, then the middle initial, then a number; a long surname is cut.
    """
    alike = defaultdict(list)
    for one in people:
        alike[_label(one.last, _initial(one.first), width)].append(one)
    labels: dict[int, str] = {}
    for label, group in alike.items():
        labels.update({group[0].id: label} if len(group) == 1 else _told_apart(group, width))
    if not _distinct(labels.values()):
        return {one.id: _label(one.last, str(place), width) for place, one in enumerate(people, 1)}
    return labels


def _told_apart(group: Sequence[Named], width: int) -> dict[int, str]:
    longest = max(len(one.first) for one in group)
    for length in range(2, longest + 1):
        found = {one.id: _label(one.last, _part(one.first, length), width) for one in group}
        if _distinct(found.values()):
            return found
    found = {one.id: _label(one.last, f"{_initial(one.first)} {_initial(one.middle)}".rstrip(), width) for one in group}
    if _distinct(found.values()):
        return found
    return {one.id: _label(one.last, f"{_initial(one.first)} {place}", width) for place, one in enumerate(group, 1)}


def _label(last: str, rest: str, width: int) -> str:
    if not rest:
        return _cut(last, width)
    room = max(width - len(rest) - 1, 3)  # a few letters of the surname in any case
    return f"{_cut(last, room)} {rest}"[:width]


def _cut(last: str, room: int) -> str:
    return last if len(last) <= room else last[: room - 1].rstrip("- ") + "…"


def _part(name: str, length: int) -> str:
    return name if len(name) <= length else name[:length] + "."


def _initial(name: str) -> str:
    return f"{name[0]}." if name else ""


def _distinct(labels: Iterable[str]) -> bool:
    known = list(labels)
    return len(set(known)) == len(known)
