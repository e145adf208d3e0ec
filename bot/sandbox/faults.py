"""Faults that tests order: connections cut before or after a call is processed, slow answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.sandbox.errors import ControlError
from bot.sandbox.state import Json

When = Literal["before", "after", "delay"]


@dataclass
class Fault:
    """What happens to calls of `method` («*»: any): `left` more times (None: until cleared), `seconds` of delay."""

    method: str
    when: When
    left: int | None
    seconds: float


class Faults:
    """The ordered faults, taken in the order they were given."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, request: Json) -> None:
        """Order a fault; ControlError if it makes no sense."""
        method, when = request.get("method"), request.get("when")
        count, seconds = request.get("count"), request.get("seconds", 0)
        if not isinstance(method, str) or when not in ("before", "after", "delay"):
            raise ControlError(400, "bad_request", "A fault needs a method and when: before, after or delay.")
        if when == "delay" and not (isinstance(seconds, int | float) and seconds > 0):
            raise ControlError(400, "bad_request", "A delay needs seconds above 0.")
        if count is not None and not (isinstance(count, int) and count > 0):
            raise ControlError(400, "bad_request", "count is a number above 0.")
        left = 1 if count is None and when != "delay" else count
        self._faults.append(Fault(method, when, left, float(seconds)))

    def take(self, method: str, when: When) -> Fault | None:
        """The fault that hits this call, counted down; None if none does."""
        for fault in self._faults:
            if fault.when == when and fault.method.lower() in ("*", method.lower()):
                if fault.left is not None:
                    fault.left -= 1
                    if fault.left == 0:
                        self._faults.remove(fault)
                return fault
        return None

    def clear(self) -> None:
        """No more faults."""
        self._faults.clear()

    def view(self) -> list[Json]:
        """What is still ordered."""
        return [
            {"method": f.method, "when": f.when, "left": f.left, "seconds": f.seconds or None} for f in self._faults
        ]
