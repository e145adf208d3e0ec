"""Backups of the base: made, verified, thinned out, put back (О 2.10; М директор в).

After a restore nothing is sent until the operator decides: an old copy knows of letters that families have got since.
"""

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from services.errors import SchoolError
from services.i18n import N_
from services.rules import retention
from storage import backup, backup_file
from storage.backup import BackupFailed, BaseNotEmpty, NoPostgresTools
from storage.backup_file import Damaged, NotAKey, WrongKey

NAME = "zvonok-{moment:%Y%m%dT%H%M%SZ}"
NAMED = re.compile(r"zvonok-(\d{8}T\d{6}Z)\.tar\.gz(?:\.age)?")
BASE = "base"
KEY = "secret.key"
OLD = timedelta(hours=26)  # a daily backup that is missing is noticed after this


class NoBackupFolder(SchoolError):
    """BACKUP_DIR is not set."""

    sentence = N_("Say where backups are kept: BACKUP_DIR in .env, best on another disk.")


class NoToolsForPostgres(SchoolError):
    """pg_dump, pg_restore or psql is missing."""

    sentence = N_("“{tool}” isn't on this machine. Install PostgreSQL's client programs and try again.")


class BackupDamaged(SchoolError):
    """The file isn't what was written."""

    sentence = N_("This backup is damaged and was not used: {name}. Take an earlier one.")


class BackupLocked(SchoolError):
    """The key doesn't open it."""

    sentence = N_(
        "The key doesn't open this backup. BACKUP_KEY must be the secret key it was made for: AGE-SECRET-KEY-1…"
    )


class NoBackupKey(SchoolError):
    """BACKUP_KEY is set to something that is no key."""

    sentence = N_(
        "BACKUP_KEY is no key. Put in the whole line that ./zvonok backup key prints, or its open half, age1…"
    )


class BackupNotMade(SchoolError):
    """Something went wrong underneath."""

    sentence = N_("The backup didn't succeed: {problem}.")


class BaseIsThere(SchoolError):
    """The target isn't empty."""

    sentence = N_(
        "There is a base already. Stop the service and say --replace if it is to be replaced; a SQLite file stays "
        "beside it."
    )


@dataclass(frozen=True, slots=True)
class Kept:
    """A backup in the folder."""

    path: Path
    made_at: datetime
    size: int


@dataclass(frozen=True, slots=True)
class Verified:
    """What a backup that was read through holds; `rows` 0 where the engine's tools don't tell."""

    made_at: datetime
    engine: str
    rows: int
    secret_key: bool


class Backups:
    """Keeps copies of one base in a folder. Everything here blocks: call it in a thread."""

    def __init__(self, database_url: str, folder: Path | None, key: str | None, key_file: Path | None) -> None:
        self._url = database_url
        self._folder = folder
        self._key = key
        self._key_file = key_file  # what hashes the codes; goes along where the backup is encrypted

    @property
    def is_set_up(self) -> bool:
        """Whether there is a folder for them."""
        return self._folder is not None

    @property
    def is_encrypted(self) -> bool:
        """Whether new ones are encrypted."""
        return self._key is not None

    @property
    def has_a_wrong_key(self) -> bool:
        """Whether new ones can't be made, since what is given as a key is none."""
        try:
            return self._key is not None and not backup_file.public_of(self._key)
        except NotAKey:
            return True

    def make(self, now: datetime) -> Kept:
        """Copy the base, read the copy through, pack it, read that through. Raises SchoolError with what to do."""
        folder = self._need_folder()
        with _said(folder.name), _workshop(folder) as room:
            packed = room / "packed"
            packed.mkdir()
            backup.copy_out(self._url, packed / BASE)
            backup.check(self._url, packed / BASE)
            manifest = self._manifest(packed, now)
            target = folder / NAME.format(moment=now.astimezone(UTC))
            path = backup_file.pack(packed, manifest, target, self._key)
            backup_file.ensure_whole(path)
        return Kept(path, now, path.stat().st_size)

    def verify(self, path: Path) -> Verified:
        """Open a backup and read its base through. Raises BackupDamaged, BackupLocked."""
        with _said(path.name), _workshop(None) as room:
            return self._opened(path, room)

    def restore(self, path: Path, *, replace: bool) -> Verified:
        """Make the base of a backup that was verified first. Raises BackupDamaged, BackupLocked, BaseIsThere."""
        with _said(path.name), _workshop(None) as room:
            found = self._opened(path, room)
            came = self._bring_key(room)
            try:
                backup.put_back(self._url, room / BASE, replace=replace)
            except BaseException:
                if came is not None:
                    came.unlink()
                raise
            return found

    def _bring_key(self, room: Path) -> Path | None:
        """Put the key of a copy where there is none, before its base: a service without a key would make a new one."""
        if self._key_file is None or self._key_file.exists() or not (room / KEY).exists():
            return None
        shutil.copyfile(room / KEY, self._key_file)
        self._key_file.chmod(0o600)
        return self._key_file

    def all(self) -> list[Kept]:
        """The backups in the folder, the newest first."""
        if self._folder is None or not self._folder.is_dir():
            return []
        found = []
        for path in self._folder.iterdir():
            named = NAMED.fullmatch(path.name)
            if named is not None:
                made_at = datetime.strptime(named[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
                found.append(Kept(path, made_at, path.stat().st_size))
        return sorted(found, key=lambda one: one.made_at, reverse=True)

    def thin_out(self) -> list[Path]:
        """Delete those that the retention doesn't keep; which."""
        there = self.all()
        keep = retention.kept([one.made_at for one in there])
        gone = [one.path for one in there if one.made_at not in keep]
        for path in gone:
            path.unlink()
            path.with_name(path.name + backup_file.SUM).unlink(missing_ok=True)
        return gone

    def is_old(self, now: datetime) -> bool:
        """Whether the newest is missing or too old."""
        newest = next(iter(self.all()), None)
        return newest is None or now - newest.made_at > OLD

    def _need_folder(self) -> Path:
        if self._folder is None:
            raise NoBackupFolder
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._folder

    def _manifest(self, packed: Path, now: datetime) -> dict[str, Any]:
        keeps_key = self._key is not None and self._key_file is not None and self._key_file.exists()
        if keeps_key and self._key_file is not None:
            shutil.copyfile(self._key_file, packed / KEY)
        return {
            "made_at": now.astimezone(UTC).isoformat(),
            "engine": "sqlite" if backup.is_sqlite(self._url) else "postgresql",
            "sha256": backup_file.sha256(packed / BASE),
            "rows": backup.counts(self._url, packed / BASE),
            "secret_key": keeps_key,
        }

    def _opened(self, path: Path, room: Path) -> Verified:
        manifest = backup_file.unpack(path, room, self._key)
        engine = "sqlite" if backup.is_sqlite(self._url) else "postgresql"
        if manifest["engine"] != engine:
            raise BackupFailed(f"it is of {manifest['engine']}, the base of {engine}")
        if backup_file.sha256(room / BASE) != manifest["sha256"]:
            raise Damaged("the base in it differs")
        backup.check(self._url, room / BASE)
        if backup.counts(self._url, room / BASE) != manifest["rows"]:
            raise Damaged("rows are missing")
        return Verified(
            datetime.fromisoformat(manifest["made_at"]), engine, sum(manifest["rows"].values()), manifest["secret_key"]
        )


@contextmanager
def _workshop(beside: Path | None) -> Iterator[Path]:
    """A folder to work in, on the disk of the backups where one is to become a backup; gone at the end."""
    with tempfile.TemporaryDirectory(prefix=".zvonok-", dir=beside) as room:
        yield Path(room)


@contextmanager
def _said(name: str) -> Iterator[None]:
    """What goes wrong underneath, as the sentence its reader can act on."""
    try:
        yield
    except Damaged as error:
        raise BackupDamaged(name=name) from error
    except NotAKey as error:
        raise NoBackupKey from error
    except WrongKey as error:
        raise BackupLocked from error
    except NoPostgresTools as error:
        raise NoToolsForPostgres(tool=str(error)) from error
    except BaseNotEmpty as error:
        raise BaseIsThere from error
    except BackupFailed as error:
        raise BackupNotMade(problem=str(error)) from error
    except OSError as error:
        raise BackupNotMade(problem=error.strerror or type(error).__name__) from error
