"""The Telegram edge: each handler parses, calls one service, shows one screen."""

from aiogram import Router


def routers() -> list[Router]:
    """The routers in their order, new ones at every call; the fallback comes last."""
    from handlers import (
        absences,
        arrangements,
        attendance,
        corrections,
        diary,
        fallback,
        finals,
        homeroom,
        homework,
        journal,
        leave,
        lessons,
        marks,
        preferences,
        quick_line,
        records,
        reminders,
        start,
        term_results,
        subgroups,
        substitution_journal,
    )

    scenes = (
        start,
        diary,
        homeroom,
        absences,
        preferences,
        arrangements,
        leave,
        substitution_journal,
        subgroups,
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
