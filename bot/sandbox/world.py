"""The little world: one bot, its people, their chats; every change becomes an event."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.sandbox.callbacks import CALLBACK_LIFETIME, Tap, Taps
from bot.sandbox.calls import CallLog
from bot.sandbox.errors import ControlError
from bot.sandbox.events import EventFeed
from bot.sandbox.faults import Faults
from bot.sandbox.files import FileStore
from bot.sandbox.ledger import Act, Ledger
from bot.sandbox.limits import Limiter, Limits
from bot.sandbox.menus import Menus
from bot.sandbox.rendering import message_view
from bot.sandbox.state import BotUser, Chat, Group, Json, Message, Person, Place
from bot.sandbox.tasks import Tasks
from bot.sandbox.times import Times, system_now
from bot.sandbox.updates import UpdateQueue
from bot.sandbox.webhook import FIRST_RETRY, Webhook

FIRST_PERSON_ID = 700_001
TYPING_SECONDS = 5.0


class World:
    """Everything the sandbox knows. Changes go through its methods, which publish events and mark it as changed."""

    def __init__(
        self,
        bot: BotUser,
        times: Times,
        *,
        files: Path | None = None,
        callback_lifetime: float = CALLBACK_LIFETIME,
        webhook_retry: float = FIRST_RETRY,
        limits: Limits | None = None,
    ) -> None:
        self.bot = bot
        self.times = times
        self.feed = EventFeed(int(system_now().timestamp()) * 1000)
        self.queue = UpdateQueue(times.monotonic, callback_lifetime)
        self.taps = Taps(times.monotonic, callback_lifetime)
        self.files = FileStore(files)
        self.calls = CallLog()
        self.ledger = Ledger(lambda: system_now().timestamp(), times.monotonic)
        self.faults = Faults()
        self.limiter = Limiter(times.monotonic, limits)
        self.menus = Menus()
        self.people: dict[int, Person] = {}
        self.groups: dict[int, Group] = {}
        self.chats: dict[int, Chat] = {}
        self.tasks = Tasks()
        self.webhook = Webhook(self.queue, self.tasks, webhook_retry)
        self._albums = itertools.count(int(system_now().timestamp()) << 16)
        self.on_change: Callable[[], None] = lambda: None
        self.closing = asyncio.Event()
        self._typing: dict[int, asyncio.TimerHandle] = {}
        self.taps.on_end = self._tap_ended
        self.queue.on_change = self.changed
        self.queue.fault_of = self.faults.of_update
        self.queue.on_resend = self._resend_later
        self.faults.on_jump = self.queue.jump
        self.queue.on_drained = lambda: self.feed.publish("drained", {})
        self.webhook.on_change = self.bot_changed

    def changed(self) -> None:
        """Something worth saving changed."""
        self.on_change()

    # People

    def person(self, person_id: int) -> Person:
        """A person by id; ControlError if there is no such."""
        if person_id not in self.people:
            raise ControlError(404, "no_such_person", f"There is no person {person_id}.")
        return self.people[person_id]

    def place(self, chat_id: int) -> Place | None:
        """A person or a group by the id of the chat; None if there is no such."""
        return self.people.get(chat_id) or self.groups.get(chat_id)

    def put_person(self, fields: dict[str, Any]) -> Person:
        """Add a person, or update the one with this id."""
        id_ = fields.get("id") or next(id_ for id_ in itertools.count(FIRST_PERSON_ID) if id_ not in self.people)
        person = self.people.get(id_)
        if person is None:
            person = self.people[id_] = Person(**fields | {"id": id_})
        for name, value in fields.items():
            setattr(person, name, value)
        self.person_changed(person)
        return person

    def person_changed(self, person: Person) -> None:
        """Tell everybody about a change of a person."""
        self.feed.publish("person", {"person": self.person_view(person)}, person.id)
        self.changed()

    def chat(self, person_id: int) -> Chat:
        """The chat of a person with the bot."""
        return self.chats.setdefault(person_id, Chat(person_id))

    # Messages

    def post(self, chat_id: int, author: str, text: str, **fields: Any) -> Message:
        """A new message of the bot, the person or a friend, stamped now."""
        chat = self.chat(chat_id)
        message = Message(chat.take_id(), chat_id, author, self.times.stamp(), text, **fields)  # type: ignore[arg-type]
        chat.add(message)
        if author == "bot":
            self.typing_off(chat_id)
            self._note("send", message)
        self._tell("message", message, {"message": self.view(message)})
        if author != "person" and chat_id in self.people:
            self.people[chat_id].unread += 1
            self.person_changed(self.people[chat_id])
        return message

    def new_album(self) -> str:
        """What the messages of one album have in common."""
        return str(next(self._albums))

    def edited(self, message: Message) -> None:
        """Publish a change of a message."""
        message.edit_date = self.times.stamp()
        self._note("edit", message)
        self.typing_off(message.chat_id)
        self._tell("edit", message, {"message": self.view(message)})

    def delete(self, message: Message) -> None:
        """Remove a message for both sides."""
        del self.chats[message.chat_id].messages[message.id]
        if message.author == "bot":
            self._note("delete", message)
        self._tell("delete", message, {"id": message.id})

    def _tell(self, type_: str, message: Message, data: Json) -> None:
        """An event of a phone; groups have no phone, their listeners learn that something happened."""
        if message.chat_id in self.groups:
            self.feed.publish("group", {"group": message.chat_id})
        else:
            self.feed.publish(type_, {"person": message.chat_id, **data}, message.chat_id)
        self.changed()

    def _note(self, act: Act, message: Message) -> None:
        clock = self.times.now().isoformat()
        self.ledger.letter(act, message.chat_id, message.id, message.kind, message.text, message.silent, clock)

    def set_reply_keyboard(self, chat_id: int, keyboard: Json | None) -> None:
        """Show or remove the keyboard under the input field."""
        if chat_id in self.groups:
            return
        self.chat(chat_id).reply_keyboard = keyboard
        self.feed.publish("reply_keyboard", {"person": chat_id, "reply_keyboard": keyboard}, chat_id)
        self.changed()

    # What the bot does meanwhile

    def typing_on(self, chat_id: int, action: str) -> None:
        """«typing…» until the bot writes, at most TYPING_SECONDS."""
        if chat_id in self.groups:
            return
        self._typing_timer_off(chat_id)
        loop = asyncio.get_running_loop()
        self._typing[chat_id] = loop.call_later(TYPING_SECONDS, self.typing_off, chat_id)
        self.feed.publish("typing", {"person": chat_id, "action": action, "on": True}, chat_id)

    def typing_off(self, chat_id: int) -> None:
        """No more «typing…»."""
        if self._typing_timer_off(chat_id):
            self.feed.publish("typing", {"person": chat_id, "action": "", "on": False}, chat_id)

    def _typing_timer_off(self, chat_id: int) -> bool:
        timer = self._typing.pop(chat_id, None)
        if timer:
            timer.cancel()
        return timer is not None

    def begin_tap(self, person: Person, message_id: int | None, place: tuple[int, int] | None, data: str) -> Tap:
        """A callback query starts: its button, at `place` (row, column), spins."""
        row, col = place or (None, None)
        tap = self.taps.begin(person.id, message_id, row, col)
        self.ledger.tapped(tap.query_id, person.id, message_id, data)
        self.feed.publish("pending", {"person": person.id, "id": message_id, **tap.place()}, person.id)
        return tap

    def resend_tap(self, query_id: str) -> int | None:
        """The app sends an unanswered tap again: a new query in a new update, whose id is returned; None: too late."""
        tap = self.taps.of(query_id)
        query = tap.update["callback_query"] if tap else None
        if tap is None or query is None:
            return None
        self.ledger.tapped_again(tap.query_id)
        return self.queue.add({"callback_query": query | {"id": self.taps.again(tap)}}, tap.person)

    def _resend_later(self, body: Json, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        loop.call_later(seconds, self.resend_tap, body["callback_query"]["id"])

    def _tap_ended(self, tap: Tap, expired: bool) -> None:
        self.ledger.tap_ended(tap.query_id, tap.answer, expired)
        answer = tap.answer or {"text": None, "alert": False, "url": None}
        data = {"person": tap.person, "id": tap.message_id, **tap.place(), **answer, "expired": expired}
        self.feed.publish("answer", data, tap.person)

    # Views

    def view(self, message: Message) -> Json:
        """A message as the page shows it."""
        reply_to = self.chats[message.chat_id].messages.get(message.reply_to) if message.reply_to else None
        pending = [tap.place() for tap in self.taps.pending(message.chat_id, message.id)]
        return message_view(message, reply_to, pending, self.bot.username)

    def person_view(self, person: Person) -> Json:
        """A person as the page shows it."""
        chat = self.chat(person.id)
        last = next(reversed(chat.messages.values()), None)
        return {
            "id": person.id,
            "first_name": person.first_name,
            "last_name": person.last_name,
            "username": person.username,
            "label": person.label,
            "language_code": person.language_code,
            "started": person.started,
            "blocked": person.blocked,
            "deactivated": person.deactivated,
            "vanished": person.vanished,
            "unread": person.unread,
            "typing": person.id in self._typing,
            "commands": self.menus.commands_of(person.id, person.language_code),
            "menu_button": self.menus.button_of(person.id),
            "last_message": self.view(last) if last else None,
        }

    def bot_view(self) -> Json:
        """The bot as the page shows it."""
        mode = "webhook" if self.webhook.settings else "polling" if self.queue.polled else "silent"
        return {
            "id": self.bot.id,
            "username": self.bot.username,
            "first_name": self.bot.first_name,
            "commands": self.menus.commands_of(None, ""),
            "menu_button": self.menus.button_of(None),
            "mode": mode,
            "last_error": self.webhook.last_error[1] if self.webhook.last_error else None,
            "pending_updates": len(self.queue),
        }

    def bot_changed(self) -> None:
        """The bot began to poll, set or removed its webhook, or the webhook failed."""
        self.feed.publish("bot", {"bot": self.bot_view()})
        self.changed()

    def reset(self) -> None:
        """Forget people, chats, updates, calls, files and faults; the limits stay and count anew."""
        self.faults.clear()
        self.limiter.clear()
        for chat_id in list(self._typing):
            self._typing_timer_off(chat_id)
        self.taps.clear()
        self.queue.clear()
        self.files.clear()
        self.calls.clear()
        self.ledger.clear()
        self.people.clear()
        self.groups.clear()
        self.chats.clear()
        self.feed.publish("reset", {})
        self.changed()

    async def close(self) -> None:
        """End listeners, polls, the webhook and timers."""
        self.closing.set()
        await self.webhook.stop()
        for chat_id in list(self._typing):
            self._typing_timer_off(chat_id)
        self.queue.close()
        self.taps.clear()
        self.feed.close()
        await self.tasks.stop()
