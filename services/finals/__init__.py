"""Term marks: the teacher's grid, sending them to the families, closing a term, received results (О 2.8; В 4.4.5)."""

from services.finals.correcting import correct, target_of

__all__ = ["correct", "target_of"]
