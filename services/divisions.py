"""Which subgroups of a class exclude each other: «Английский 1» and «Английский 2», or parts of one tag. Pure."""

import re

from services.names import subgroup_key

Part = tuple[str, str]  # a subgroup's name and division («» where the timetable named none)


def excludes(one: Part, other: Part) -> bool:
    """Whether two parts of a class belong to one division."""
    if one[1] and other[1]:
        return one[1] == other[1]
    return stem(one[0]) == stem(other[0])


def stem(name: str) -> str:
    """A subgroup's name without its number."""
    return " ".join(re.sub(r"\d+", " ", subgroup_key(name)).split())
