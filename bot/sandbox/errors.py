"""Refusals: to the bot in Telegram's words, to people's tools in ours."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """A Bot API call refused: HTTP code, description as Telegram words it, response parameters."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


_PREFIXES = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 409: "Conflict"}


def refused(code: int, message: str) -> ApiError:
    """An ApiError with the prefix of its code; like the real server, starts the message with a small letter."""
    prefix = _PREFIXES[code]
    if len(message) < 2 or not (message[1] == "_" or message[1].isupper()):
        message = message[:1].lower() + message[1:]
    return ApiError(code, f"{prefix}: {message}")


def bad_request(message: str) -> ApiError:
    """400 with Telegram's prefix."""
    return refused(400, message)


def forbidden(message: str) -> ApiError:
    """403 with Telegram's prefix."""
    return refused(403, message)


class ControlError(Exception):
    """A control request refused: HTTP status, slug, a sentence, more fields."""

    def __init__(self, status: int, slug: str, detail: str, **extra: Any) -> None:
        super().__init__(detail)
        self.status = status
        self.slug = slug
        self.detail = detail
        self.extra = extra
