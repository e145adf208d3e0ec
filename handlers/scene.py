"""A router of one scene that lets other scenes' buttons pass at once, without asking each of its handlers."""

from functools import cached_property
from typing import Any

from aiogram import Router
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.filters.callback_data import CallbackQueryFilter
from aiogram.types import CallbackQuery, TelegramObject


class Scene(Router):
    """A router whose buttons are told by their prefixes; made whole before its first update."""

    @cached_property
    def prefixes(self) -> frozenset[str]:
        """What the data of its buttons begin with."""
        return frozenset(
            one.callback.callback_data.__prefix__
            for handler in self.callback_query.handlers
            for one in handler.filters or ()
            if isinstance(one.callback, CallbackQueryFilter)
        )

    async def propagate_event(self, update_type: str, event: TelegramObject, **data: Any) -> Any:
        """Hand an update on, unless it is the tap of another scene's button."""
        if isinstance(event, CallbackQuery) and (event.data or "").partition(":")[0] not in self.prefixes:
            return UNHANDLED
        return await super().propagate_event(update_type, event, **data)
