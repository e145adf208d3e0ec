"""Copies and forwards, one by one or many at once."""

from __future__ import annotations

from bot.sandbox.api.chats import chat_of, message_json, message_of, sender_of, writable_chat
from bot.sandbox.api.messages import message_ids, post, read_caption
from bot.sandbox.errors import bad_request
from bot.sandbox.markup import read_markup
from bot.sandbox.params import Params
from bot.sandbox.state import Json, Message
from bot.sandbox.world import World


def _source(world: World, params: Params, name: str) -> Message:
    message = message_of(world, chat_of(world, params["from_chat_id"]), params["message_id"], name)
    if message.protected:
        raise bad_request("message has protected content and can't be forwarded")
    if message.service:
        raise bad_request(f"the message can't be {'copied' if 'copy' in name else 'forwarded'}")
    return message


def _sources(world: World, params: Params) -> list[Message]:
    """The messages of a request in its order, which must be the chat's; those that can't be taken are left out."""
    ids = message_ids(params)
    if ids != sorted(set(ids)):
        raise bad_request("message identifiers must be in a strictly increasing order")
    chat = world.chat(chat_of(world, params["from_chat_id"]).id)
    found = (chat.messages.get(id_) for id_ in ids)
    messages = [one for one in found if one and one.author != "friend" and not one.protected and not one.service]
    if not messages:
        raise bad_request("there are no messages to forward")
    return messages


async def copy_message(world: World, params: Params) -> Json:
    """copyMessage: without a link to the original; a new caption replaces the old one."""
    markup = read_markup(params.get("reply_markup"))
    place = writable_chat(world, params["chat_id"])
    source = _source(world, params, "message to copy")
    text, entities = source.text, source.entities
    if source.kind != "text" and "caption" in params:
        text, entities = read_caption(params)
    content = {"entities": entities, "kind": source.kind, "file": source.file}
    return {"message_id": post(world, place, params, markup, text, **content).id}


async def copy_messages(world: World, params: Params) -> list[Json]:
    """copyMessages: albums stay albums; captions go if `remove_caption`."""
    place = writable_chat(world, params["chat_id"])
    albums: dict[str | None, str | None] = {None: None}
    copies = []
    for source in _sources(world, params):
        bare = params.get("remove_caption", False) and source.kind != "text"
        text, entities = ("", []) if bare else (source.text, source.entities)
        album = albums.setdefault(source.album, world.new_album())
        content = {"entities": entities, "kind": source.kind, "file": source.file, "album": album}
        copies.append({"message_id": post(world, place, params, None, text, **content).id})
    return copies


async def forward_message(world: World, params: Params) -> Json:
    """forwardMessage: without its keyboard, with its origin."""
    place = writable_chat(world, params["chat_id"])
    source = _source(world, params, "message to forward")
    content = {"entities": source.entities, "kind": source.kind, "file": source.file}
    origin = source.origin or origin_of(world, source)
    return message_json(world, post(world, place, params, None, source.text, origin=origin, **content))


async def forward_messages(world: World, params: Params) -> list[Json]:
    """forwardMessages: albums stay albums."""
    place = writable_chat(world, params["chat_id"])
    albums: dict[str | None, str | None] = {None: None}
    forwards = []
    for source in _sources(world, params):
        album = albums.setdefault(source.album, world.new_album())
        content = {"entities": source.entities, "kind": source.kind, "file": source.file, "album": album}
        origin = source.origin or origin_of(world, source)
        forwards.append({"message_id": post(world, place, params, None, source.text, origin=origin, **content).id})
    return forwards


def origin_of(world: World, message: Message) -> Json:
    """The Bot API's MessageOriginUser."""
    return {"type": "user", "sender_user": sender_of(world, message), "date": message.date}
