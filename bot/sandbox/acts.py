"""What people do with their phones; each act becomes an update for the bot."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.sandbox.api.chats import message_json
from bot.sandbox.api.documents import check_photo
from bot.sandbox.api.relaying import origin_of
from bot.sandbox.callbacks import Tap
from bot.sandbox.entities import clean, find_entities, utf16_length
from bot.sandbox.errors import ApiError, ControlError
from bot.sandbox.params import Upload
from bot.sandbox.rendering import button_view
from bot.sandbox.state import Json, Message, Person
from bot.sandbox.world import World

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_PAYLOAD = 64
MAX_ALBUM = 10


def _ready(person: Person, *, may_be_blocked: bool = False) -> None:
    if person.deactivated or person.vanished:
        raise ControlError(409, "deactivated", f"The account of person {person.id} is deleted.")
    if person.blocked and not may_be_blocked:
        raise ControlError(409, "blocked", f"Person {person.id} has blocked the bot: unblock first.")


def message_in(world: World, person: Person, message_id: Any) -> Message:
    """A message of the person's chat; ControlError if there is no such."""
    message = world.chat(person.id).messages.get(message_id) if isinstance(message_id, int) else None
    if message is None:
        raise ControlError(404, "no_such_message", f"Person {person.id} sees no message {message_id}.")
    return message


def _deliver(world: World, person: Person, message: Message) -> Message:
    """Put a person's message before the bot."""
    if not person.started:
        person.met = person.started = True
        world.person_changed(person)
    world.queue.add({"message": message_json(world, message)}, person.id)
    return message


def send(world: World, person: Person, text: str, reply_to: int | None = None) -> Message:
    """Write a text to the bot."""
    _ready(person)
    text = clean(text).strip()
    if not text or utf16_length(text) > MAX_TEXT:
        raise ControlError(400, "bad_request", f"A text has 1 to {MAX_TEXT} characters.")
    if reply_to is not None:
        message_in(world, person, reply_to)
    _one_time_keyboard(world, person, text)
    message = world.post(person.id, "person", text, entities=find_entities(text, []), reply_to=reply_to)
    return _deliver(world, person, message)


def _one_time_keyboard(world: World, person: Person, text: str) -> None:
    """A one-time keyboard goes once one of its buttons was used."""
    keyboard = world.chat(person.id).reply_keyboard
    if keyboard and keyboard.get("one_time") and any(text in row for row in keyboard["rows"]):
        world.set_reply_keyboard(person.id, None)


def start(world: World, person: Person, payload: str) -> Message:
    """Press START, perhaps by a deep link; a bot that was blocked is unblocked by it."""
    if payload and (len(payload) > MAX_PAYLOAD or not payload.replace("-", "").replace("_", "").isalnum()):
        raise ControlError(400, "bad_request", f"A payload has up to {MAX_PAYLOAD} of A-Z a-z 0-9 _ -")
    if person.blocked:
        unblock(world, person)
    return send(world, person, f"/start {payload}".strip())


@dataclass(frozen=True)
class Attachment:
    """A file in somebody's hand: a photo or a document."""

    kind: str
    upload: Upload


def send_files(
    world: World, person: Person, files: Sequence[Attachment], caption: str, reply_to: int | None = None
) -> list[Message]:
    """Send a photo or a document, or several together: an album, whose first message has the caption."""
    _ready(person)
    caption = clean(caption).strip()
    if utf16_length(caption) > MAX_CAPTION:
        raise ControlError(400, "bad_request", f"A caption has up to {MAX_CAPTION} characters.")
    if not 1 <= len(files) <= MAX_ALBUM or len({one.kind for one in files}) > 1:
        raise ControlError(400, "bad_request", f"An album has up to {MAX_ALBUM} photos, or documents.")
    if reply_to is not None:
        message_in(world, person, reply_to)
    for one in files:
        _check_file(one)
    album = world.new_album() if len(files) > 1 else None
    sent = []
    for number, one in enumerate(files):
        text = "" if number else caption
        content = {"kind": one.kind, "entities": find_entities(text, []), "reply_to": reply_to, "album": album}
        file = world.files.put(one.upload.data, one.upload.name, one.upload.mime)
        sent.append(_deliver(world, person, world.post(person.id, "person", text, file=file, **content)))
    return sent


def _check_file(one: Attachment) -> None:
    """Refuse what the app wouldn't send."""
    if not one.upload.data:
        raise ControlError(400, "bad_request", "The file is empty.")
    if one.kind != "photo":
        return
    try:
        check_photo(one.upload.data)
    except ApiError as error:
        raise ControlError(400, "bad_request", f"This is no photo: {error.description}") from None


def _membership(world: World, person: Person, old: str, new: str) -> None:
    """my_chat_member: blocked or unblocked."""
    bot = world.bot.as_user()
    change = {
        "chat": person.as_chat(),
        "from": person.as_user(),
        "date": world.times.stamp(),
        "old_chat_member": {"user": bot, "status": old} | ({"until_date": 0} if old == "kicked" else {}),
        "new_chat_member": {"user": bot, "status": new} | ({"until_date": 0} if new == "kicked" else {}),
    }
    world.queue.add({"my_chat_member": change}, person.id)
    world.person_changed(person)


def block(world: World, person: Person) -> None:
    """Block the bot."""
    _ready(person, may_be_blocked=True)
    if not person.started:
        raise ControlError(409, "not_started", f"Person {person.id} has no chat with the bot yet.")
    if not person.blocked:
        person.blocked = True
        _membership(world, person, "member", "kicked")


def unblock(world: World, person: Person) -> None:
    """Unblock the bot."""
    _ready(person, may_be_blocked=True)
    if person.blocked:
        person.blocked = False
        _membership(world, person, "kicked", "member")


def forward(world: World, person: Person, message_id: Any, to: Any) -> Message:
    """Forward a message: back to the bot, or to a friend, whose phone shows it without the bot knowing."""
    source = message_in(world, person, message_id)
    if source.protected:
        raise ControlError(409, "protected", "The bot protected this message from forwarding.")
    fields: dict[str, Any] = {"kind": source.kind, "file": source.file, "entities": source.entities}
    fields["origin"] = source.origin or origin_of(world, source)
    if to == "bot":
        _ready(person)
        return _deliver(world, person, world.post(person.id, "person", source.text, **fields))
    links = [[button for button in row if "url" in button] for row in source.keyboard or []]
    fields["keyboard"] = [row for row in links if row] or None
    return world.post(world.person(to).id, "friend", source.text, **fields)


def friend_writes(world: World, person: Person, text: str) -> Message:
    """A letter of somebody outside; the bot doesn't know of it, its links work."""
    text = clean(text).strip()
    if not text or utf16_length(text) > MAX_TEXT:
        raise ControlError(400, "bad_request", f"A text has 1 to {MAX_TEXT} characters.")
    return world.post(person.id, "friend", text, entities=find_entities(text, []))


def visible_buttons(message: Message) -> list[list[str]]:
    """Texts of the inline buttons."""
    return [[button["text"] for button in row] for row in message.keyboard or []]


def find_button(message: Message, wish: Json) -> tuple[int, int]:
    """Row and column of the button meant by `row` and `col`, `data` or `text`."""
    rows = message.keyboard or []
    for row, buttons in enumerate(rows):
        for col, button in enumerate(buttons):
            if _is_meant(wish, row, col, button):
                return row, col
    visible = visible_buttons(message)
    raise ControlError(404, "no_such_button", f"Message {message.id} has no such button.", visible=visible)


def _is_meant(wish: Json, row: int, col: int, button: Json) -> bool:
    if "row" in wish or "col" in wish:
        return bool((wish.get("row"), wish.get("col")) == (row, col))
    if "data" in wish:
        return bool(button.get("callback_data") == wish["data"])
    return bool(button["text"] == wish.get("text"))


def _query(world: World, person: Person, tap: Tap, message: Json | None, data: str) -> None:
    person.met = True
    query: Json = {"id": tap.query_id, "from": person.as_user(), "chat_instance": str(person.id * 7919), "data": data}
    if message:
        query["message"] = message
    tap.update = {"callback_query": query}
    world.queue.add(tap.update, person.id)


def tap(world: World, person: Person, wish: Json) -> tuple[Tap | None, Json]:
    """Tap a button: the callback query under way, or None with the button itself if it tells the bot nothing."""
    _ready(person)
    message = message_in(world, person, wish.get("message_id"))
    row, col = find_button(message, wish)
    button = (message.keyboard or [])[row][col]
    if "callback_data" not in button:
        return None, button_view(button, world.bot.username)
    begun = world.begin_tap(person, message.id, (row, col), button["callback_data"])
    _query(world, person, begun, message_json(world, message), button["callback_data"])
    return begun, {}


def tap_raw(world: World, person: Person, message_id: int | None, data: str) -> Tap:
    """A forged callback: any data, on a message that may be gone."""
    _ready(person, may_be_blocked=True)
    if not isinstance(data, str) or not data:
        raise ControlError(400, "bad_request", "data is a text.")
    message: Json | None = None
    if message_id is not None:
        known = world.chat(person.id).messages.get(message_id)
        gone = {"chat": person.as_chat(), "message_id": message_id, "date": 0}
        message = message_json(world, known) if known and known.author != "friend" else gone
    begun = world.begin_tap(person, message_id, None, data)
    _query(world, person, begun, message, data)
    return begun


def tap_again(world: World, person: Person, query_id: Any) -> int:
    """The app sends an unanswered tap anew, the newest one if none is named: the number of the new update."""
    waiting = [begun for begun in world.taps.pending(person.id) if query_id in (None, begun.query_id)]
    number = world.resend_tap(waiting[-1].query_id) if waiting else None
    if number is None:
        raise ControlError(404, "no_such_tap", f"Person {person.id} waits for no such answer.")
    return number


async def wait_for_answer(begun: Tap, timeout: float) -> Json | None:
    """The bot's answer; None if the tap expired; ControlError after `timeout` seconds."""
    try:
        await asyncio.wait_for(begun.answered.wait(), timeout)
    except TimeoutError:
        raise ControlError(
            408, "timeout", f"No answer within {timeout:g} s.", query_id=begun.query_id, answer=None
        ) from None
    return begun.answer
