"""What every method needs: the chat it may write to, the message it means, and both as the Bot API's JSON."""

from __future__ import annotations

from typing import Any

from bot.sandbox.errors import ApiError, bad_request, forbidden
from bot.sandbox.state import Group, Json, Message, Person, Place
from bot.sandbox.world import World


def chat_of(world: World, chat_id: Any) -> Place:
    """The chat the bot may look into: a person who started it and is still there, or a group it is in."""
    place = world.place(chat_id) if isinstance(chat_id, int) else None
    if place is None:
        raise bad_request("chat not found")
    if isinstance(place, Group):
        return _group_open(place)
    if place.vanished:
        raise bad_request("chat not found")
    if place.deactivated:
        raise forbidden("user is deactivated")
    if not place.started:
        raise forbidden("bot can't initiate conversation with a user") if place.met else bad_request("chat not found")
    return place


def _group_open(group: Group) -> Group:
    if group.moved_to is not None:
        words = "Bad Request: group chat was upgraded to a supergroup chat"
        raise ApiError(400, words, migrate_to_chat_id=group.moved_to)
    if group.bot != "member":
        raise forbidden(
            "bot was kicked from the group chat" if group.bot == "kicked" else "bot is not a member of the group chat"
        )
    return group


def writable_chat(world: World, chat_id: Any) -> Place:
    """The chat the bot may write to: nobody who blocked it either."""
    place = chat_of(world, chat_id)
    if isinstance(place, Person) and place.blocked:
        raise forbidden("bot was blocked by the user")
    return place


def message_of(world: World, place: Place, message_id: int | None, name: str) -> Message:
    """A message of the chat; what a friend forwarded to the person is not there for the bot."""
    message = world.chat(place.id).messages.get(message_id or 0)
    if message is None or message.author == "friend":
        raise bad_request(f"{name} not found")
    return message


def message_json(world: World, message: Message, *, nested: bool = True) -> Json:
    """The Bot API's Message; with the message it replies to, if still there."""
    chat = world.place(message.chat_id)
    assert chat is not None
    result: Json = {"message_id": message.id, "from": sender_of(world, message), "chat": chat.as_chat()}
    result |= {"date": message.date} | _content(message)
    if message.edit_date:
        result["edit_date"] = message.edit_date
    if message.album:
        result["media_group_id"] = message.album
    if message.origin:
        result["forward_origin"] = message.origin
    if message.protected:
        result["has_protected_content"] = True
    if message.keyboard:
        result["reply_markup"] = {"inline_keyboard": message.keyboard}
    if nested and message.reply_to:
        quoted = world.chat(message.chat_id).messages.get(message.reply_to)
        if quoted:
            result["reply_to_message"] = message_json(world, quoted, nested=False)
    return result


def sender_of(world: World, message: Message) -> Json:
    """The Bot API's User who wrote a message."""
    if message.author == "bot":
        return world.bot.as_user()
    return world.people[message.sender or message.chat_id].as_user()


def _content(message: Message) -> Json:
    if message.service:
        return message.service
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
