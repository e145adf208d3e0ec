"""Files that travel through the chats, kept on disk or in memory."""

from __future__ import annotations

import mimetypes
import secrets
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from bot.sandbox.state import FileInfo, Json

KEPT_BYTES = 256 << 20


def image_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG, GIF or JPEG; None for anything else."""
    if data[:8] == b"\x89PNG\r\n\x1a\n" and len(data) >= 24:
        return int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
    if data[:6] in (b"GIF87a", b"GIF89a") and len(data) >= 10:
        return int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")
    if data[:2] == b"\xff\xd8":
        return _jpeg_size(data)
    return None


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4])
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return int.from_bytes(data[at + 7 : at + 9]), int.from_bytes(data[at + 5 : at + 7])
        at += 2 + length
    return None


class FileStore:
    """Bytes by file id, in `directory` or in memory; the oldest go when all together outgrow KEPT_BYTES."""

    def __init__(self, directory: Path | None = None) -> None:
        self._directory = directory
        self._memory: dict[str, bytes] = {}
        self._infos: dict[str, FileInfo] = {}
        self._total = 0

    def put(self, data: bytes, name: str, mime: str | None = None) -> FileInfo:
        """Store bytes under a new id; the type is guessed from the name if not given."""
        mime = mime or mimetypes.guess_type(name)[0] or "application/octet-stream"
        width, height = image_size(data) or (None, None)
        id_ = f"pocket-{secrets.token_urlsafe(24)}"
        info = FileInfo(id_, secrets.token_urlsafe(9), name, mime, len(data), width, height)
        self._write(id_, data)
        self._infos[id_] = info
        self._total += info.size
        while self._total > KEPT_BYTES and len(self._infos) > 1:
            self._forget(next(iter(self._infos)))
        return info

    def info(self, file_id: str) -> FileInfo | None:
        """What is known of a file; None if there is no such."""
        return self._infos.get(file_id)

    def read(self, file_id: str) -> bytes:
        """The bytes; KeyError if there is no such file."""
        self._infos[file_id]
        if self._directory is None:
            return self._memory[file_id]
        return (self._directory / file_id).read_bytes()

    def clear(self) -> None:
        """Forget everything."""
        for id_ in list(self._infos):
            self._forget(id_)

    def to_saved(self) -> list[Json]:
        """The index for the snapshot; nothing if the bytes are only in memory."""
        return [asdict(info) for info in self._infos.values()] if self._directory else []

    def restore(self, saved: Iterable[Json]) -> None:
        """The reverse of to_saved; files that are gone from the disk are left out."""
        for row in saved:
            info = FileInfo(**row)
            if self._directory and (self._directory / info.id).exists():
                self._infos[info.id] = info
                self._total += info.size

    def _write(self, id_: str, data: bytes) -> None:
        if self._directory is None:
            self._memory[id_] = data
            return
        self._directory.mkdir(parents=True, exist_ok=True)
        (self._directory / id_).write_bytes(data)

    def _forget(self, id_: str) -> None:
        self._total -= self._infos.pop(id_).size
        self._memory.pop(id_, None)
        if self._directory:
            (self._directory / id_).unlink(missing_ok=True)
