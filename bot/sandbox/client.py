"""People for tests: they type, tap by visible text, block and forward, and see what their phone shows."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, TypeVar

import aiohttp

from bot.sandbox.seen import (
    Answer,
    Button,
    Document,
    Json,
    Message,
    NoSuchButton,
    NotSeen,
    SandboxError,
    read_message,
)
from bot.sandbox.tasks import Tasks

__all__ = ["Answer", "Button", "Document", "Message", "NoSuchButton", "NotSeen", "Person", "Sandbox", "SandboxError"]

T = TypeVar("T")

TIMEOUT = 10.0
SEQ_HEADER = "X-Sandbox-Seq"
_LINE_LIMIT = 1 << 22


class Person:
    """Somebody with a phone. `tap_count` counts presses of buttons, `answers` keeps what they brought."""

    def __init__(self, telegram: Sandbox, id_: int, name: str) -> None:
        self._telegram = telegram
        self._messages: dict[int, Message] = {}
        self._loaded = 0
        self.id = id_
        self.name = name
        self.blocked = False
        self.unread = 0
        self.keyboard: list[list[str]] = []
        self.tap_count = 0
        self.answers: list[Answer | None] = []

    def __repr__(self) -> str:
        return f"<{self.name}, {self.id}>"

    # What the phone shows

    @property
    def messages(self) -> list[Message]:
        """All messages, oldest first."""
        return [self._messages[id_] for id_ in sorted(self._messages)]

    @property
    def letters(self) -> list[Message]:
        """The bot's messages, oldest first."""
        return [message for message in self.messages if message.author == "bot"]

    @property
    def last(self) -> Message:
        """The bot's newest message."""
        if not self.letters:
            raise NotSeen(f"{self.name} has no letter from the bot yet.")
        return self.letters[-1]

    def mark(self) -> int:
        """This moment, for `since` of sees(): only what comes or changes later counts."""
        return self._telegram.seq

    def visible(self) -> str:
        """The end of the chat as text, for failures."""
        lines = []
        for message in self.messages[-6:]:
            lines.append(f"  {message.author} {message.id}: {message.text}")
            lines += [f"      {' | '.join(f'[{b.text}]' for b in row)}" for row in message.button_rows]
        lines += [f"      keyboard: {' | '.join(row)}" for row in self.keyboard]
        return "\n".join([f"{self.name} sees:", *(lines or ["  nothing"])])

    async def sees(
        self, text: str | None = None, *, button: str | None = None, since: int = 0, timeout: float = TIMEOUT
    ) -> Message:
        """Wait for a letter of the bot with this text (and a button with that one): the newest such.

        `since`: a mark(); only messages new or changed after it count. NotSeen after `timeout` seconds.
        """

        def find() -> Message | None:
            for message in reversed(self.letters):
                has_button = button is None or any(button in label for label in message.buttons)
                if message.changed > since and has_button and (text is None or text in message.text):
                    return message
            return None

        return await self._telegram.wait_for(find, timeout, lambda: f"«{text or button}» didn't come.", self)

    async def stops_seeing(self, text: str, *, timeout: float = TIMEOUT) -> None:
        """Wait until no message has this text: deleted or edited."""

        def gone() -> bool | None:
            return None if any(text in message.text for message in self.messages) else True

        await self._telegram.wait_for(gone, timeout, lambda: f"«{text}» is still there.", self)

    # What the person does

    async def types(self, text: str, *, reply_to: Message | None = None) -> Message:
        """Write to the bot."""
        body = {"text": text, "reply_to": reply_to.id if reply_to else None}
        return await self._sent("send", body)

    async def starts(self, payload: str = "") -> Message:
        """Press START, or open a deep link with this payload."""
        return await self._sent("start", {"payload": payload})

    async def taps(
        self,
        text: str,
        message: Message | None = None,
        *,
        timeout: float = TIMEOUT,
        wait: bool = True,
        then: str | None = None,
    ) -> Answer | None:
        """Tap a button by its visible text, exact or the only one containing it.

        In `message`, else in the newest letter that has it; waits for the button to appear. A button of the keyboard
        under the input field is found too, and types its text. Returns the answer (toast or alert), None if the tap
        expired or nothing is answered to this kind of button; `wait=False` doesn't wait for it. A link that starts
        this bot does so. `then`: wait afterwards for a letter, new or edited, with this text.
        """
        start = self.mark()
        answer = await self._tap(text, message, timeout, wait)
        self.tap_count += 1
        if then is not None:
            await self.sees(then, since=start, timeout=timeout)
        return answer

    async def forges(
        self, data: str, message: Message | int | None = None, *, timeout: float = TIMEOUT, wait: bool = True
    ) -> Answer | None:
        """Send a callback with any data, as a changed client could; on any message number, or on none."""
        message_id = message.id if isinstance(message, Message) else message
        body = {"data": data, "message_id": message_id, "wait": wait, "timeout": timeout}
        return self._answered(await self._telegram.post(f"{self._path}/tap-raw", body, timeout))

    async def blocks(self) -> None:
        """Block the bot."""
        await self._telegram.post(f"{self._path}/block", {})

    async def unblocks(self) -> None:
        """Unblock the bot."""
        await self._telegram.post(f"{self._path}/unblock", {})

    async def deletes_account(self) -> None:
        """Leave Telegram for good."""
        await self._telegram.post(f"{self._path}/deactivate", {})

    async def forwards(self, message: Message, to: Person | None = None) -> None:
        """Forward a message to a friend, or back to the bot."""
        body = {"message_id": message.id, "to": to.id if to else "bot"}
        await self._telegram.post(f"{self._path}/forward", body)

    async def sends_file(
        self, data: bytes, name: str, *, caption: str = "", photo: bool = False, mime: str | None = None
    ) -> Message:
        """Send a document, or a photo."""
        form = aiohttp.FormData()
        form.add_field("photo" if photo else "document", data, filename=name, content_type=mime)
        form.add_field("caption", caption)
        raw = await self._telegram.request("POST", f"{self._path}/file", data=form)
        return self._messages.get(raw["id"]) or read_message(raw, self._telegram.seq, self._telegram.get_bytes)

    @property
    def _path(self) -> str:
        return f"/sandbox/people/{self.id}"

    async def _sent(self, act: str, body: Json) -> Message:
        raw = await self._telegram.post(f"{self._path}/{act}", body)
        return self._messages.get(raw["id"]) or read_message(raw, self._telegram.seq, self._telegram.get_bytes)

    async def _tap(self, text: str, message: Message | None, timeout: float, wait: bool) -> Answer | None:
        """One tap; if an edit took the button away in the very moment, look for it anew."""
        while True:
            found = await self._find(text, message, timeout)
            if found is None:
                await self.types(text)
                return None
            try:
                return await self._press(*found, timeout=timeout, wait=wait)
            except SandboxError as error:
                if error.slug not in ("no_such_button", "no_such_message"):
                    raise

    async def _find(self, text: str, message: Message | None, timeout: float) -> tuple[Message, Button] | None:
        """The button meant; None if it is one of the keyboard under the input field."""

        def find() -> list[tuple[Message, Button]] | None:
            candidates = [self._messages.get(message.id, message)] if message else reversed(self.letters)
            for candidate in candidates:
                button = candidate.button(text)
                if button:
                    return [(candidate, button)]
            on_keyboard = message is None and any(text in row for row in self.keyboard)
            return [] if on_keyboard else None

        found = await self._telegram.wait_for(find, timeout, lambda: f"no button «{text}».", self, NoSuchButton)
        return found[0] if found else None

    async def _press(self, message: Message, button: Button, *, timeout: float, wait: bool) -> Answer | None:
        # By its data where it has some: an edit may just have put another button into that place.
        place = {"row": button.row, "col": button.col} if button.data is None else {"data": button.data}
        where = {"message_id": message.id, **place}
        raw = await self._telegram.post(f"{self._path}/tap", {**where, "wait": wait, "timeout": timeout}, timeout)
        if raw.get("start") is not None:
            await self.starts(raw["start"])
        return self._answered(raw)

    def _answered(self, raw: Json) -> Answer | None:
        answer = raw["answer"]
        result = Answer(answer["text"], answer["alert"], answer["url"]) if answer else None
        self.answers.append(result)
        return result

    # What the sandbox tells

    def _load(self, raw: Json) -> None:
        self._loaded = raw["seq"]
        self._messages = {m["id"]: read_message(m, raw["seq"], self._telegram.get_bytes) for m in raw["messages"]}
        self._show_keyboard(raw["reply_keyboard"])

    def _show_keyboard(self, raw: Json | None) -> None:
        self.keyboard = raw.get("rows", []) if raw else []

    def _hear(self, seq: int, type_: str, data: Json) -> None:
        if seq <= self._loaded:
            return
        if type_ in ("message", "edit"):
            self._messages[data["message"]["id"]] = read_message(data["message"], seq, self._telegram.get_bytes)
        elif type_ == "delete":
            self._messages.pop(data["id"], None)
        elif type_ == "reply_keyboard":
            self._show_keyboard(data["reply_keyboard"])
        elif type_ == "person":
            self.blocked = data["person"]["blocked"]
            self.unread = data["person"]["unread"]


class Sandbox:
    """A connection to a sandbox; keeps the phones of its people up to date by the stream of events."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self._url = url.rstrip("/")
        self._session = session
        self._people: dict[int, Person] = {}
        self._changed = asyncio.Condition()
        self._broken: BaseException | None = None
        self.seq = 0

    @classmethod
    @asynccontextmanager
    async def connect(cls, url: str) -> AsyncIterator[Sandbox]:
        """Connect to the sandbox at `url` for the length of a block."""
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=TIMEOUT)
        async with aiohttp.ClientSession(timeout=timeout, read_bufsize=_LINE_LIMIT) as session:
            telegram = cls(url, session)
            telegram.seq = (await telegram.request("GET", "/sandbox/state", sync=False))["seq"]
            tasks = Tasks()
            tasks.spawn(telegram._listen(), "sandbox client")
            try:
                yield telegram
            finally:
                await tasks.stop()

    # People

    async def person(self, first_name: str, last_name: str | None = None, **fields: Any) -> Person:
        """A new person; `id`, `username`, `label`, `language_code` if wanted. A known `id`: that one, renamed."""
        body = {"first_name": first_name, "last_name": last_name, **fields}
        return await self._join(await self.post("/sandbox/people", body))

    async def people(self) -> list[Person]:
        """Everybody there."""
        state = await self.state()
        return [self._people.get(raw["id"]) or await self._join(raw) for raw in state["people"]]

    async def find(self, who: str | int) -> Person:
        """Somebody by id, label, or part of the name."""
        state = await self.state()
        for raw in state["people"]:
            name = f"{raw['first_name']} {raw['last_name'] or ''}"
            if who in (raw["id"], raw["label"]) or (isinstance(who, str) and who in name):
                return self._people.get(raw["id"]) or await self._join(raw)
        raise LookupError(f"Nobody here is «{who}».")

    async def _join(self, raw: Json) -> Person:
        name = " ".join(part for part in (raw["first_name"], raw["last_name"]) if part)
        person = self._people.get(raw["id"]) or Person(self, raw["id"], name)
        person.blocked, person.unread = raw["blocked"], raw["unread"]
        chat = await self.request("GET", f"/sandbox/people/{person.id}/messages")
        person._load(chat)
        self._people[person.id] = person
        return person

    # Oracles and levers

    async def state(self) -> Json:
        """GET /sandbox/state."""
        return await self.request("GET", "/sandbox/state")

    async def calls(self, method: str | None = None, chat: int | None = None, after: int = 0) -> list[Json]:
        """What the bot called, oldest first (docs/sandbox.md, Call)."""
        query = {"method": method, "chat": chat, "after": after}
        given = {key: str(value) for key, value in query.items() if value not in (None, 0)}
        result: list[Json] = (await self.request("GET", "/sandbox/log", params=given))["calls"]
        return result

    async def pending_updates(self) -> int:
        """How many updates the bot hasn't confirmed yet."""
        return int((await self.request("GET", "/sandbox/updates"))["pending"])

    async def inject(self, update: Json) -> int | None:
        """Put a raw update before the bot; its id."""
        result: int | None = (await self.post("/sandbox/updates", update))["update_id"]
        return result

    async def fault(self, method: str, when: str, *, count: int | None = None, seconds: float | None = None) -> None:
        """Order a fault: connections cut `before` or `after` the next calls of `method`, or a `delay` of answers."""
        wish = {"method": method, "when": when, "count": count, "seconds": seconds}
        await self.post("/sandbox/faults", {key: value for key, value in wish.items() if value is not None})

    async def clear_faults(self) -> None:
        """No more faults."""
        await self.request("DELETE", "/sandbox/faults")

    async def advance(self, seconds: float) -> Json:
        """Move the host's clock forward."""
        return await self.post("/sandbox/clock", {"advance_seconds": seconds})

    async def jump(self, jump_id: str) -> Json:
        """Move the host's clock to one of its jumps."""
        return await self.post("/sandbox/clock", {"jump": jump_id})

    async def set_clock(self, moment: datetime) -> Json:
        """Move the host's clock to an aware moment."""
        return await self.post("/sandbox/clock", {"set": moment.isoformat()})

    async def reset(self) -> None:
        """Forget everybody and everything."""
        await self.post("/sandbox/reset", {})
        self._people.clear()

    # Waiting

    async def wait_for(
        self,
        find: Callable[[], T | None],
        timeout: float,
        sentence: Callable[[], str],
        person: Person | None = None,
        error: type[AssertionError] = NotSeen,
    ) -> T:
        """What `find` gives once it isn't None, asked after every event; `error` with `sentence` after `timeout`."""
        try:
            async with asyncio.timeout(timeout), self._changed:
                while (found := find()) is None:
                    await self._next_event()
                return found
        except TimeoutError:
            seen = f"\n{person.visible()}" if person else ""
            raise error(f"{sentence()}{seen}") from None

    async def _next_event(self) -> None:
        if self._broken:
            raise ConnectionError("The sandbox's stream of events broke off.") from self._broken
        await self._changed.wait()

    async def _catch_up(self, seq: int) -> None:
        """Wait until the phones show everything up to this event."""
        async with asyncio.timeout(TIMEOUT), self._changed:
            while self.seq < seq:
                await self._next_event()

    async def _listen(self) -> None:
        """Follow the events from self.seq on; any end of the stream wakes those who wait."""
        try:
            url = f"{self._url}/sandbox/events?after={self.seq}"
            async with self._session.get(url) as response:
                await self._read_events(response)
            raise ConnectionError("the stream ended")
        except (aiohttp.ClientError, ConnectionError) as error:
            async with self._changed:
                self._broken = error
                self._changed.notify_all()

    async def _read_events(self, response: aiohttp.ClientResponse) -> None:
        seq, type_ = 0, ""
        async for line in response.content:
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name == "id":
                seq = int(value)
            elif name == "event":
                type_ = value
            elif name == "data":
                await self._hear(seq, type_, json.loads(value))

    async def _hear(self, seq: int, type_: str, data: Json) -> None:
        async with self._changed:
            self.seq = seq
            id_ = data["person"]["id"] if type_ == "person" else data.get("person")
            if id_ in self._people:
                self._people[id_]._hear(seq, type_, data)
            self._changed.notify_all()

    # HTTP

    async def post(self, path: str, body: Json, timeout: float = TIMEOUT) -> Json:
        """POST JSON; what the answer speaks of is visible on the phones when this returns."""
        return await self.request("POST", path, json=body, timeout=timeout)

    async def request(
        self, method: str, path: str, *, sync: bool = True, timeout: float = TIMEOUT, **kwargs: Any
    ) -> Json:
        """One request of the control API; SandboxError if refused."""
        limit = aiohttp.ClientTimeout(total=timeout + 5)
        async with self._session.request(method, self._url + path, timeout=limit, **kwargs) as response:
            body: Json = await response.json()
        if sync:
            await self._catch_up(int(response.headers[SEQ_HEADER]))
        if response.status >= 400:
            raise SandboxError(body["error"], body["detail"])
        return body

    async def get_bytes(self, path: str) -> bytes:
        """The bytes of a file."""
        async with self._session.get(self._url + path) as response:
            response.raise_for_status()
            return await response.read()
