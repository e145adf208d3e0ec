"""The gate: the one function that every Bot API call passes."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any

from aiohttp import web

from bot.sandbox import params as reading
from bot.sandbox.api import bot, documents, editing, intake, messages, relaying
from bot.sandbox.errors import ApiError
from bot.sandbox.events import dumps
from bot.sandbox.facts import METHODS, OTHER_METHODS
from bot.sandbox.faults import Fault, Kind
from bot.sandbox.limits import weight
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
    "sendDocument": documents.send_document,
    "sendPhoto": documents.send_photo,
    "sendMediaGroup": documents.send_media_group,
    "sendChatAction": messages.send_chat_action,
    "editMessageText": editing.edit_message_text,
    "editMessageCaption": editing.edit_message_caption,
    "editMessageMedia": editing.edit_message_media,
    "editMessageReplyMarkup": editing.edit_message_reply_markup,
    "deleteMessage": messages.delete_message,
    "deleteMessages": messages.delete_messages,
    "copyMessage": relaying.copy_message,
    "copyMessages": relaying.copy_messages,
    "forwardMessage": relaying.forward_message,
    "forwardMessages": relaying.forward_messages,
    "answerCallbackQuery": messages.answer_callback_query,
    "getFile": documents.get_file,
    "setMyCommands": bot.set_my_commands,
    "getMyCommands": bot.get_my_commands,
    "deleteMyCommands": bot.delete_my_commands,
    "setChatMenuButton": bot.set_chat_menu_button,
    "getChatMenuButton": bot.get_chat_menu_button,
}
_BY_LOWER = {name.lower(): name for name in METHODS}
_OTHER_BY_LOWER = {name.lower(): name for name in OTHER_METHODS}
_TOKEN = re.compile(r"\d+:[\w-]+")


_TRUTH = Kind("first", "truth")
_PAGE = (
    "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n"
)
_PATIENCE = 300.0
_LOOK = 0.02


@dataclass
class Served:
    """One call on its way: what came in, what it did, what is to be answered. `code` 0: nothing."""

    name: str
    started: float
    raw: dict[str, Any] = field(default_factory=dict)
    chat: int | None = None
    fault: Fault | None = None
    result: Any = None
    refusal: ApiError | None = None
    code: int = 200

    @property
    def kind(self) -> Kind:
        """What goes wrong with it; by default nothing."""
        return self.fault.call if self.fault else _TRUTH


Serve = Callable[[web.Request, Served], Awaitable[None]]


class Gate:
    """Where calls come in: token, method, parameters, limits, faults, the method itself, the log."""

    def __init__(self, world: World, token: str) -> None:
        self.world = world
        self._token = token

    def check_token(self, token: str) -> None:
        """401 for another token, 404 for what isn't one, as Telegram does."""
        if not _TOKEN.fullmatch(token):
            raise ApiError(404, "Not Found")
        if token != self._token:
            raise ApiError(401, "Unauthorized")

    async def call(self, request: web.Request) -> web.StreamResponse:
        """Serve one call: read it, carry it out as far as its fault allows, answer what its fault allows, log it."""
        return await self._pass(request, request.match_info["method"], self._serve)

    async def download(self, request: web.Request) -> web.StreamResponse:
        """Serve the bytes of a file by the path that getFile told; for faults and the log a call named «file»."""
        return await self._pass(request, "file", self._serve_file)

    async def _pass(self, request: web.Request, name: str, serve: Serve) -> web.StreamResponse:
        call = Served(name, self.world.times.monotonic())
        try:
            await serve(request, call)
        except ApiError as error:
            call.code, call.refusal = error.code, error
        except Exception:
            logger.exception("call_failed method=%s", call.name)
            call.code, call.refusal = 500, ApiError(500, "Internal Server Error")
        response = await self._reply(request, call)
        self._log(call)
        return response

    async def _serve(self, request: web.Request, call: Served) -> None:
        world = self.world
        self.check_token(request.match_info["token"])
        call.name = _method(call.name)
        call.raw = await reading.read_body(request.clone(client_max_size=reading.MAX_REQUEST_BYTES))
        call.chat = _chat(world, call.raw)
        params = reading.typed(call.name, call.raw)
        amount = weight(call.name, params)
        world.ledger.arrived(amount)
        call.fault = world.faults.of_call(call.name, call.chat)
        if call.kind.work == "never":
            return
        world.limiter.admit(call.chat, amount)
        if call.kind.work == "late" and call.fault:
            await self._until_given_up(request)
            await self._pause(call.fault.seconds)
        call.result = await HANDLERS[call.name](world, params)

    async def _serve_file(self, request: web.Request, call: Served) -> None:
        self.check_token(request.match_info["token"])
        id_ = request.match_info["name"].partition(".")[0]
        if self.world.files.info(id_) is None:
            raise ApiError(404, "Not Found")
        call.fault = self.world.faults.of_call("file", None)
        if call.kind.work != "never":
            call.result = self.world.files.read(id_)

    async def _reply(self, request: web.Request, call: Served) -> web.StreamResponse:
        """What the bot hears, which isn't always what happened."""
        fault, reply = call.fault, call.kind.reply
        if fault is None:
            return _answer(call)
        if reply == "flood":
            try:
                self.world.limiter.refuse(call.chat, fault.seconds)
            except ApiError as error:
                call.code, call.refusal = error.code, error
        if reply == "truth":
            await self._pause(fault.seconds)
        if reply == "hang":
            await self._until_given_up(request, fault.seconds)
        if reply in ("hang", "cut"):
            call.code = 0
            return _cut(request)
        if reply == "error":
            call.code = fault.code
            refusal = ApiError(fault.code, HTTPStatus(fault.code).phrase)
            return _answer(replace(call, refusal=refusal))
        if reply == "html":
            call.code = 502
            return web.Response(status=502, text=_PAGE, content_type="text/html")
        if reply == "garbage" and call.refusal is None:
            whole = _answer(call)
            body = whole.body if isinstance(whole.body, bytes) else b""
            return web.Response(body=body[: max(len(body) // 2, 12)], content_type=whole.content_type)
        return _answer(call)

    async def _pause(self, seconds: float) -> None:
        """Wait, but not longer than the server lives."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.world.closing.wait(), seconds)

    async def _until_given_up(self, request: web.Request, seconds: float = 0.0) -> None:
        """Wait until the client closes the connection, at most `seconds` (0: as long as any client waits)."""
        loop = asyncio.get_running_loop()
        end = loop.time() + (seconds or _PATIENCE)
        while loop.time() < end and not self.world.closing.is_set():
            if request.transport is None or request.transport.is_closing():
                return
            await self._pause(_LOOK)

    def _log(self, call: Served) -> None:
        world = self.world
        world.ledger.called(call.name, call.code)
        if call.name == "getUpdates" and call.refusal is None and call.fault is None:
            return  # the heartbeat of polling would push everything else out of the log
        message_id = call.result.get("message_id") if isinstance(call.result, dict) else None
        entry = world.calls.add(
            method=call.name,
            chat=call.chat,
            message_id=message_id or _number(call.raw.get("message_id")),
            ok=call.refusal is None and call.result is not None,
            code=call.code,
            error=call.refusal.description if call.refusal else None,
            fault=call.fault.kind if call.fault else None,
            at=world.times.now().isoformat(),
            ms=round((world.times.monotonic() - call.started) * 1000, 2),
            params={key: _loggable(value) for key, value in call.raw.items()},
        )
        if world.feed.wants_calls:
            world.feed.publish("call", {"call": entry.view()}, call.chat)


def _chat(world: World, raw: dict[str, Any]) -> int | None:
    """The chat a call is about; for the answer of a tap: who tapped."""
    if "callback_query_id" in raw:
        return world.taps.person_of(str(raw["callback_query_id"]))
    return _number(raw.get("chat_id"))


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


def _answer(call: Served) -> web.Response:
    """The Bot API's answer: the result, or why there is none."""
    if call.refusal is None and isinstance(call.result, bytes):
        return web.Response(body=call.result, content_type="application/octet-stream")
    if call.refusal is None:
        return web.Response(text=dumps({"ok": True, "result": call.result}), content_type="application/json")
    code = call.refusal.code
    body: Json = {"ok": False, "error_code": code, "description": call.refusal.description}
    if call.refusal.parameters:
        body["parameters"] = call.refusal.parameters
    return web.Response(status=code, text=dumps(body), content_type="application/json")


def _cut(request: web.Request) -> web.StreamResponse:
    """Close the connection without a word."""
    if request.transport:
        request.transport.abort()
    return web.Response()
