"""The languages we speak: one gettext catalogue for Python and Jinja2 (ADR 0003).

Msgids are English; Russian stands in locales/ru. `speaking(locale)` sets the language of a task.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

LOCALES = Path(__file__).parent.parent / "locales"
DEFAULT_LOCALE = "ru"

_locale: ContextVar[str] = ContextVar("locale", default=DEFAULT_LOCALE)


def N_(msgid: str) -> str:
    """Mark a string for the catalogue where it is defined; it is translated where it is said."""
    return msgid


@cache
def catalogue(locale: str) -> NullTranslations:
    """The translations of a locale, read from its .po once; an unknown locale speaks English."""
    path = LOCALES / locale / "LC_MESSAGES" / "bot.po"
    if not path.exists():
        return NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=locale))
    compiled.seek(0)
    return Translations(compiled)


@cache
def locales() -> tuple[str, ...]:
    """The languages at hand, by their codes; looked for once, since every update asks."""
    return tuple(sorted(path.parent.parent.name for path in LOCALES.glob("*/LC_MESSAGES/bot.po")))


@contextmanager
def speaking(locale: str) -> Iterator[None]:
    """Speak a language within the block, in this task."""
    token = _locale.set(locale)
    try:
        yield
    finally:
        _locale.reset(token)


def spoken() -> str:
    """The language now spoken."""
    return _locale.get()


def gettext(msgid: str) -> str:
    """A text in the language now spoken."""
    return catalogue(_locale.get()).gettext(msgid)


def ngettext(one: str, many: str, count: int) -> str:
    """A text that goes with a number."""
    return catalogue(_locale.get()).ngettext(one, many, count)


def pgettext(context: str, msgid: str) -> str:
    """A text whose meaning its context tells."""
    return catalogue(_locale.get()).pgettext(context, msgid)
