"""The Telegram edge: each handler parses, calls one service, shows one screen."""

from aiogram import Router


def routers() -> list[Router]:
    """The routers in their order, new ones at every call; the fallback comes last."""
    from handlers import (
        attendance,
        diary,
        fallback,
        finals,
        homeroom,
        lessons,
        marks,
        preferences,
        quick_line,
        records,
        start,
        term_results,
    )

    scenes = (
        start,
        diary,
        homeroom,
        preferences,
        lessons,
        attendance,
        records,
        marks,
        finals,
        term_results,
        quick_line,
        fallback,
    )
    return [scene.router() for scene in scenes]
