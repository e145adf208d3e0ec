"""The chapters of the walk, a module a scene: each takes its people through its screens.

They are lived one after another in one school day; a chapter leaves the clock and the people as the next one expects
them, which is why the evening comes late and the end of the quarter, weeks on, comes last.
"""

from collections.abc import Awaitable, Callable, Sequence

from bot.preview.chapters import (
    absences,
    broadcasts,
    contacts,
    control,
    corrections,
    diary,
    evening,
    family,
    finals,
    homeroom,
    homework,
    joining,
    lesson,
    notes,
    paper,
    preferences,
    substitutions,
    threads,
    week,
)
from bot.preview.walker import Walker

Chapter = Callable[[Walker], Awaitable[None]]

CHAPTERS: Sequence[Chapter] = (
    lesson.walk,
    family.walk,
    preferences.walk,
    contacts.walk,
    diary.walk,
    homework.walk,
    homeroom.walk,
    paper.walk,
    absences.walk,
    notes.walk,
    joining.walk,
    corrections.walk,
    threads.walk,
    broadcasts.walk,
    substitutions.walk,
    evening.walk,
    finals.walk,
    week.walk,
    control.walk,
)
