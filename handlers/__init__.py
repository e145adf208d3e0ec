"""The Telegram edge: each handler parses, calls one service, shows one screen."""

from aiogram import Router


def routers() -> list[Router]:
    """The routers in their order, new ones at every call; the fallback comes last."""
    from handlers import (
        absences,
        attendance,
        corrections,
        diary,
        fallback,
        finals,
        homeroom,
        homework,
        journal,
        lessons,
        marks,
        preferences,
        quick_line,
        records,
        reminders,
        start,
        term_results,
    )

    scenes = (
        start,
        diary,
        homeroom,
        absences,
        preferences,
        lessons,
        reminders,
        attendance,
        records,
        homework,
        marks,
        corrections,
        journal,
        finals,
        term_results,
        quick_line,
        fallback,
    )
    return [scene.router() for scene in scenes]
