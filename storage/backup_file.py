"""The file a backup is kept in: a packed folder, encrypted with age where a key is given, its SHA-256 beside it.

age (age-encryption.org) is an open format: a school opens its backups with any tool of it, without this program.
"""

import hashlib
import json
import os
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyrage

from storage.backup import BackupFailed

PLAIN, SECRET = ".tar.gz", ".tar.gz.age"
SUM = ".sha256"
MANIFEST = "manifest.json"
CHUNK = 1 << 20


class Damaged(BackupFailed):
    """The file isn't what was written: its SHA-256 differs, or it can't be unpacked."""


class WrongKey(BackupFailed):
    """The key doesn't open the file, or none was given."""


class NotAKey(WrongKey):
    """What was given as a key is none of age's."""


def new_key() -> str:
    """A key that opens and makes backups: AGE-SECRET-KEY-1…"""
    return str(pyrage.x25519.Identity.generate())


def public_of(key: str) -> str:
    """The half of a key that only makes backups: age1…; raises NotAKey."""
    return str(_recipient(key))


def pack(folder: Path, manifest: Mapping[str, Any], target: Path, key: str | None) -> Path:
    """Pack a folder and what is said of it; the finished file, whose name ends in `.tar.gz` or `.tar.gz.age`.

    It appears under its name only when it is whole and on the disk. Blocks; raises WrongKey.
    """
    (folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
    packed = folder.with_suffix(PLAIN)
    with tarfile.open(packed, "w:gz", compresslevel=6) as archive:
        for one in sorted(folder.iterdir()):
            archive.add(one, one.name)
    made = packed
    if key is not None:
        made = folder.with_suffix(SECRET)
        pyrage.encrypt_file(str(packed), str(made), [_recipient(key)])
        packed.unlink()
    final = target.with_name(target.name + (SECRET if key is not None else PLAIN))
    made.chmod(0o600)
    _to_disk(made)
    final.with_name(final.name + SUM).write_text(f"{sha256(made)}  {final.name}\n", encoding="ascii")
    os.replace(made, final)
    return final


def unpack(path: Path, folder: Path, key: str | None) -> dict[str, Any]:
    """Check a backup's SHA-256, open it and unpack it into a folder; what is said of it.

    Blocks; raises Damaged, WrongKey.
    """
    ensure_whole(path)
    packed = path
    if path.name.endswith(SECRET):
        packed = folder / "packed"
        try:
            pyrage.decrypt_file(str(path), str(packed), [_identity(key)])
        except pyrage.DecryptError as error:
            raise WrongKey("the key doesn't open this file") from error
    try:
        with tarfile.open(packed, "r:gz") as archive:
            archive.extractall(folder, filter="data")
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (tarfile.TarError, OSError, EOFError, ValueError) as error:
        raise Damaged(type(error).__name__) from error
    return manifest


def ensure_whole(path: Path) -> None:
    """Raises Damaged where the file is not there, or not the one its SHA-256 was taken of."""
    beside = path.with_name(path.name + SUM)
    if not path.exists() or not beside.exists():
        raise Damaged("the file or its SHA-256 is missing")
    if beside.read_text(encoding="ascii").split()[:1] != [sha256(path)]:
        raise Damaged("the SHA-256 differs")


def sha256(path: Path) -> str:
    """The file's SHA-256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _to_disk(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _recipient(key: str) -> Any:
    try:
        if key.startswith("AGE-SECRET-KEY-"):
            return pyrage.x25519.Identity.from_str(key).to_public()
        return pyrage.x25519.Recipient.from_str(key)
    except (pyrage.IdentityError, pyrage.RecipientError) as error:
        raise NotAKey("BACKUP_KEY is no key of age") from error


def _identity(key: str | None) -> Any:
    if key is None or not key.startswith("AGE-SECRET-KEY-"):
        raise WrongKey("this backup opens only with its secret key")
    try:
        return pyrage.x25519.Identity.from_str(key)
    except pyrage.IdentityError as error:
        raise NotAKey("BACKUP_KEY is no key of age") from error
