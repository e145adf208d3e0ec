"""Commands by scope and language, and menu buttons."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from bot.sandbox.errors import bad_request
from bot.sandbox.state import Json

MAX_COMMANDS = 100
MAX_COMMAND = 32
MAX_DESCRIPTION = 256

_PLAIN_SCOPES = {"default", "all_private_chats", "all_group_chats", "all_chat_administrators"}

_CHAT_SCOPES = {
    "chat": ("chat_id",),
    "chat_administrators": ("chat_id",),
    "chat_member": ("chat_id", "user_id"),
}


class Menus:
    """Lists of commands kept by `scope|language`, menu buttons by chat ('' is the default)."""

    def __init__(self) -> None:
        self.commands: dict[str, list[Json]] = {}
        self.buttons: dict[str, Json] = {}

    def commands_of(self, person_id: int | None, language: str) -> list[Json]:
        """What a person sees: the chat's own commands, else those of private chats, else the default; by language."""
        scopes = ["all_private_chats", "default"] if person_id is None else [f"chat:{person_id}", "all_private_chats"]
        if person_id is not None:
            scopes.append("default")
        keys = [f"{scope}|{code}" for scope in scopes for code in dict.fromkeys((language, ""))]
        return next((found for key in keys if (found := self.commands.get(key))), [])

    def button_of(self, person_id: int | None) -> Json:
        """The menu button of a chat, else the default one, else the list of commands."""
        return self.buttons.get(str(person_id or "")) or self.buttons.get("") or {"type": "commands"}


def scope_key(scope: Any, language: str | None) -> str:
    """The key of a BotCommandScope and a two-letter language."""
    language = language or ""
    if language and not re.fullmatch(r"[a-z]{2}", language):
        raise bad_request("Invalid language code specified")
    if scope is None:
        return f"default|{language}"
    if not isinstance(scope, dict):
        raise bad_request("Can't parse BotCommandScope: BotCommandScope must be an Object")
    kind = scope.get("type")
    if kind is None:
        raise bad_request("Can't parse BotCommandScope: Can't find field \"type\"")
    if kind in _PLAIN_SCOPES:
        return f"{kind}|{language}"
    if kind not in _CHAT_SCOPES:
        raise bad_request("Can't parse BotCommandScope: Unsupported type specified")
    ids = [scope.get(field) for field in _CHAT_SCOPES[kind]]
    if not all(ids):
        raise bad_request(f"Can't parse BotCommandScope: Empty {_CHAT_SCOPES[kind][ids.index(None)]} specified")
    return f"{kind}:{':'.join(map(str, ids))}|{language}"


def read_commands(value: Any) -> list[Json]:
    """A checked list of BotCommand."""
    if not isinstance(value, list):
        raise bad_request("Expected an Array of BotCommand")
    if len(value) > MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    return [_command(item) for item in value]


def _command(item: Any) -> Json:
    if not isinstance(item, dict):
        raise bad_request("Can't parse BotCommand: expected an Object")
    texts = {}
    for field in ("command", "description"):
        if not isinstance(item.get(field), str):
            raise bad_request(f"Can't parse BotCommand: Can't find field \"{field}\"")
        texts[field] = item[field].strip()
    command, description = texts["command"].removeprefix("/"), texts["description"]
    if not command:
        raise bad_request("Command must be non-empty")
    if len(command) > MAX_COMMAND:
        raise bad_request(f"Command length must not exceed {MAX_COMMAND}")
    if not re.fullmatch(r"[a-z0-9_]+", command):
        raise bad_request("BOT_COMMAND_INVALID")
    if not description:
        raise bad_request("Command description must be non-empty")
    if len(description) > MAX_DESCRIPTION:
        raise bad_request(f"Command description length must not exceed {MAX_DESCRIPTION}")
    return {"command": command, "description": description}


def read_menu_button(value: Any) -> Json:
    """A checked MenuButton; the default one shows commands."""
    if value is None:
        return {"type": "default"}
    if not isinstance(value, dict):
        raise bad_request("Can't parse menu button: MenuButton must be an Object")
    kind = value.get("type")
    if kind in ("default", "commands"):
        return {"type": kind}
    if kind == "web_app":
        return {"type": kind, "text": _menu_text(value), "web_app": {"url": _web_app_url(value)}}
    raise bad_request("Can't parse menu button: MenuButton has unsupported type")


def _menu_text(value: Json) -> str:
    text = value.get("text")
    if not isinstance(text, str) or not text.strip():
        raise bad_request("Can't parse menu button: Can't find field \"text\"")
    return text.strip()


def _web_app_url(value: Json) -> str:
    app = value.get("web_app")
    url = app.get("url") if isinstance(app, dict) else None
    if not isinstance(url, str):
        raise bad_request("Can't parse menu button: Can't find field \"url\"")
    if urlsplit(url).scheme != "https" or not urlsplit(url).hostname:
        raise bad_request(f"menu button Web App URL '{url}' is invalid: Only HTTPS links are allowed")
    return url
