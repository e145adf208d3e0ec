"""Handlers get what they ask for, and every button has somebody who answers it."""

import inspect
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from aiogram import Dispatcher, Router
from aiogram.dispatcher.event.handler import FilterObject, HandlerObject
from aiogram.filters import Command
from aiogram.filters.callback_data import CallbackQueryFilter
from aiogram.utils.magic_filter import AsFilterResultOperation
from magic_filter import MagicFilter

from bot.app import make_offices
from bot.dispatcher import make_dispatcher
from bot.settings import Settings
from handlers.callbacks import every_button
from services.clock import SystemClock
from storage.uow import Storage

# What aiogram itself, the lanes (`inbox_seq`) and VisitorMiddleware put beside an event.
ALWAYS = {"bot", "event_update", "event_from_user", "event_chat", "event_router", "handler", "inbox_seq"}
BY_MIDDLEWARE = {"visitor", "actor", "draft"}


@pytest.fixture
async def dispatcher(sqlite_url: str, tmp_path: Path) -> Any:
    storage = Storage(sqlite_url)
    settings = Settings(_env_file=None, data_dir=tmp_path)
    yield make_dispatcher(make_offices(settings, storage, SystemClock()))
    await storage.close()


def handlers_of(dispatcher: Dispatcher) -> Iterator[tuple[Router, HandlerObject, list[FilterObject]]]:
    """Every handler with the filters that an event passes on its way to it."""
    for router in dispatcher.chain_tail:
        for event, observer in router.observers.items():
            on_the_way = [one for passed in router.chain_head for one in passed.observers[event]._handler.filters or ()]
            for handler in observer.handlers:
                if handler.callback.__module__.startswith(("bot.", "handlers.")):
                    yield router, handler, [*on_the_way, *(handler.filters or ())]


def given_by(one: FilterObject) -> set[str]:
    """The names that a filter adds. A filter of ours that adds some says so in `provides`."""
    if isinstance(one.callback, CallbackQueryFilter):
        return {"callback_data"}
    if isinstance(one.callback, Command):
        return {"command"}
    magic = getattr(one, "magic", None)
    if isinstance(magic, MagicFilter):
        return as_names(magic)
    return set(getattr(one.callback, "provides", ()))


def as_names(magic: MagicFilter) -> set[str]:
    """The names of `F.….as_(name)`."""
    return {operation.name for operation in magic._operations if isinstance(operation, AsFilterResultOperation)}


def wanted_by(handler: HandlerObject) -> list[str]:
    """The parameters after the event, which has no default anywhere."""
    _, *others = inspect.signature(handler.callback).parameters.values()
    assert all(one.kind is not one.VAR_KEYWORD for one in others), f"{where(handler)} takes whatever comes"
    return [one.name for one in others if one.default is one.empty]


def where(handler: HandlerObject) -> str:
    return f"{handler.callback.__module__}.{handler.callback.__qualname__}"


def test_every_parameter_of_a_handler_is_provided_by_somebody(dispatcher: Dispatcher) -> None:
    found = list(handlers_of(dispatcher))
    assert len(found) > 10
    for _, handler, filters in found:
        provided = ALWAYS | BY_MIDDLEWARE | set(dispatcher.workflow_data) | set().union(*map(given_by, filters))
        assert set(wanted_by(handler)) <= provided, where(handler)


def test_an_office_is_what_the_handler_takes_it_for(dispatcher: Dispatcher) -> None:
    for _, handler, _ in handlers_of(dispatcher):
        hints = get_type_hints(handler.callback)
        for name in wanted_by(handler):
            if name in dispatcher.workflow_data and isinstance(hints[name], type) and not is_protocol(hints[name]):
                assert isinstance(dispatcher.workflow_data[name], hints[name]), f"{where(handler)}: {name}"


def test_handlers_have_no_way_to_the_archive(dispatcher: Dispatcher) -> None:
    for router, handler, _ in handlers_of(dispatcher):
        if router.name != "membership":  # it keeps the door, not the school
            assert "storage" not in wanted_by(handler), where(handler)


def test_every_button_is_answered_by_one_handler(dispatcher: Dispatcher) -> None:
    answered = Counter(
        one.callback.callback_data
        for _, _, filters in handlers_of(dispatcher)
        for one in filters
        if isinstance(one.callback, CallbackQueryFilter)
    )
    assert {button.__name__ for button in every_button()} == {button.__name__ for button in answered}
    assert {button.__name__ for button, handlers in answered.items() if handlers > 1} == set()


def test_the_fallback_comes_last(dispatcher: Dispatcher) -> None:
    *_, last = dispatcher.chain_tail
    assert last.name == "fallback"
    assert last.callback_query.handlers
    assert last.message.handlers


def is_protocol(kind: type) -> bool:
    return bool(getattr(kind, "_is_protocol", False))
