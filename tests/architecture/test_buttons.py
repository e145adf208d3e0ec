"""The wire format of buttons: keyboards sent weeks ago must still mean the same.

`buttons.txt` holds one packed sample of every button ever sent, a line each. A line is never changed or taken away
while such keyboards may live: a changed format is a new class with the next version in its prefix, and a new line.
"""

import re
from enum import Enum
from pathlib import Path
from typing import Any, get_args

import pytest
from aiogram.filters.callback_data import MAX_CALLBACK_LENGTH, CallbackData
from annotated_types import Ge, Gt, Le, Lt, MaxLen, MinLen
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from handlers.callbacks import every_button

SAMPLES = Path(__file__).with_name("buttons.txt")
BUTTONS = every_button()
EVERY_BUTTON = pytest.mark.parametrize("button", BUTTONS, ids=lambda button: button.__name__)


def bound(field: FieldInfo, kind: type, name: str) -> Any:
    """A limit that the field's annotation sets, or None."""
    return next((getattr(limit, name) for limit in field.metadata if isinstance(limit, kind)), None)


def kind_of(field: FieldInfo) -> Any:
    """The field's type without None."""
    options = [option for option in get_args(field.annotation) if option is not type(None)]
    return options[0] if options else field.annotation


def longest(button: type[CallbackData], name: str, field: FieldInfo) -> Any:
    """The value that takes the most bytes; fails where nothing limits it."""
    kind = kind_of(field)
    if kind is bool:
        return True
    if issubclass(kind, Enum):
        return max(kind, key=lambda member: len(str(member.value).encode()))
    if kind is int:
        below, most = bound(field, Lt, "lt"), bound(field, Le, "le")
        assert below is not None or most is not None, f"{button.__name__}.{name} has no upper bound"
        return most if most is not None else below - 1
    assert kind is str, f"{button.__name__}.{name}: say how long a {kind} may be"
    length = bound(field, MaxLen, "max_length")
    assert length is not None, f"{button.__name__}.{name} has no greatest length"
    return "Щ" * length  # two bytes a letter, unless the field takes something else


def sample(button: type[CallbackData], name: str, field: FieldInfo, number: int) -> Any:
    """A small value that tells the field from its neighbours."""
    kind = kind_of(field)
    if kind is bool:
        return True
    if issubclass(kind, Enum):
        return next(iter(kind))
    if kind is int:
        return max(bound(field, Ge, "ge") or 0, (bound(field, Gt, "gt") or 0) + 1, number)
    return "7" * (bound(field, MinLen, "min_length") or 1)


def made(button: type[CallbackData], values: dict[str, Any]) -> CallbackData:
    """The button with these values; a date where a field takes nothing else."""
    try:
        return button(**values)
    except ValidationError as refusal:
        wrong = {str(error["loc"][0]) for error in refusal.errors()}
        return button(**{name: "2026-09-08" if name in wrong else value for name, value in values.items()})


def filled(button: type[CallbackData]) -> CallbackData:
    fields = button.model_fields.items()
    return made(button, {name: sample(button, name, field, number) for number, (name, field) in enumerate(fields, 11)})


@EVERY_BUTTON
def test_the_longest_values_fit_into_a_button(button: type[CallbackData]) -> None:
    longest_one = made(button, {name: longest(button, name, field) for name, field in button.model_fields.items()})
    packed = button.pack(longest_one)  # aiogram refuses more than 64 bytes itself
    assert len(packed.encode()) <= MAX_CALLBACK_LENGTH == 64
    assert button.unpack(packed) == longest_one


@EVERY_BUTTON
def test_a_button_says_the_same_as_ever(button: type[CallbackData]) -> None:
    samples = SAMPLES.read_text(encoding="utf-8").splitlines()
    packed = filled(button).pack()
    assert packed in samples, "a new button needs its line in buttons.txt; a changed one needs a new prefix as well"
    assert button.unpack(packed) == filled(button)


def test_every_button_ever_sent_is_still_understood() -> None:
    """Or its class is gone for good, and handlers/fallback.py answers: then take its line away knowingly."""
    readers = {button.__prefix__: button for button in BUTTONS}
    for line in SAMPLES.read_text(encoding="utf-8").splitlines():
        prefix = line.split(":")[0]
        assert prefix in readers, f"no class reads {line!r}"
        assert readers[prefix].unpack(line).pack() == line


def test_prefixes_are_two_letters_and_a_version_and_nobody_shares_one() -> None:
    prefixes = [button.__prefix__ for button in BUTTONS]
    assert all(re.fullmatch(r"[a-z]{2}[1-9]", prefix) for prefix in prefixes)
    assert len(prefixes) == len(set(prefixes))


def test_no_button_is_a_toggle_or_says_next() -> None:
    """Done twice is done once: a button carries the value that it wants (ADR 2)."""
    for button in BUTTONS:
        assert not re.search(r"toggle|next|previous|switch|increment", button.__name__, re.IGNORECASE)
        assert not {"toggle", "next", "delta", "step"} & set(button.model_fields)
