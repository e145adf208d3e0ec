"""What may become of a mark that stands (М ж). Pure."""

from datetime import datetime
from enum import StrEnum

from services.rules.clocks import undo_until
from services.rules.regulation import Regulation


class Verdict(StrEnum):
    """What a tap on a mark comes to."""

    PUT = "put"  # a new revision
    ALREADY = "already"  # it stands as wanted
    CHANGED = "changed"  # somebody else's revision came between; may be replaced
    UNDO_OVER = "undo_over"  # it stands, and the time to replace it is over


def judge(
    *,
    wanted: str | None,
    seen: int,
    current: str | None,
    rev: int,
    first_entered_at: datetime | None,
    now: datetime,
    regulation: Regulation,
) -> Verdict:
    """What to do with a wanted value (None: withdraw) that saw revision `seen`, where `rev` with `current` stands.

    `first_entered_at`: since when a mark stands without a break; None where none stands.
    """
    if wanted == current:
        return Verdict.ALREADY
    if current is not None and (first_entered_at is None or now >= undo_until(first_entered_at, regulation)):
        return Verdict.UNDO_OVER
    return Verdict.PUT if seen == rev else Verdict.CHANGED


def in_scale(value: str, regulation: Regulation) -> bool:
    """Whether the school knows this mark."""
    return value in regulation.scale
