"""The Telegram edge: each handler parses, calls one service, shows one screen."""

from aiogram import Router


def routers() -> list[Router]:
    """The routers in their order, new ones at every call; the fallback comes last."""
    from handlers import (
        absence_notes,
        absences,
        access,
        arrangements,
        attendance,
        control,
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
        plans,
        preferences,
        quick_line,
        reading,
        records,
        reminders,
        start,
        subgroups,
        substitution_journal,
        term_results,
        threads,
        typed_arrangements,
    )

    scenes = (
        start,
        diary,
        homeroom,
        access,
        absences,
        preferences,
        plans,
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
        control,
        journal,
        finals,
        term_results,
        reading,
        threads,
        absence_notes,
        typed_arrangements,
        quick_line,
        fallback,
    )
    return [scene.router() for scene in scenes]
