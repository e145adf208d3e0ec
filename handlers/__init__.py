"""The Telegram edge: each handler parses, calls one service, shows one screen."""

from aiogram import Router


def routers() -> list[Router]:
    """The routers in their order, new ones at every call; the fallback comes last."""
    from handlers import attendance, fallback, lessons, marks, quick_line, records

    scenes = (lessons, attendance, records, marks, quick_line, fallback)
    return [scene.router() for scene in scenes]
