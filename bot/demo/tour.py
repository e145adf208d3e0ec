"""The guided tour of the demo school, as data for the page: whose phone, what to press, how to see that it was done."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from bot.demo import cast

SCRIPT = Path(__file__).parent / "data" / "tour.json"
_PHONES = {
    "teacher": cast.TEACHER,
    "homeroom": cast.HOMEROOM_TEACHER,
    "mother": cast.MOTHER,
    "father": cast.FATHER,
    "deputy": cast.DEPUTY,
    "newcomer": cast.NEWCOMER,
}


@cache
def tour() -> dict[str, Any]:
    """The script with the phones of the cast in it, in the shape of docs/sandbox.md.

    It speaks Russian, as the names, plans and buttons of the demo school do. Raises KeyError for an unknown phone.
    """
    found: dict[str, Any] = json.loads(SCRIPT.read_text(encoding="utf-8"), object_hook=_with_numbers)
    return found


def _with_numbers(part: dict[str, Any]) -> dict[str, Any]:
    return part | {"phone": _PHONES[part["phone"]].id} if "phone" in part else part
