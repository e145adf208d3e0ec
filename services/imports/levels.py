"""Which level a class is: from a mapping, from the file's own word, or from the base; never guessed. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.errors import SchoolError
from services.i18n import N_
from services.imports.asc_types import AscClass
from services.imports.tables import Sheet
from services.names import class_key, fold, header_key
from storage.repositories.imports_read import KnownClass


@dataclass(frozen=True)
class Level:
    """A level from 1 to 11, `short_stay` for a short-stay group (ГКП); `skip`: not a class at all."""

    year: int
    short_stay: bool = False
    skip: bool = False


class BadLevel(SchoolError):
    """A line of the mapping that says no level."""

    sentence = N_("“{text}” doesn't say a level. Write it as 7Б=7, with 1 to 11, ГКП, or “-” for what is not a class.")


def parse_level(text: str) -> tuple[str, Level]:
    """A class's key and its level from «7Б=7». Raises BadLevel."""
    name, equals, value = text.rpartition("=")
    level = _level(value)
    if not equals or not name.strip() or level is None:
        raise BadLevel(text=text)
    return class_key(name), level


def levels_of(sheets: Iterable[Sheet]) -> dict[str, Level]:
    """A mapping from a file: two columns (class, level), or lines like «7Б=7». Raises BadLevel."""
    found: dict[str, Level] = {}
    for sheet in sheets:
        for _number, cells in sheet["rows"]:
            filled = [cell for cell in cells if cell.strip()]
            if not filled or _is_head(filled):
                continue
            key, level = parse_level("=".join(filled[:2]))
            found[key] = level
    return found


def level_of(one: AscClass, mapping: Mapping[str, Level], known: KnownClass | None) -> Level | None:
    """The level of a class of the file; None where nothing says it."""
    named = mapping.get(one.key) or mapping.get(one.also)
    if named is not None:
        return named
    if one.grade is not None:
        return Level(one.grade)
    return None if known is None else Level(known.level, known.short_stay)


def _level(text: str) -> Level | None:
    text = fold(text)
    if text in {"-", "нет", "no"}:
        return Level(0, skip=True)
    if text in {"гкп"}:
        return Level(1, short_stay=True)  # the terms of level 1 hold for it too
    found = re.fullmatch(r"(\d{1,2})(?:\s*(?:класс|кл\.?))?", text)
    return Level(int(found[1])) if found and 1 <= int(found[1]) <= 11 else None


def _is_head(cells: Sequence[str]) -> bool:
    return header_key(cells[0]) in {"класс", "class"} and len(cells) > 1 and _level(cells[1]) is None
