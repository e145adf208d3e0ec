"""The clocks of the families' own letters: the week, days of absence, a failing term mark ahead."""

from services.family_ticks.tick import FamilyTicks

__all__ = ["FamilyTicks"]
