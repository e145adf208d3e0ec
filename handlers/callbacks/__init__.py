"""Every button's wire format, a module a scene.

A prefix is two letters and a version. A button carries ids, the wanted absolute value and the version that was seen,
never a toggle and never «next». A field more or less is a new class with a new version: old keyboards live for weeks,
and what no longer parses is answered by handlers/fallback.py. 64 bytes at most with the longest ids (tested).
"""

import pkgutil
from importlib import import_module

from aiogram.filters.callback_data import CallbackData


def every_button() -> list[type[CallbackData]]:
    """All the buttons there are, by prefix."""
    found = {
        value
        for module in pkgutil.iter_modules(__path__, f"{__name__}.")
        for value in vars(import_module(module.name)).values()
        if isinstance(value, type) and issubclass(value, CallbackData) and value is not CallbackData
    }
    return sorted(found, key=lambda button: button.__prefix__)
