"""The bot itself: getMe, its commands and menu button."""

from __future__ import annotations

from bot.sandbox.api.chats import chat_of
from bot.sandbox.errors import bad_request
from bot.sandbox.menus import read_commands, read_menu_button, scope_key
from bot.sandbox.params import Params
from bot.sandbox.state import Group, Json
from bot.sandbox.world import World


async def get_me(world: World, params: Params) -> Json:
    """getMe."""
    can = {"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}
    more = {"can_connect_to_business": False, "has_main_web_app": False}
    return world.bot.as_user() | can | more


def _key(world: World, params: Params) -> str:
    scope = params.get("scope")
    key = scope_key(scope, params.get("language_code"))
    kind, _, rest = key.partition("|")[0].partition(":")
    if rest:
        _check_scope(world, kind, *rest.split(":"))
    return key


def _check_scope(world: World, kind: str, chat_id: str, user_id: str = "") -> None:
    """The chat of a scope must be known; administrators and members are only in groups."""
    place = chat_of(world, int(chat_id) if chat_id.removeprefix("-").isdecimal() else None)
    if kind != "chat" and not isinstance(place, Group):
        raise bad_request("can't set commands for a private chat")
    if kind == "chat_member" and isinstance(place, Group) and user_id not in map(str, place.members):
        raise bad_request("user not found")


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


def _menu_key(world: World, chat_id: int | None) -> str:
    """Whose menu button: a private chat's, or everybody's."""
    if not chat_id:
        return ""
    place = chat_of(world, chat_id)
    if isinstance(place, Group):
        raise bad_request("chat not found")
    return str(place.id)


async def set_chat_menu_button(world: World, params: Params) -> bool:
    """setChatMenuButton of a chat, or the default one."""
    button = read_menu_button(params.get("menu_button"))
    key = _menu_key(world, params.get("chat_id"))
    if button["type"] == "default":
        world.menus.buttons.pop(key, None)
    else:
        world.menus.buttons[key] = button
    return _menus_changed(world)


async def get_chat_menu_button(world: World, params: Params) -> Json:
    """getChatMenuButton of a chat, or the default one: as it was set."""
    key = _menu_key(world, params.get("chat_id"))
    return world.menus.buttons.get(key, {"type": "default" if key else "commands"})
