"""Photos, documents and albums; getFile."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.sandbox.api.chats import message_json, writable_chat
from bot.sandbox.api.messages import post, read_caption
from bot.sandbox.entities import Entity
from bot.sandbox.errors import ApiError, bad_request
from bot.sandbox.files import image_size
from bot.sandbox.markup import read_markup
from bot.sandbox.params import Params, Upload
from bot.sandbox.state import FileInfo, Json
from bot.sandbox.world import World

MAX_DOCUMENT = 50 << 20
MAX_PHOTO = 10 << 20
MAX_PHOTO_SIDES = 10_000
MAX_DOWNLOAD = 20 << 20
MIN_ALBUM, MAX_ALBUM = 2, 10


def check_photo(data: bytes) -> None:
    """Refuse what Telegram doesn't take for a photo."""
    size = image_size(data)
    if len(data) > MAX_PHOTO:
        raise bad_request("file is too big")
    if size is None:
        raise bad_request("IMAGE_PROCESS_FAILED")
    width, height = size
    if width + height > MAX_PHOTO_SIDES or max(size) > 20 * min(size):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")


def _file(world: World, value: Upload | str, kind: str) -> FileInfo:
    """The file of a request: uploaded now, or known by its id."""
    if isinstance(value, Upload):
        if not value.data:
            raise bad_request("file must be non-empty")
        if len(value.data) > MAX_DOCUMENT:
            raise ApiError(413, "Request Entity Too Large")
        if kind == "photo":
            check_photo(value.data)
        mime = None if value.mime == "application/octet-stream" else value.mime
        return world.files.put(value.data, value.name, mime)
    if value.startswith(("http://", "https://")):
        raise bad_request("the sandbox doesn't fetch files from the network")
    info = world.files.info(value)
    if info is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    if kind == "photo" and info.width is None:
        raise bad_request("can't use file of type Document as Photo")
    return info


@dataclass(frozen=True)
class Media:
    """A file to send with its caption."""

    kind: str
    file: FileInfo
    text: str
    entities: list[Entity]


def read_media(world: World, value: Any) -> Media:
    """The Bot API's InputMedia: a photo or a document."""
    if not isinstance(value, dict):
        raise bad_request("Can't parse InputMedia: InputMedia must be an Object")
    kind = value.get("type")
    if kind not in ("photo", "document"):
        raise bad_request(f"the sandbox doesn't support media of type {kind}")
    if unknown := sorted(value.keys() - {"type", "media", "caption", "parse_mode", "disable_content_type_detection"}):
        raise bad_request(f'the sandbox doesn\'t support the field "{unknown[0]}" of media')
    if "media" not in value:
        raise bad_request("media not found")
    text, entities = read_caption(value)
    return Media(kind, _file(world, value["media"], kind), text, entities)


async def _send(world: World, params: Params, kind: str) -> Json:
    markup = read_markup(params.get("reply_markup"))
    text, entities = read_caption(params)
    place = writable_chat(world, params["chat_id"])
    file = _file(world, params[kind], kind)
    return message_json(world, post(world, place, params, markup, text, entities=entities, kind=kind, file=file))


async def send_document(world: World, params: Params) -> Json:
    """sendDocument."""
    return await _send(world, params, "document")


async def send_photo(world: World, params: Params) -> Json:
    """sendPhoto."""
    return await _send(world, params, "photo")


async def send_media_group(world: World, params: Params) -> list[Json]:
    """sendMediaGroup: an album of photos or of documents, never both."""
    wishes = params["media"]
    if not MIN_ALBUM <= len(wishes) <= MAX_ALBUM:
        raise bad_request(f"media group must include {MIN_ALBUM}-{MAX_ALBUM} items")
    place = writable_chat(world, params["chat_id"])
    album = [read_media(world, wish) for wish in wishes]
    if len({media.kind for media in album}) > 1:
        raise bad_request("document can't be mixed with other media types")
    together = world.new_album()
    sent = []
    for media in album:
        content = {"entities": media.entities, "kind": media.kind, "file": media.file, "album": together}
        sent.append(post(world, place, params, None, media.text, **content))
    return [message_json(world, message) for message in sent]


async def get_file(world: World, params: Params) -> Json:
    """getFile: the path serves under /file/bot<token>/."""
    info = world.files.info(params["file_id"])
    if info is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if info.size > MAX_DOWNLOAD:
        raise bad_request("file is too big")
    path = f"documents/{info.id}{Path(info.name).suffix}"
    return {"file_id": info.id, "file_unique_id": info.unique_id, "file_size": info.size, "file_path": path}
