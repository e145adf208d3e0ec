"""All tables of the archive, loaded together so that the metadata is whole."""

from storage.models import audit, control, delivery, finals, journal, people, school, threads, timetable
from storage.models.base import Base

__all__ = ["Base", "audit", "control", "delivery", "finals", "journal", "people", "school", "threads", "timetable"]
