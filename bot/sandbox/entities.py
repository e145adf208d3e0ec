"""Text with entities: Telegram's HTML parsed with Telegram's errors, lengths counted in UTF-16 units."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from bot.sandbox.errors import ApiError, bad_request

Entity = dict[str, Any]

MAX_ENTITIES = 100
MAX_SOURCE_BYTES = 1 << 15

_SIMPLE = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "u": "underline",
    "ins": "underline",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
}
_TAGS = {*_SIMPLE, "a", "pre", "code", "blockquote", "tg-emoji"}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_SPECIAL = re.compile(r"[<&]")
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|([a-zA-Z]+));?")
_TAG_NAME = re.compile(r"[^\s>]*")
_ATTRIBUTE_NAME = re.compile(r"[^\s=>/\"']*")
_TOKEN = re.compile(r"[A-Za-z0-9.\-]*")
_SPACE = re.compile(r"[ \t\r\n\0\v]*")


def utf16_length(text: str) -> int:
    """Length in UTF-16 code units, as Telegram counts."""
    if text.isascii():
        return len(text)
    return len(text) + sum(1 for char in text if char > "\uffff")


def _decode_reference(text: str, at: int) -> tuple[str, int] | None:
    """The character of the reference that begins at `at` and where it ends; None if it is plain text."""
    match = _REFERENCE.match(text, at)
    if match is None:
        return None
    hexadecimal, decimal, name = match.groups()
    if name:
        char = _NAMED.get(name)
        return (char, match.end()) if char else None
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    digits_end = match.end() - match.group().endswith(";")
    if code == 0 or code >= 0x10FFFF or digits_end - at >= 10:
        return None
    if 0xD800 <= code <= 0xDFFF:
        raise bad_request(
            "Can't parse entities: Text contains invalid Unicode characters after decoding HTML entities, "
            "check for unmatched surrogate code units"
        )
    return chr(code), match.end()


def decode_references(text: str) -> str:
    """Replace &lt; &gt; &amp; &quot; and numeric references; anything else stays as it is."""
    parts: list[str] = []
    at = 0
    while (found := text.find("&", at)) >= 0:
        parts.append(text[at:found])
        decoded = _decode_reference(text, found)
        char, at = decoded if decoded else ("&", found + 1)
        parts.append(char)
    return "".join((*parts, text[at:]))


@dataclass
class _Open:
    """A tag that waits for its end."""

    tag: str
    argument: str
    offset: int
    part: int


class _HtmlParser:
    """One pass over the source: text parts, open tags, finished entities."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.parts: list[str] = []
        self.offset = 0
        self.open: list[_Open] = []
        self.entities: list[Entity] = []

    def parse(self) -> tuple[str, list[Entity]]:
        at = 0
        while match := _SPECIAL.search(self.source, at):
            self._add(self.source[at : match.start()])
            at = self._reference(match.start()) if match.group() == "&" else self._tag(match.start())
        self._add(self.source[at:])
        if self.open:
            raise self._error(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        return "".join(self.parts), self.entities

    def _add(self, text: str) -> None:
        if text:
            self.parts.append(text)
            self.offset += utf16_length(text)

    def _error(self, message: str, at: int | None = None, tail: str = "") -> ApiError:
        place = "" if at is None else f" at byte offset {len(self.source[:at].encode())}"
        return bad_request(f"Can't parse entities: {message}{place}{tail}")

    def _reference(self, at: int) -> int:
        char, end = _decode_reference(self.source, at) or ("&", at + 1)
        self._add(char)
        return end

    def _tag(self, begin: int) -> int:
        if self.source.startswith("</", begin):
            return self._end_tag(begin)
        return self._start_tag(begin)

    def _start_tag(self, begin: int) -> int:
        at = _match_end(_TAG_NAME, self.source, begin + 1)
        if at >= len(self.source):
            raise self._error("Unclosed start tag", begin)
        tag = self.source[begin + 1 : at].lower()
        if tag not in _TAGS:
            raise self._error(f'Unsupported start tag "{tag}"', begin)
        argument = ""
        while True:
            at = _match_end(_SPACE, self.source, at)
            if self.source[at : at + 1] == ">":
                break
            name, value, at = self._attribute(tag, begin, at)
            argument = _argument(tag, name, value) or argument
        if tag == "span" and argument != "spoiler":
            raise self._error('Tag "span" must have class "tg-spoiler"', begin)
        self.open.append(_Open(tag, argument, self.offset, len(self.parts)))
        return at + 1

    def _attribute(self, tag: str, begin: int, at: int) -> tuple[str, str | None, int]:
        """Name, value (None without «=») and where it ends."""
        end = _match_end(_ATTRIBUTE_NAME, self.source, at)
        name = self.source[at:end]
        if not name:
            raise self._error(f'Empty attribute name in the tag "{tag}"', begin)
        at = _match_end(_SPACE, self.source, end)
        if self.source[at : at + 1] not in ("=", ""):
            return name, None, at
        at = _match_end(_SPACE, self.source, at + 1)
        if at >= len(self.source):
            raise self._error(f'Unclosed start tag "{tag}"', begin)
        value, at = self._attribute_value(at)
        if at >= len(self.source):
            raise self._error("Unclosed start tag", begin)
        return name, value, at

    def _attribute_value(self, at: int) -> tuple[str, int]:
        quote = self.source[at]
        if quote in "'\"":
            end = self.source.find(quote, at + 1)
            if end < 0:
                return "", len(self.source)
            return decode_references(self.source[at + 1 : end]), end + 1
        end = _match_end(_TOKEN, self.source, at)
        if self.source[end : end + 1] not in (" ", "\t", "\n", "\r", ">"):
            raise self._error("Unexpected end of name token", at)
        return self.source[at:end].lower(), end

    def _end_tag(self, begin: int) -> int:
        if not self.open:
            raise self._error("Unexpected end tag", begin)
        name_end = _match_end(_TAG_NAME, self.source, begin + 2)
        tag = self.source[begin + 2 : name_end].lower()
        at = _match_end(_SPACE, self.source, name_end)
        if self.source[at : at + 1] != ">":
            raise self._error("Unclosed end tag", begin)
        opened = self.open.pop()
        if tag and tag != opened.tag:
            raise self._error("Unmatched end tag", begin, f', expected "</{opened.tag}>", found "</{tag}>"')
        if self.offset > opened.offset:
            self._close(opened)
        return at + 1

    def _close(self, opened: _Open) -> None:
        entity: Entity = {"offset": opened.offset, "length": self.offset - opened.offset}
        if opened.tag in _SIMPLE:
            self.entities.append({"type": _SIMPLE[opened.tag]} | entity)
        elif opened.tag == "blockquote":
            self.entities.append({"type": "expandable_blockquote" if opened.argument else "blockquote"} | entity)
        elif opened.tag == "a":
            self._close_link(opened, entity)
        elif opened.tag == "tg-emoji":
            if not opened.argument.isdigit() or int(opened.argument) == 0:
                raise self._error("Invalid custom emoji identifier specified")
            self.entities.append({"type": "custom_emoji"} | entity | {"custom_emoji_id": opened.argument})
        else:
            self._close_code(opened, entity)

    def _close_link(self, opened: _Open, entity: Entity) -> None:
        url = checked_link(opened.argument or "".join(self.parts[opened.part :]))
        if url:
            self.entities.append({"type": "text_link"} | entity | {"url": url})

    def _close_code(self, opened: _Open, entity: Entity) -> None:
        """<pre><code class="language-x"> in either order is one `pre` with a language."""
        inner = self.entities[-1] if self.entities else {}
        nested = inner.get("offset") == entity["offset"] and inner.get("length") == entity["length"]
        if opened.tag == "pre" and nested and inner["type"] == "code" and "language" in inner:
            inner["type"] = "pre"
        elif opened.tag == "code" and nested and inner["type"] == "pre" and opened.argument:
            inner["language"] = opened.argument
        else:
            language = {"language": opened.argument} if opened.argument else {}
            self.entities.append({"type": opened.tag} | entity | language)


def _match_end(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at


def _argument(tag: str, name: str, value: str | None) -> str:
    """What this attribute says of its tag, '' if nothing."""
    if tag == "blockquote" and name == "expandable":
        return "1"
    if value is None:
        return ""
    if (tag, name) in (("a", "href"), ("tg-emoji", "emoji-id")):
        return value
    if tag == "code" and name == "class":
        return value.removeprefix("language-") if value.startswith("language-") else ""
    if tag == "span" and name == "class":
        return value.removeprefix("tg-") if value.startswith("tg-") else ""
    return ""


def checked_link(url: str) -> str:
    """The link as Telegram keeps it, '' if it is no link: http by default, a host needs a dot or is an address."""
    url = url.strip()
    scheme, separator, rest = url.partition("://")
    if not separator:
        scheme, rest = "http", url
    scheme = scheme.lower()
    if scheme in ("tg", "ton", "tonsite"):
        return url if rest else ""
    if scheme not in ("http", "https"):
        return ""
    host = re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")[2]
    if not re.fullmatch(r"(?:[\w-]+\.)+[\w-]+(?::\d{1,5})?", host):
        return ""
    return f"{scheme}://{rest}"


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """Text and entities of Telegram's HTML; raises ApiError in Telegram's words, with byte offsets."""
    text, entities = _HtmlParser(source).parse()
    for entity in entities:
        if entity["type"] == "code":
            entity.pop("language", None)
    return text, entities


_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


def clean(text: str) -> str:
    """Drop carriage returns, turn other control characters into spaces."""
    return _CONTROL.sub(" ", text.replace("\r", ""))


def trim(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Cut white space at both ends (at the start only up to the first entity) and fit the entities to it."""
    text = text.rstrip()
    end = utf16_length(text)
    first = min((entity["offset"] for entity in entities), default=end)
    cut = 0
    while cut < min(first, len(text)) and text[cut] in " \n":
        cut += 1
    fitted = [
        entity | {"offset": entity["offset"] - cut, "length": min(entity["length"], end - entity["offset"])}
        for entity in entities
        if entity["offset"] < end
    ]
    return text[cut:], sorted(fitted, key=lambda entity: (entity["offset"], -entity["length"], entity["type"]))


_FOUND = re.compile(
    r"(?P<url>(?:https?://|t\.me/)[^\s<>«»\"]*[^\s<>«»\".,;:!?)\]'])"
    r"|(?P<email>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?<![\w/@])(?P<mention>@[A-Za-z]\w{3,31})"
    r"|(?<![\w/<])(?P<bot_command>/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?)(?![\w/])"
    r"|(?<![\w#])(?P<hashtag>#\w*[^\W\d]\w*)"
)


def find_entities(text: str, entities: list[Entity]) -> list[Entity]:
    """Add what Telegram finds by itself: links, addresses, mentions, commands, hashtags outside code and links."""
    if not any(sign in text for sign in "/@#"):
        return entities[:MAX_ENTITIES]
    taken = [(e["offset"], e["offset"] + e["length"]) for e in entities if e["type"] in ("code", "pre", "text_link")]
    found = list(entities)
    for match in _FOUND.finditer(text):
        start = utf16_length(text[: match.start()])
        length = utf16_length(match.group())
        if all(start + length <= left or start >= right for left, right in taken):
            found.append({"type": match.lastgroup, "offset": start, "length": length})
    return sorted(found, key=lambda entity: (entity["offset"], -entity["length"]))[:MAX_ENTITIES]


def formatted(source: str, parse_mode: str | None) -> tuple[str, list[Entity]]:
    """Text and entities of what a bot sent; `parse_mode` None or HTML. May come out empty."""
    if len(source.encode()) > MAX_SOURCE_BYTES:
        raise bad_request("Text is too long")
    source = clean(source)
    mode = (parse_mode or "none").lower()
    if mode in ("markdown", "markdownv2"):
        raise bad_request("the sandbox supports parse_mode HTML only")
    if mode not in ("html", "none"):
        raise bad_request("Unsupported parse_mode")
    text, entities = parse_html(source) if mode == "html" else (source, [])
    text, entities = trim(text, entities)
    return text, find_entities(text, entities)
