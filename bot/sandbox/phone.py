"""A person of the client: what the phone shows and what fingers do with it."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import aiohttp

from bot.sandbox.seen import Answer, Button, Json, Message, NoSuchButton, NotSeen, SandboxError, read_message

if TYPE_CHECKING:
    from bot.sandbox.client import Sandbox

TIMEOUT = 10.0


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

    async def opens(self, link: str) -> Message:
        """Open a deep link to the bot (https://t.me/<bot>?start=<payload>)."""
        payload = parse_qs(urlsplit(link).query).get("start", [""])[0]
        return await self.starts(payload)

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
        form = _form(caption)
        form.add_field("photo" if photo else "document", BytesIO(data), filename=name, content_type=mime)
        return self._own(await self._telegram.request("POST", f"{self._path}/file", data=form))

    async def sends_photo(self, data: bytes, caption: str = "") -> Message:
        """Send a photo: a PNG, GIF or JPEG."""
        return await self.sends_file(data, "photo.jpg", caption=caption, photo=True, mime="image/jpeg")

    async def sends_album(self, *photos: bytes, caption: str = "") -> list[Message]:
        """Send several photos together; the first has the caption."""
        form = _form(caption)
        for number, data in enumerate(photos, 1):
            form.add_field("photo", BytesIO(data), filename=f"photo{number}.jpg", content_type="image/jpeg")
        raw = await self._telegram.request("POST", f"{self._path}/album", data=form)
        return [self._own(message) for message in raw["messages"]]

    async def taps_again(self) -> int:
        """The app sends the newest unanswered tap anew: the number of the new update."""
        return int((await self._telegram.post(f"{self._path}/tap-again", {}))["update_id"])

    async def vanishes(self) -> None:
        """From now on there is no such chat."""
        await self._telegram.post(f"{self._path}/vanish", {})

    @property
    def _path(self) -> str:
        return f"/sandbox/people/{self.id}"

    async def _sent(self, act: str, body: Json) -> Message:
        return self._own(await self._telegram.post(f"{self._path}/{act}", body))

    def _own(self, raw: Json) -> Message:
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
            received = [seen for seen in reversed(self.messages) if seen.author != "person"]
            candidates = [self._messages.get(message.id, message)] if message else received
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


def _form(caption: str) -> aiohttp.FormData:
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("caption", caption)
    return form
