"""Messages as the page shows them: safe HTML, buttons, names."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bot.sandbox.entities import Entity, utf16_length
from bot.sandbox.state import FileInfo, Json, Message

_TAGS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "expandable_blockquote": "blockquote",
}
_SAFE_SCHEMES = {"http", "https", "tg", "mailto"}


def start_payload(url: str, username: str) -> str | None:
    """The payload of a deep link to the bot `username` ('' if it has none), None for any other link."""
    parts = urlsplit(url if "://" in url else f"https://{url}")
    if parts.scheme == "tg" and parts.netloc == "resolve":
        query = parse_qs(parts.query, keep_blank_values=True)
        return query.get("start", [""])[0] if query.get("domain", [""])[0].lower() == username.lower() else None
    if parts.netloc.lower() not in ("t.me", "telegram.me"):
        return None
    if parts.path.strip("/").lower() != username.lower():
        return None
    return parse_qs(parts.query, keep_blank_values=True).get("start", [""])[0]


def _link(url: str, username: str) -> tuple[str, str]:
    if urlsplit(url).scheme not in _SAFE_SCHEMES:
        return "", ""
    payload = start_payload(url, username)
    data = f' data-start="{escape(payload)}"' if payload is not None else ""
    return f'<a href="{escape(url)}" target="_blank" rel="noopener noreferrer"{data}>', "</a>"


def _tags(entity: Entity, part: str, username: str) -> tuple[str, str]:
    """Opening and closing tag of an entity that covers `part`."""
    kind = entity["type"]
    if kind in _TAGS:
        return f"<{_TAGS[kind]}>", f"</{_TAGS[kind]}>"
    if kind == "spoiler":
        return '<span class="spoiler">', "</span>"
    if kind == "text_link":
        return _link(entity["url"], username)
    if kind == "url":
        return _link(part if "://" in part else f"https://{part}", username)
    if kind == "email":
        return _link(f"mailto:{part}", username)
    if kind == "bot_command":
        return f'<a class="command" data-command="{escape(part)}">', "</a>"
    return "", ""


def to_html(text: str, entities: list[Entity], username: str) -> str:
    """Text with entities as HTML that is safe to put into a page; line breaks stay line breaks."""
    if not entities:
        return escape(text)
    units = _positions(text)
    spans = [(units[e["offset"]], units[min(e["offset"] + e["length"], len(units) - 1)], e) for e in entities]
    spans.sort(key=lambda span: (span[0], -span[1]))
    out: list[str] = []
    _nest(text, spans, 0, len(text), username, out)
    return "".join(out)


def _positions(text: str) -> list[int]:
    """The index in `text` of each UTF-16 unit, and of the end."""
    if utf16_length(text) == len(text):
        return list(range(len(text) + 1))
    positions: list[int] = []
    for index, char in enumerate(text):
        positions.extend([index] * (2 if char > "\uffff" else 1))
    return [*positions, len(text)]


_Span = tuple[int, int, Entity]


def _nest(text: str, spans: list[_Span], start: int, end: int, username: str, out: list[str]) -> None:
    """Write text[start:end]; a span that sticks out of the one around it is cut there and goes on after it."""
    at = start
    while spans and spans[0][0] < end:
        left, right, entity = spans.pop(0)
        left, stop = max(left, at), min(right, end)
        if left >= stop:
            continue
        inner = [(a, min(b, stop), e) for a, b, e in spans if a < stop]
        rest = [(max(a, stop), b, e) for a, b, e in spans if b > stop]
        opening, closing = _tags(entity, text[left:stop], username)
        out += [escape(text[at:left]), opening]
        _nest(text, inner, left, stop, username, out)
        out.append(closing)
        at = stop
        spans = sorted(rest, key=lambda span: (span[0], -span[1]))
    out.append(escape(text[at:end]))


def iso(stamp: int) -> str:
    """Unix seconds as ISO time in UTC."""
    return datetime.fromtimestamp(stamp, UTC).isoformat()


def file_view(file: FileInfo) -> Json:
    """A file as the page shows it."""
    return {
        "id": file.id,
        "name": file.name,
        "mime": file.mime,
        "size": file.size,
        "width": file.width,
        "height": file.height,
        "url": f"/sandbox/files/{file.id}",
    }


def button_view(button: Json, username: str) -> Json:
    """An inline button as the page shows it."""
    view: Json = {"text": button["text"]}
    if "style" in button:
        view["style"] = button["style"]
    if "callback_data" in button:
        return view | {"kind": "callback", "data": button["callback_data"]}
    if "copy_text" in button:
        return view | {"kind": "copy", "copy": button["copy_text"]["text"]}
    view |= {"kind": "url", "url": button["url"]}
    payload = start_payload(button["url"], username)
    return view if payload is None else view | {"start": payload}


def origin_name(origin: Json | None) -> str | None:
    """Whose message was forwarded."""
    if origin is None:
        return None
    user: dict[str, Any] = origin["sender_user"]
    return " ".join(part for part in (user["first_name"], user.get("last_name")) if part)


def message_view(message: Message, reply_to: Message | None, pending: list[Json], username: str) -> Json:
    """A message as the page shows it (docs/sandbox.md, Message)."""
    quoted = None
    if reply_to:
        quoted = {"id": reply_to.id, "from": reply_to.author, "text": reply_to.text[:100]}
    keyboard = message.keyboard
    return {
        "id": message.id,
        "person": message.chat_id,
        "from": message.author,
        "date": iso(message.date),
        "edited": iso(message.edit_date) if message.edit_date else None,
        "kind": message.kind,
        "text": message.text,
        "html": to_html(message.text, message.entities, username),
        "file": file_view(message.file) if message.file else None,
        "keyboard": [[button_view(button, username) for button in row] for row in keyboard] if keyboard else None,
        "reply_to": quoted,
        "forwarded_from": origin_name(message.origin),
        "album": message.album,
        "silent": message.silent,
        "pending": pending,
    }
