"""The gate: the one function that every Bot API call passes."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from aiohttp import web

from bot.sandbox import params as reading
from bot.sandbox.api import bot, documents, intake, messages
from bot.sandbox.errors import ApiError
from bot.sandbox.events import dumps
from bot.sandbox.facts import METHODS, OTHER_METHODS
from bot.sandbox.faults import Faults
from bot.sandbox.params import Params, Upload
from bot.sandbox.state import Json
from bot.sandbox.world import World

logger = logging.getLogger(__name__)

Handler = Callable[[World, Params], Awaitable[Any]]

HANDLERS: dict[str, Handler] = {
    "getMe": bot.get_me,
    "getUpdates": intake.get_updates,
    "setWebhook": intake.set_webhook,
    "deleteWebhook": intake.delete_webhook,
    "getWebhookInfo": intake.get_webhook_info,
    "sendMessage": messages.send_message,
    "editMessageText": messages.edit_message_text,
    "editMessageReplyMarkup": messages.edit_message_reply_markup,
    "deleteMessage": messages.delete_message,
    "answerCallbackQuery": messages.answer_callback_query,
    "sendChatAction": messages.send_chat_action,
    "copyMessage": messages.copy_message,
    "forwardMessage": messages.forward_message,
    "sendDocument": documents.send_document,
    "sendPhoto": documents.send_photo,
    "getFile": documents.get_file,
    "setMyCommands": bot.set_my_commands,
    "getMyCommands": bot.get_my_commands,
    "deleteMyCommands": bot.delete_my_commands,
    "setChatMenuButton": bot.set_chat_menu_button,
}
_BY_LOWER = {name.lower(): name for name in METHODS}
_OTHER_BY_LOWER = {name.lower(): name for name in OTHER_METHODS}
_TOKEN = re.compile(r"\d+:[\w-]+")


class Gate:
    """Where calls come in: token, method, parameters, faults, the method itself, the log."""

    def __init__(self, world: World, token: str) -> None:
        self.world = world
        self.faults = Faults()
        self._token = token

    def check_token(self, token: str) -> None:
        """401 for another token, 404 for what isn't one, as Telegram does."""
        if not _TOKEN.fullmatch(token):
            raise ApiError(404, "Not Found")
        if token != self._token:
            raise ApiError(401, "Unauthorized")

    async def call(self, request: web.Request) -> web.StreamResponse:
        """Serve one call: read it, let it pass through the ordered faults, run it, log it, answer."""
        started = self.world.times.monotonic()
        name = request.match_info["method"]
        raw: dict[str, Any] = {}
        code, result, refusal = 200, None, None
        cut = False
        try:
            self.check_token(request.match_info["token"])
            name = _method(name)
            raw = await reading.read_body(request.clone(client_max_size=reading.MAX_REQUEST_BYTES))
            if self.faults.take(name, "before"):
                cut = True
            else:
                result = await HANDLERS[name](self.world, reading.typed(name, raw))
        except ApiError as error:
            code, refusal = error.code, error
        except Exception:
            logger.exception("call_failed method=%s", name)
            code, refusal = 500, ApiError(500, "Internal Server Error")
        cut = cut or self.faults.take(name, "after") is not None
        await self._delay(name)
        self._log(name, raw, 0 if cut else code, result, refusal, started)
        return _cut(request) if cut else _answer(code, result, refusal)

    async def _delay(self, name: str) -> None:
        fault = self.faults.take(name, "delay")
        if fault:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.world.closing.wait(), fault.seconds)

    def _log(
        self, name: str, raw: dict[str, Any], code: int, result: Any, refusal: ApiError | None, started: float
    ) -> None:
        if name == "getUpdates" and refusal is None:
            return  # the heartbeat of polling would push everything else out of the log
        chat = _number(raw.get("chat_id"))
        message_id = result.get("message_id") if isinstance(result, dict) else None
        call = self.world.calls.add(
            method=name,
            chat=chat,
            message_id=message_id or _number(raw.get("message_id")),
            ok=refusal is None and result is not None,
            code=code,
            error=refusal.description if refusal else None,
            at=self.world.times.now().isoformat(),
            ms=round((self.world.times.monotonic() - started) * 1000, 2),
            params={key: _loggable(value) for key, value in raw.items()},
        )
        if self.world.feed.wants_calls:
            self.world.feed.publish("call", {"call": call.view()}, chat)


def _method(name: str) -> str:
    """The method's right name, or a refusal that says why not."""
    if found := _BY_LOWER.get(name.lower()):
        return found
    if other := _OTHER_BY_LOWER.get(name.lower()):
        raise ApiError(400, f"Bad Request: the sandbox doesn't support the method {other}")
    raise ApiError(404, "Not Found: method not found")


def _number(value: Any) -> int | None:
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and value.removeprefix("-").isdecimal() else None


def _loggable(value: Any) -> Any:
    return f"<{value.name}: {len(value.data)} bytes>" if isinstance(value, Upload) else value


def _answer(code: int, result: Any, refusal: ApiError | None) -> web.Response:
    body: Json = {"ok": True, "result": result}
    if refusal:
        body = {"ok": False, "error_code": code, "description": refusal.description}
        if refusal.parameters:
            body["parameters"] = refusal.parameters
    return web.Response(status=code, text=dumps(body), content_type="application/json")


def _cut(request: web.Request) -> web.StreamResponse:
    """Close the connection without a word."""
    if request.transport:
        request.transport.abort()
    return web.Response()
