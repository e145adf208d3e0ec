"""All tables of the archive, loaded together so that the metadata is whole."""

from storage.models import audit, delivery, journal, people, school, timetable
from storage.models.base import Base

__all__ = ["Base", "audit", "delivery", "journal", "people", "school", "timetable"]
