"""Keyboards: read and checked as Telegram does, refused in its words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from bot.sandbox.entities import checked_link, clean
from bot.sandbox.errors import ApiError, bad_request
from bot.sandbox.state import Json

MAX_CALLBACK_BYTES = 64
MAX_BUTTONS = 100
MAX_ROW = 8
MAX_COPY = 256
MAX_PLACEHOLDER = 64

_STYLES = {"danger", "success", "primary"}
_OTHER_KINDS = {
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "callback_game",
    "pay",
    "disabled",
    "icon_custom_emoji_id",
}
_OTHER_REPLY_KINDS = {
    "request_users",
    "request_chat",
    "request_managed_bot",
    "request_contact",
    "request_location",
    "request_poll",
    "web_app",
    "icon_custom_emoji_id",
}


@dataclass(frozen=True)
class Markup:
    """A checked reply_markup: `rows` of an inline keyboard, or `reply` as the page shows a reply keyboard."""

    kind: Literal["inline", "reply", "remove", "force"]
    rows: list[list[Json]] | None = None
    reply: Json | None = None


def read_markup(value: Any) -> Markup | None:
    """The markup of a request; None if there is none (an empty keyboard is none)."""
    if value is None:
        return None
    if not isinstance(value, dict):
        raise bad_request("Object expected as reply markup")
    if rows := _rows(value, "keyboard", "keyboard", _reply_button):
        return Markup("reply", reply=_reply_view(value, rows))
    inline = _rows(value, "inline_keyboard", "inline keyboard", _inline_button)
    if inline:
        return Markup("inline", rows=inline)
    if _flag(value, "remove_keyboard"):
        return Markup("remove")
    if _flag(value, "force_reply"):
        return Markup("force", reply={"placeholder": _placeholder(value)})
    return None


def read_inline(value: Any) -> list[list[Json]] | None:
    """The inline keyboard of an edit."""
    markup = read_markup(value)
    if markup is None:
        return None
    if markup.kind != "inline":
        raise bad_request("Inline keyboard expected")
    return markup.rows


def _rows(value: Json, field: str, name: str, read: Any) -> list[list[Json]]:
    rows = value.get(field)
    if rows is None:
        return []
    if not isinstance(rows, list):
        raise bad_request(f'Field "{field}" must be of type Array')
    result: list[list[Json]] = []
    for row in rows:
        if not isinstance(row, list):
            tail = " of the InlineKeyboardMarkup" if field == "inline_keyboard" else ""
            raise bad_request(f'Field "{field}"{tail} must be an Array of Arrays')
        buttons = [button for raw in row if (button := _read_button(raw, name, read))]
        if buttons:
            result.append(buttons)
    if any(len(row) > MAX_ROW for row in result) or sum(map(len, result)) > MAX_BUTTONS:
        raise bad_request("reply markup is too long")
    return result


def _read_button(raw: Any, name: str, read: Any) -> Json | None:
    """One button; those without text are left out, as Telegram does."""
    try:
        button: Json = read(raw)
    except ApiError as refusal:
        detail = refusal.description.removeprefix("Bad Request: ")
        raise bad_request(f"Can't parse {name} button: {detail[:1].upper()}{detail[1:]}") from None
    if not button["text"]:
        return None
    if len(button.get("callback_data", "").encode()) > MAX_CALLBACK_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    if "url" in button:
        link = checked_link(button["url"])
        if not link:
            raise bad_request(f"Inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
        button["url"] = link
    return button


def _inline_button(raw: Any) -> Json:
    if not isinstance(raw, dict):
        raise bad_request("InlineKeyboardButton must be an Object")
    button: Json = {"text": clean(_string(raw, "text", required=True)).strip()}
    _check_extras(raw, button, _OTHER_KINDS)
    if url := _string(raw, "url"):
        return button | {"url": url}
    if data := _string(raw, "callback_data"):
        return button | {"callback_data": data}
    if "copy_text" in raw:
        copied = _string(raw["copy_text"], "text", required=True)
        if not 1 <= len(copied) <= MAX_COPY:
            raise bad_request("BUTTON_COPY_TEXT_INVALID")
        return button | {"copy_text": {"text": copied}}
    raise bad_request("Text buttons are unallowed in the inline keyboard")


def _reply_button(raw: Any) -> Json:
    if isinstance(raw, str):
        return {"text": clean(raw).strip()}
    if not isinstance(raw, dict):
        raise bad_request("KeyboardButton must be a String or an Object")
    button: Json = {"text": clean(_string(raw, "text", required=True)).strip()}
    _check_extras(raw, button, _OTHER_REPLY_KINDS)
    return button


def _check_extras(raw: Json, button: Json, refused: set[str]) -> None:
    style = _string(raw, "style")
    if style:
        if style not in _STYLES:
            raise bad_request("invalid button style specified")
        button["style"] = style
    for kind in sorted(refused & raw.keys()):
        if raw[kind] not in (None, False):
            raise bad_request(f"the sandbox doesn't support {kind} buttons")


def _reply_view(value: Json, rows: list[list[Json]]) -> Json:
    return {
        "rows": [[button["text"] for button in row] for row in rows],
        "resize": _flag(value, "resize_keyboard"),
        "one_time": _flag(value, "one_time_keyboard"),
        "persistent": _flag(value, "is_persistent"),
        "placeholder": _placeholder(value),
    }


def _placeholder(value: Json) -> str | None:
    placeholder = _string(value, "input_field_placeholder")
    if len(placeholder) > MAX_PLACEHOLDER:
        raise bad_request("BUTTON_PLACEHOLDER_INVALID")
    return placeholder or None


def _string(value: Any, field: str, required: bool = False) -> str:
    if not isinstance(value, dict):
        raise bad_request(f'Object expected around the field "{field}"')
    found = value.get(field)
    if found is None:
        if required:
            raise bad_request(f'Can\'t find field "{field}"')
        return ""
    if not isinstance(found, str):
        raise bad_request(f'Field "{field}" must be of type String')
    return found


def _flag(value: Json, field: str) -> bool:
    found = value.get(field, False)
    if not isinstance(found, bool):
        raise bad_request(f'Field "{field}" must be of type Boolean')
    return found
