"""Places where a crash test kills the process; without ZVONOK_KILL_AT nothing here runs.

ZVONOK_KILL_AT=name or name:n sends SIGKILL to the process itself at the n-th pass of that place.
"""

import os
import signal
from collections.abc import Callable, Mapping

POINTS = (
    "before_inbox_commit",
    "after_inbox_commit",
    "inside_use_case",
    "after_claim",
    "before_http",
    "after_http",
    "after_settle",
)

Passing = Callable[[str], None]


def nothing(point: str) -> None:
    """Pass by."""


def from_environment(environment: Mapping[str, str], *, at_telegram: bool) -> Passing:
    """What to call at every point. Raises ValueError for an unknown point, or against Telegram's own API."""
    wish = environment.get("ZVONOK_KILL_AT", "")
    if not wish:
        return nothing
    if at_telegram:
        raise ValueError("ZVONOK_KILL_AT is refused against Telegram's own API")
    name, _, count = wish.partition(":")
    if name not in POINTS or not (count or "1").isdigit():
        raise ValueError(f"ZVONOK_KILL_AT must be one of {', '.join(POINTS)}, with :n for the n-th pass")
    left = int(count or "1")

    def passing(point: str) -> None:
        nonlocal left
        if point == name:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return passing
