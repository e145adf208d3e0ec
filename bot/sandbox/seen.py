"""What people see: messages, buttons, answers and files as values, and what goes wrong when looking for them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Json = dict[str, Any]
Fetch = Callable[[str], Awaitable[bytes]]


class SandboxError(Exception):
    """The sandbox refused: `slug` and its sentence."""

    def __init__(self, slug: str, detail: str) -> None:
        super().__init__(f"{slug}: {detail}")
        self.slug = slug


class NoSuchButton(AssertionError):
    """Nothing visible has that text, or more than one has; lists what is visible."""


class NotSeen(AssertionError):
    """What was waited for didn't come in time; lists what is visible."""


@dataclass(frozen=True)
class Button:
    """An inline button: kind callback, url or copy."""

    text: str
    kind: str
    data: str | None
    url: str | None
    row: int
    col: int


@dataclass(frozen=True)
class Document:
    """A file in a chat; `await download()` gives the bytes."""

    id: str
    name: str
    mime: str
    size: int
    url: str
    _fetch: Fetch = field(repr=False, compare=False)

    async def download(self) -> bytes:
        """The bytes."""
        return await self._fetch(self.url)


@dataclass(frozen=True)
class Answer:
    """What a tap brought: a toast, or a window if `alert`; `text` None for a silent answer."""

    text: str | None
    alert: bool
    url: str | None = None

    def __contains__(self, part: str) -> bool:
        return part in (self.text or "")


@dataclass(frozen=True)
class Message:
    """A message as its phone shows it at this moment; `changed` is the number of its last event."""

    id: int
    author: str
    text: str
    html: str
    kind: str
    date: datetime
    edited: bool
    silent: bool
    forwarded_from: str | None
    button_rows: tuple[tuple[Button, ...], ...]
    document: Document | None
    album: str | None
    changed: int

    @property
    def buttons(self) -> list[str]:
        """Texts of all inline buttons, row by row."""
        return [button.text for row in self.button_rows for button in row]

    def button(self, text: str) -> Button | None:
        """The button of exactly this text, else the only one that contains it; None if there is none."""
        all_ = [button for row in self.button_rows for button in row]
        exact = [button for button in all_ if button.text == text]
        found = exact[:1] or [button for button in all_ if text in button.text]
        if len(found) > 1:
            raise NoSuchButton(f"«{text}» is in several buttons: {[button.text for button in found]}")
        return found[0] if found else None


def read_message(raw: Json, changed: int, fetch: Fetch) -> Message:
    """A message of the control API; `changed` is the number of its event, `fetch` gets files by their address."""
    rows = tuple(
        tuple(
            Button(button["text"], button["kind"], button.get("data"), button.get("url"), row, col)
            for col, button in enumerate(buttons)
        )
        for row, buttons in enumerate(raw["keyboard"] or [])
    )
    file = raw["file"]
    document = None
    if file:
        document = Document(file["id"], file["name"], file["mime"], file["size"], file["url"], fetch)
    return Message(
        id=raw["id"],
        author=raw["from"],
        text=raw["text"],
        html=raw["html"],
        kind=raw["kind"],
        date=datetime.fromisoformat(raw["date"]),
        edited=raw["edited"] is not None,
        silent=raw["silent"],
        forwarded_from=raw["forwarded_from"],
        button_rows=rows,
        document=document,
        album=raw["album"],
        changed=changed,
    )


@dataclass(frozen=True)
class Group:
    """A group as its members see it at this moment; texts oldest first."""

    id: int
    title: str
    moved_to: int | None
    bot: str
    texts: tuple[str, ...]


def read_group(raw: Json) -> Group:
    """A group of the control API."""
    texts = tuple(message["text"] for message in raw["messages"])
    return Group(raw["id"], raw["title"], raw["moved_to"], raw["bot"], texts)
