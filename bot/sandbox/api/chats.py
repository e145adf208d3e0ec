"""What every method needs: the chat it may write to, the message it means, and both as the Bot API's JSON."""

from __future__ import annotations

from typing import Any

from bot.sandbox.errors import bad_request, forbidden
from bot.sandbox.state import Json, Message, Person
from bot.sandbox.world import World


def chat_of(world: World, chat_id: Any) -> Person:
    """The person of a private chat the bot may look into: known, started, not deleted."""
    person = world.people.get(chat_id) if isinstance(chat_id, int) else None
    if person is None:
        raise bad_request("chat not found")
    if person.deactivated:
        raise forbidden("user is deactivated")
    if not person.started:
        raise forbidden("bot can't initiate conversation with a user") if person.met else bad_request("chat not found")
    return person


def writable_chat(world: World, chat_id: Any) -> Person:
    """The person the bot may write to: not blocking it either."""
    person = chat_of(world, chat_id)
    if person.blocked:
        raise forbidden("bot was blocked by the user")
    return person


def message_of(world: World, person: Person, message_id: int | None, name: str) -> Message:
    """A message of the chat; what a friend forwarded to the person is not there for the bot."""
    message = world.chat(person.id).messages.get(message_id or 0)
    if message is None or message.author == "friend":
        raise bad_request(f"{name} not found")
    return message


def message_json(world: World, message: Message, *, nested: bool = True) -> Json:
    """The Bot API's Message; with the message it replies to, if still there."""
    person = world.people[message.chat_id]
    sender = world.bot.as_user() if message.author == "bot" else person.as_user()
    result: Json = {"message_id": message.id, "from": sender, "chat": person.as_chat(), "date": message.date}
    result |= _content(message)
    if message.edit_date:
        result["edit_date"] = message.edit_date
    if message.origin:
        result["forward_origin"] = message.origin
    if message.protected:
        result["has_protected_content"] = True
    if message.keyboard:
        result["reply_markup"] = {"inline_keyboard": message.keyboard}
    if nested and message.reply_to:
        quoted = world.chat(person.id).messages.get(message.reply_to)
        if quoted:
            result["reply_to_message"] = message_json(world, quoted, nested=False)
    return result


def _content(message: Message) -> Json:
    if message.kind == "text" or message.file is None:
        return {"text": message.text} | ({"entities": message.entities} if message.entities else {})
    content: Json = {"document": message.file.as_document()}
    if message.kind == "photo":
        content = {"photo": [message.file.as_photo()]}
    if message.text:
        content["caption"] = message.text
        if message.entities:
            content["caption_entities"] = message.entities
    return content
