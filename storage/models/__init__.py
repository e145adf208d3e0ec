"""All tables of the archive, loaded together so that the metadata is whole."""

from storage.models import (
    audit,
    broadcasts,
    control,
    delivery,
    family,
    finals,
    journal,
    people,
    school,
    threads,
    timetable,
)
from storage.models.base import Base

__all__ = [
    "Base",
    "audit",
    "broadcasts",
    "control",
    "delivery",
    "family",
    "finals",
    "journal",
    "people",
    "school",
    "threads",
    "timetable",
]
