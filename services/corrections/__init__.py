"""Correction requests: a teacher asks for what the windows refuse, a deputy head decides (М ж; В 4.6)."""

from services.corrections.asking import Corrections
from services.corrections.deciding import Decisions

__all__ = ["Corrections", "Decisions"]
