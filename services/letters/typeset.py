"""From a template to the text of a letter: one Jinja2 environment, and what a messenger can take."""

import re
from html import unescape
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services import i18n

LIMIT = 4000  # UTF-16 units that a messenger shows, tags not counted: its 4096 less the mark of a copy
EMPTY_LINE = "¶"

_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    extensions=["jinja2.ext.i18n"],
    auto_reload=False,  # else every letter asks the disk for the age of its templates
)
_environment.install_gettext_callables(  # type: ignore[attr-defined]
    i18n.gettext, i18n.ngettext, newstyle=True, pgettext=i18n.pgettext
)
_TAG = re.compile(r"<[^<>]*>")


def typeset(template: str, /, **view: Any) -> str:
    """A template's text as HTML, in the language now spoken.

    Templates are laid out for their readers: lines are trimmed and empty ones dropped; «¶» alone makes an empty line.
    """
    text = _environment.get_template(f"{template}.j2").render(view)
    lines = [line.strip() for line in text.splitlines()]
    return "\n".join("" if line == EMPTY_LINE else line for line in lines if line).strip("\n")


def shown_length(html: str) -> int:
    """How long a text is for the messenger: UTF-16 units without tags."""
    return len(plain(html).encode("utf-16-le")) // 2


def plain(html: str) -> str:
    """A text without its tags, as paper shows it."""
    return unescape(_TAG.sub("", html))


def fits(html: str) -> bool:
    """Whether one letter may be that long."""
    return shown_length(html) <= LIMIT


def cut(text: str, width: int) -> str:
    """A text of people in one line of at most `width` signs; a cut one ends with «…»."""
    text = " ".join(text.split())
    return text if len(text) <= width else text[: width - 1].rstrip(" ,.;:-") + "…"


def in_sentence(name: str) -> str:
    """A subject's name within a sentence: «алгебра», but «ОБЖ»."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]
