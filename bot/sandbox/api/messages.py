"""Texts and what goes with every message; deleting; answers to taps."""

from __future__ import annotations

from typing import Any

from bot.sandbox.api.chats import chat_of, message_json, message_of, writable_chat
from bot.sandbox.entities import Entity, formatted, utf16_length
from bot.sandbox.errors import bad_request
from bot.sandbox.markup import Markup, read_markup
from bot.sandbox.params import Params
from bot.sandbox.rendering import start_payload
from bot.sandbox.state import Json, Message, Place
from bot.sandbox.world import World

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_ANSWER = 200
DELETE_WITHIN = 48 * 3600
MAX_IDS = 100
ACTIONS = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
}


def read_text(params: Params) -> tuple[str, list[Entity]]:
    """The text of a request, 1 to MAX_TEXT UTF-16 units after parsing."""
    if not params.get("text"):
        raise bad_request("Message text is empty")
    text, entities = formatted(params["text"], params.get("parse_mode"))
    if not text:
        raise bad_request("Text must be non-empty")
    if utf16_length(text) > MAX_TEXT:
        raise bad_request("message is too long")
    return text, entities


def read_caption(params: Params) -> tuple[str, list[Entity]]:
    """The caption of a request, up to MAX_CAPTION UTF-16 units after parsing."""
    text, entities = formatted(params.get("caption", ""), params.get("parse_mode"))
    if utf16_length(text) > MAX_CAPTION:
        raise bad_request("message caption is too long")
    return text, entities


def reply_target(world: World, place: Place, params: Params) -> int | None:
    """The message replied to; refused if it is gone and the bot didn't allow that."""
    reply = params.get("reply_parameters")
    if reply is None:
        return None
    if not isinstance(reply, dict):
        raise bad_request("Object expected as reply parameters")
    message_id = reply.get("message_id")
    if not isinstance(message_id, int):
        raise bad_request('Can\'t find field "message_id"')
    if message_id in world.chat(place.id).messages:
        return message_id
    if reply.get("allow_sending_without_reply"):
        return None
    raise bad_request("message to be replied not found")


def post(world: World, place: Place, params: Params, markup: Markup | None, text: str, **content: Any) -> Message:
    """Put the bot's message into the chat with its keyboard."""
    message = world.post(
        place.id,
        "bot",
        text,
        keyboard=markup.rows if markup else None,
        reply_to=reply_target(world, place, params),
        silent=params.get("disable_notification", False),
        protected=params.get("protect_content", False),
        with_reply_keyboard=markup is not None and markup.kind != "inline",
        **content,
    )
    if markup and markup.kind in ("reply", "remove"):
        world.set_reply_keyboard(place.id, markup.reply)
    return message


def message_ids(params: Params) -> list[int]:
    """The message identifiers of a request: 1 to MAX_IDS."""
    ids = params["message_ids"]
    if not all(isinstance(id_, int) and not isinstance(id_, bool) for id_ in ids):
        raise bad_request("Expected an Array of Integer")
    if not ids:
        raise bad_request("Message identifiers are not specified")
    if len(ids) > MAX_IDS:
        raise bad_request("too many message identifiers specified")
    return list(ids)


async def send_message(world: World, params: Params) -> Json:
    """sendMessage."""
    markup = read_markup(params.get("reply_markup"))
    text, entities = read_text(params)
    person = writable_chat(world, params["chat_id"])
    return message_json(world, post(world, person, params, markup, text, entities=entities))


async def delete_message(world: World, params: Params) -> bool:
    """deleteMessage: any message of the chat younger than DELETE_WITHIN seconds."""
    person = chat_of(world, params["chat_id"])
    message = message_of(world, person, params["message_id"], "message to delete")
    if world.times.stamp() - message.date > DELETE_WITHIN:
        raise bad_request("message can't be deleted for everyone")
    world.delete(message)
    return True


async def delete_messages(world: World, params: Params) -> bool:
    """deleteMessages: those that can't be deleted are left out."""
    place = chat_of(world, params["chat_id"])
    for message_id in message_ids(params):
        message = world.chat(place.id).messages.get(message_id)
        if message and message.author != "friend" and world.times.stamp() - message.date <= DELETE_WITHIN:
            world.delete(message)
    return True


async def answer_callback_query(world: World, params: Params) -> bool:
    """answerCallbackQuery: a toast, an alert or a deep link to this bot; once."""
    text, url = params.get("text"), params.get("url")
    if text and utf16_length(text) > MAX_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    if url and start_payload(url, world.bot.username) is None:
        raise bad_request("URL_INVALID")
    answer = {"text": text, "alert": params.get("show_alert", False), "url": url}
    world.taps.answer(params["callback_query_id"], answer)
    return True


async def send_chat_action(world: World, params: Params) -> bool:
    """sendChatAction."""
    if params["action"] not in ACTIONS:
        raise bad_request("Wrong parameter action in request")
    world.typing_on(writable_chat(world, params["chat_id"]).id, params["action"])
    return True
