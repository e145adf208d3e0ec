"""The bot itself: getMe, its commands and menu button."""

from __future__ import annotations

from bot.sandbox.api.chats import chat_of
from bot.sandbox.menus import read_commands, read_menu_button, scope_key
from bot.sandbox.params import Params
from bot.sandbox.state import Json
from bot.sandbox.world import World


async def get_me(world: World, params: Params) -> Json:
    """getMe."""
    can = {"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}
    more = {"can_connect_to_business": False, "has_main_web_app": False}
    return world.bot.as_user() | can | more


def _key(world: World, params: Params) -> str:
    scope = params.get("scope")
    key = scope_key(scope, params.get("language_code"))
    if key.startswith("chat:"):
        chat_id = key.removeprefix("chat:").partition("|")[0]
        chat_of(world, int(chat_id) if chat_id.isdecimal() else None)
    return key


def _menus_changed(world: World) -> bool:
    world.feed.publish("commands", {})
    world.changed()
    return True


async def set_my_commands(world: World, params: Params) -> bool:
    """setMyCommands for a scope and a language."""
    world.menus.commands[_key(world, params)] = read_commands(params["commands"])
    return _menus_changed(world)


async def get_my_commands(world: World, params: Params) -> list[Json]:
    """getMyCommands of exactly that scope and language."""
    return world.menus.commands.get(_key(world, params), [])


async def delete_my_commands(world: World, params: Params) -> bool:
    """deleteMyCommands of a scope and a language."""
    world.menus.commands.pop(_key(world, params), None)
    return _menus_changed(world)


async def set_chat_menu_button(world: World, params: Params) -> bool:
    """setChatMenuButton of a chat, or the default one."""
    chat_id = params.get("chat_id")
    button = read_menu_button(params.get("menu_button"))
    key = str(chat_of(world, chat_id).id) if chat_id else ""
    if button["type"] == "default":
        world.menus.buttons.pop(key, None)
    else:
        world.menus.buttons[key] = button
    return _menus_changed(world)
