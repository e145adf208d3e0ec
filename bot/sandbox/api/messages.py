"""Sending, editing, deleting, copying and forwarding; answers to taps."""

from __future__ import annotations

from typing import Any

from bot.sandbox.api.chats import chat_of, message_json, message_of, writable_chat
from bot.sandbox.entities import Entity, formatted, utf16_length
from bot.sandbox.errors import bad_request
from bot.sandbox.markup import Markup, read_inline, read_markup
from bot.sandbox.params import Params
from bot.sandbox.rendering import start_payload
from bot.sandbox.state import Json, Message, Person
from bot.sandbox.world import World

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_ANSWER = 200
DELETE_WITHIN = 48 * 3600
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)
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


def reply_target(world: World, person: Person, params: Params) -> int | None:
    """The message replied to; refused if it is gone and the bot didn't allow that."""
    reply = params.get("reply_parameters")
    if reply is None:
        return None
    if not isinstance(reply, dict):
        raise bad_request("Object expected as reply parameters")
    message_id = reply.get("message_id")
    if not isinstance(message_id, int):
        raise bad_request('Can\'t find field "message_id"')
    if message_id in world.chat(person.id).messages:
        return message_id
    if reply.get("allow_sending_without_reply"):
        return None
    raise bad_request("message to be replied not found")


def post(world: World, person: Person, params: Params, markup: Markup | None, text: str, **content: Any) -> Message:
    """Put the bot's message into the chat with its keyboard."""
    message = world.post(
        person.id,
        "bot",
        text,
        keyboard=markup.rows if markup else None,
        reply_to=reply_target(world, person, params),
        silent=params.get("disable_notification", False),
        protected=params.get("protect_content", False),
        with_reply_keyboard=markup is not None and markup.kind != "inline",
        **content,
    )
    if markup and markup.kind in ("reply", "remove"):
        world.set_reply_keyboard(person.id, markup.reply)
    return message


async def send_message(world: World, params: Params) -> Json:
    """sendMessage."""
    markup = read_markup(params.get("reply_markup"))
    text, entities = read_text(params)
    person = writable_chat(world, params["chat_id"])
    return message_json(world, post(world, person, params, markup, text, entities=entities))


def _message_to_edit(world: World, params: Params) -> Message:
    if "chat_id" not in params:
        raise bad_request("chat_id is empty")
    if not params.get("message_id"):
        raise bad_request("Message identifier is not specified")
    person = writable_chat(world, params["chat_id"])
    message = message_of(world, person, params["message_id"], "message to edit")
    if message.author != "bot" or message.origin or message.with_reply_keyboard:
        raise bad_request("message can't be edited")
    return message


async def edit_message_text(world: World, params: Params) -> Json:
    """editMessageText: text and keyboard together; without a keyboard the old one goes."""
    rows = read_inline(params.get("reply_markup"))
    text, entities = read_text(params)
    message = _message_to_edit(world, params)
    if message.kind != "text":
        raise bad_request("there is no text in the message to edit")
    if (message.text, message.entities, message.keyboard) == (text, entities, rows):
        raise bad_request(NOT_MODIFIED)
    message.text, message.entities, message.keyboard = text, entities, rows
    world.edited(message)
    return message_json(world, message)


async def edit_message_reply_markup(world: World, params: Params) -> Json:
    """editMessageReplyMarkup: without a keyboard the old one goes."""
    rows = read_inline(params.get("reply_markup"))
    message = _message_to_edit(world, params)
    if message.keyboard == rows:
        raise bad_request(NOT_MODIFIED)
    message.keyboard = rows
    world.edited(message)
    return message_json(world, message)


async def delete_message(world: World, params: Params) -> bool:
    """deleteMessage: any message of the chat younger than DELETE_WITHIN seconds."""
    person = chat_of(world, params["chat_id"])
    message = message_of(world, person, params["message_id"], "message to delete")
    if world.times.stamp() - message.date > DELETE_WITHIN:
        raise bad_request("message can't be deleted for everyone")
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


def _source(world: World, params: Params, name: str) -> Message:
    message = message_of(world, chat_of(world, params["from_chat_id"]), params["message_id"], name)
    if message.protected:
        raise bad_request("message has protected content and can't be forwarded")
    return message


async def copy_message(world: World, params: Params) -> Json:
    """copyMessage: without a link to the original; a new caption replaces the old one."""
    markup = read_markup(params.get("reply_markup"))
    person = writable_chat(world, params["chat_id"])
    source = _source(world, params, "message to copy")
    text, entities = source.text, source.entities
    if source.kind != "text" and "caption" in params:
        text, entities = read_caption(params)
    content = {"entities": entities, "kind": source.kind, "file": source.file}
    return {"message_id": post(world, person, params, markup, text, **content).id}


async def forward_message(world: World, params: Params) -> Json:
    """forwardMessage: without its keyboard, with its origin."""
    person = writable_chat(world, params["chat_id"])
    source = _source(world, params, "message to forward")
    content = {"entities": source.entities, "kind": source.kind, "file": source.file}
    origin = source.origin or origin_of(world, source)
    return message_json(world, post(world, person, params, None, source.text, origin=origin, **content))


def origin_of(world: World, message: Message) -> Json:
    """The Bot API's MessageOriginUser."""
    sender = world.bot.as_user() if message.author == "bot" else world.people[message.chat_id].as_user()
    return {"type": "user", "sender_user": sender, "date": message.date}
