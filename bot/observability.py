"""Logs: action words and ids; never a name, a text or a secret."""

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterable
from datetime import UTC, datetime
from types import TracebackType

from bot.settings import SECRETS, Settings

TOKEN = re.compile(r"\b\d{5,}:[A-Za-z0-9_-]{30,}")
HIDDEN = "***"
# Libraries that say too much at INFO, or quote people's data at DEBUG.
QUIET = ("aiogram", "aiosmtplib", "aiosqlite", "alembic", "aiohttp", "apscheduler", "psycopg", "sqlalchemy", "asyncio")


class DiscreetFormatter(logging.Formatter):
    """Hides secrets everywhere, and of exceptions shows where and what kind: their messages quote people's data."""

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")
        self._secrets = sorted({one for one in secrets if len(one) >= 4}, key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        """One line, and a traceback if there is one."""
        return self._hide(super().format(record))

    def formatException(
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        """Types and places of an exception and what led to it."""
        lines: list[str] = []
        error = ei[1]
        while error is not None:
            frames = traceback.extract_tb(error.__traceback__)
            places = [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
            lines.append("\n".join([*places, f"{type(error).__module__}.{type(error).__qualname__}"]))
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n-- because of --\n".join(lines)

    def _hide(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return TOKEN.sub(HIDDEN, text)


class JsonFormatter(DiscreetFormatter):
    """The same, a JSON object a line, for programs that gather logs: action word, ids, and where it came from."""

    def format(self, record: logging.LogRecord) -> str:
        """One object; `trace` only where there is one."""
        action, _, ids = record.getMessage().partition(" ")
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "action": action,
            "ids": ids,
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return self._hide(json.dumps(line, ensure_ascii=False))


def secrets_of(settings: Settings) -> list[str]:
    """The values that must never be seen; of addresses, their passwords."""
    found = []
    for name in SECRETS:
        value = getattr(settings, name.lower())
        if value is None:
            continue
        text = value.get_secret_value()
        password = re.search(r"://[^:/@]*:([^@]+)@", text)
        found += [text, password.group(1)] if password else [text]
    return found


def set_up(settings: Settings) -> None:
    """Log to standard error at the level of the settings."""
    handler = logging.StreamHandler(sys.stderr)
    formatter = JsonFormatter if settings.log_format == "json" else DiscreetFormatter
    handler.setFormatter(formatter(secrets_of(settings)))
    logging.basicConfig(level=settings.log_level, handlers=[handler], force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLogger().level))
