"""The clocks that run in a lesson card (regulation §12). Pure."""

from datetime import datetime, timedelta

from services.rules.regulation import Regulation


def homework_due(last_lesson_ends_at: datetime, regulation: Regulation) -> datetime:
    """Until when homework is on time: 1 h 30 min after the last lesson of the class, or the subgroup's pupils (О 2.7).

    `last_lesson_ends_at` is the end of the day's last held lesson of those classes.
    """
    return last_lesson_ends_at + timedelta(minutes=regulation.homework_minutes)


def undo_until(first_entered_at: datetime, regulation: Regulation) -> datetime:
    """Until when a mark may be replaced or withdrawn by its teachers (ours: 10 min; М ж).

    `first_entered_at` is when the mark first stood there, so that replacing again and again gains no time.
    """
    return first_entered_at + timedelta(minutes=regulation.undo_minutes)
