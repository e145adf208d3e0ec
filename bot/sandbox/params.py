"""Requests of the bot read into typed parameters: query string, JSON, urlencoded and multipart bodies."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from aiohttp.web_request import FileField

from bot.sandbox.errors import ApiError, bad_request
from bot.sandbox.facts import METHODS, Parameter

MAX_REQUEST_BYTES = 52 << 20

QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"

_MISSING = {
    "chat_id": "chat_id is empty",
    "from_chat_id": "chat_id is empty",
    "message_id": "Message identifier is not specified",
    "text": "Message text is empty",
    "document": "There is no document in the request",
    "media": "There is no media in the request",
    "message_ids": "Message identifiers are not specified",
    "photo": "There is no photo in the request",
    "file_id": "file_id not specified",
    "action": "Wrong parameter action in request",
    "callback_query_id": QUERY_TOO_OLD,
}
_UNSUPPORTED = {
    "business_connection_id",
    "caption_entities",
    "certificate",
    "direct_messages_topic_id",
    "entities",
    "ephemeral_message_parameters",
    "has_spoiler",
    "inline_message_id",
    "ip_address",
    "message_effect_id",
    "message_thread_id",
    "rich_message",
    "show_caption_above_media",
    "suggested_post_parameters",
    "thumbnail",
    "video_start_timestamp",
}
# An absent url of setWebhook removes the webhook.
_OPTIONAL_HERE = {("setWebhook", "url")}


@dataclass(frozen=True)
class Upload:
    """A file inside a request."""

    name: str
    mime: str
    data: bytes


Params = dict[str, Any]


async def read_body(request: web.Request) -> dict[str, Any]:
    """All raw parameters of a request by name; files as Upload, the rest as strings or JSON values."""
    values: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        values |= await _read_json(request)
    elif request.can_read_body:
        try:
            form = await request.post()
        except web.HTTPRequestEntityTooLarge:
            raise ApiError(413, "Request Entity Too Large") from None
        for name, value in form.items():
            values[name] = _upload(value) if isinstance(value, FileField) else value
    return values


async def _read_json(request: web.Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.read() or b"{}")
    except ValueError:
        raise bad_request("can't parse JSON of the request") from None
    if not isinstance(body, dict):
        raise bad_request("Object expected as the request")
    return body


def _upload(field: FileField) -> Upload:
    with field.file as file:
        return Upload(field.filename, field.content_type, file.read())


def typed(method: str, raw: dict[str, Any]) -> Params:
    """Parameters of a method checked against the facts; `attach://` references resolved to their Upload."""
    facts = METHODS[method]
    values = {name: value for name, value in raw.items() if value not in (None, "") and name in facts}
    _refuse_unknown(method, raw, facts)
    for name in facts:
        if facts[name].required and name not in values and (method, name) not in _OPTIONAL_HERE:
            raise bad_request(_MISSING.get(name, f'parameter "{name}" is required'))
    return {name: _convert(facts[name], value, raw) for name, value in values.items()}


def _refuse_unknown(method: str, raw: dict[str, Any], facts: dict[str, Parameter]) -> None:
    """Stricter than Telegram, which ignores what it doesn't know: a silent typo would be a hole in every test."""
    for name, value in raw.items():
        if name in facts and name not in _UNSUPPORTED:
            continue
        if name in facts and value not in (None, "", "false", False):
            raise bad_request(f'the sandbox doesn\'t support the parameter "{name}" of {method}')
        if name not in facts and not isinstance(value, Upload):
            raise bad_request(f'{method} has no parameter "{name}"')


def _convert(parameter: Parameter, value: Any, raw: dict[str, Any]) -> Any:
    types = parameter.types
    if "InputFile" in types:
        return _file(parameter.name, value, raw)
    if any("InputMedia" in type_ for type_ in types):
        return _with_files(_object(parameter.name, value), raw)
    if "Integer" in types:
        return _integer(parameter, value)
    if types == ("Boolean",):
        return _boolean(parameter.name, value)
    if types == ("String",):
        if not isinstance(value, str):
            raise bad_request(f'parameter "{parameter.name}" must be of type String')
        return value
    found = _object(parameter.name, value)
    if types[0].startswith("Array_of_") and not isinstance(found, list):
        raise bad_request(f"Expected an Array of {types[0].removeprefix('Array_of_')}")
    return found


def _with_files(media: Any, raw: dict[str, Any]) -> Any:
    """InputMedia, or a list of them, with the files of the request in place of their `attach://` names."""
    if isinstance(media, list):
        return [_with_files(one, raw) for one in media]
    if not isinstance(media, dict) or "media" not in media:
        return media
    return media | {"media": _file("media", media["media"], raw)}


def _file(name: str, value: Any, raw: dict[str, Any]) -> Upload | str:
    if isinstance(value, str) and value.startswith("attach://"):
        value = raw.get(value.removeprefix("attach://"))
        if not isinstance(value, Upload):
            raise bad_request(f"there is no {name} in the request")
    if not isinstance(value, Upload | str):
        raise bad_request(f'parameter "{name}" must be a file or a file identifier')
    return value


def _integer(parameter: Parameter, value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.removeprefix("-").isdecimal():
        return int(value)
    if isinstance(value, str) and "String" in parameter.types:
        return value
    raise bad_request(f'parameter "{parameter.name}" must be of type Integer')


def _boolean(name: str, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    known = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    if isinstance(value, str) and value.lower() in known:
        return known[value.lower()]
    raise bad_request(f'parameter "{name}" must be of type Boolean')


_NAMES = {"reply_markup": "reply keyboard markup", "scope": "BotCommandScope"}


def _object(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise bad_request(f"Can't parse {_NAMES.get(name, name.replace('_', ' '))} JSON object") from None
