"""Reminders through the outbox: the card at the bell, and one message a teacher and moment of what is still open."""

from services.reminders.said import Reminder, Thing
from services.reminders.tick import Reminders

__all__ = ["Reminder", "Reminders", "Thing"]
