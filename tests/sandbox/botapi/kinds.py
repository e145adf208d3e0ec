"""Values checked against the types of the Bot API, as the facts tell them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FACTS: dict[str, Any] = json.loads(Path(__file__).with_name("facts.json").read_text(encoding="utf-8"))
TYPES: dict[str, Any] = FACTS["types"]

_PLAIN: dict[str, type | tuple[type, ...]] = {"Integer": int, "String": str, "Boolean": bool, "Float": (int, float)}


def wrong(value: Any, types: list[str], where: str = "result") -> Iterator[str]:
    """What is wrong with a value that should be of one of these types; nothing if all is well."""
    complaints = [list(_wrong_as(value, type_, where)) for type_ in types]
    if all(complaints):
        yield from min(complaints, key=len)


def _wrong_as(value: Any, type_: str, where: str) -> Iterator[str]:
    if type_.startswith("Array of "):
        if not isinstance(value, list):
            yield f"{where} is no {type_}: {value!r}"
            return
        for number, one in enumerate(value):
            yield from _wrong_as(one, type_.removeprefix("Array of "), f"{where}[{number}]")
    elif type_ == "True":
        if value is not True:
            yield f"{where} is not True: {value!r}"
    elif type_ in _PLAIN:
        if not isinstance(value, _PLAIN[type_]) or (type_ != "Boolean" and isinstance(value, bool)):
            yield f"{where} is no {type_}: {value!r}"
    elif type_ not in TYPES:
        yield f"{where} is of a type that the facts don't tell: {type_}"
    elif "one_of" in TYPES[type_]:
        yield from wrong(value, TYPES[type_]["one_of"], where)
    else:
        yield from _wrong_object(value, type_, where)


def _wrong_object(value: Any, type_: str, where: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{where} is no {type_}: {value!r}"
        return
    fields = TYPES[type_]["fields"]
    yield from (f"{where} has no field of {type_} called {name}" for name in value.keys() - fields.keys())
    for name, field in fields.items():
        if name in value:
            yield from wrong(value[name], field["types"], f"{where}.{name}")
            if "enum" in field and value[name] not in field["enum"]:
                yield f"{where}.{name} is {value[name]!r}, not one of {field['enum']}"
        elif field["required"]:
            yield f"{where} lacks {name}"
