"""Routers that know their buttons: a tap goes to the scene whose button it is, without asking every handler of all."""

from collections.abc import Sequence
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


class Scenes(Router):
    """All scenes, in their order; made whole before its first update.

    A tap is offered to those alone that know its button, and to routers that aren't scenes.
    """

    def __init__(self, routers: Sequence[Router]) -> None:
        super().__init__(name="scenes")
        self.include_routers(*routers)
        self._by_prefix: dict[str, tuple[Router, ...]] = {}

    async def propagate_event(self, update_type: str, event: TelegramObject, **data: Any) -> Any:
        """Hand an update on, until somebody has handled it."""
        if not isinstance(event, CallbackQuery):
            return await super().propagate_event(update_type, event, **data)
        for router in self._knowing((event.data or "").partition(":")[0]):
            response = await router.propagate_event(update_type, event, **data)
            if response is not UNHANDLED:
                return response
        return UNHANDLED

    def _knowing(self, prefix: str) -> tuple[Router, ...]:
        known = self._by_prefix.get(prefix)
        if known is None:
            known = tuple(one for one in self.sub_routers if not isinstance(one, Scene) or prefix in one.prefixes)
            if any(isinstance(one, Scene) for one in known):  # what anybody may type isn't remembered
                self._by_prefix[prefix] = known
        return known
