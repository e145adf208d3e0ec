"""Edits: text, keyboard, caption, the file itself."""

from __future__ import annotations

from typing import Any

from bot.sandbox.api.chats import message_json, message_of, writable_chat
from bot.sandbox.api.documents import read_media
from bot.sandbox.api.messages import read_caption, read_text
from bot.sandbox.errors import bad_request
from bot.sandbox.markup import read_inline
from bot.sandbox.params import Params
from bot.sandbox.state import Json, Message
from bot.sandbox.world import World

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)


def _message_to_edit(world: World, params: Params) -> Message:
    if "chat_id" not in params:
        raise bad_request("chat_id is empty")
    if not params.get("message_id"):
        raise bad_request("Message identifier is not specified")
    place = writable_chat(world, params["chat_id"])
    message = message_of(world, place, params["message_id"], "message to edit")
    if message.author != "bot" or message.origin or message.with_reply_keyboard:
        raise bad_request("message can't be edited")
    return message


def _changed(world: World, message: Message, **fields: Any) -> Json:
    """Set the fields of a message; refused if all are as they were."""
    if all(getattr(message, name) == value for name, value in fields.items()):
        raise bad_request(NOT_MODIFIED)
    for name, value in fields.items():
        setattr(message, name, value)
    world.edited(message)
    return message_json(world, message)


async def edit_message_text(world: World, params: Params) -> Json:
    """editMessageText: text and keyboard together; without a keyboard the old one goes."""
    rows = read_inline(params.get("reply_markup"))
    text, entities = read_text(params)
    message = _message_to_edit(world, params)
    if message.kind != "text":
        raise bad_request("there is no text in the message to edit")
    return _changed(world, message, text=text, entities=entities, keyboard=rows)


async def edit_message_caption(world: World, params: Params) -> Json:
    """editMessageCaption: caption and keyboard together; without them the old ones go."""
    rows = read_inline(params.get("reply_markup"))
    text, entities = read_caption(params)
    message = _message_to_edit(world, params)
    if message.kind == "text":
        raise bad_request("there is no caption in the message to edit")
    return _changed(world, message, text=text, entities=entities, keyboard=rows)


async def edit_message_media(world: World, params: Params) -> Json:
    """editMessageMedia: file, caption and keyboard together; a text may become a file, a file stays one."""
    rows = read_inline(params.get("reply_markup"))
    message = _message_to_edit(world, params)
    media = read_media(world, params["media"])
    if message.album and media.kind != message.kind:
        raise bad_request("message can't be edited")
    content = {"kind": media.kind, "file": media.file, "text": media.text, "entities": media.entities}
    return _changed(world, message, **content, keyboard=rows)


async def edit_message_reply_markup(world: World, params: Params) -> Json:
    """editMessageReplyMarkup: without a keyboard the old one goes."""
    rows = read_inline(params.get("reply_markup"))
    return _changed(world, _message_to_edit(world, params), keyboard=rows)
