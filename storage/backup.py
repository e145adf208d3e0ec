"""A copy of the whole base made in one step, and the base put back from one; SQLite and PostgreSQL.

Whatever is being written meanwhile, the copy is one moment's. On PostgreSQL it is the work of pg_dump and pg_restore.
"""

import os
import re
import sqlite3
import subprocess
from contextlib import closing, suppress
from itertools import chain, count
from pathlib import Path

from sqlalchemy import URL

from storage.engine import normalised
from storage.postgresql import address

PATIENCE = 3600.0  # seconds for pg_dump or pg_restore
# What storage.repositories.holding does after a restore, as a part of what is put back: nobody who starts a service on
# the new base, however early, sends from it.
SILENT = (
    "UPDATE item SET hold = 'restore', rev = rev + 1 WHERE state = 'waiting' AND hold IS NULL",
    "UPDATE letter SET state = 'closed', outcome = 'restored' WHERE state IN ('sending', 'unknown')",
    "INSERT INTO owner (bot_id, holder, epoch, leased_until) VALUES (0, '', 0, CURRENT_TIMESTAMP) "
    "ON CONFLICT DO NOTHING",
    "UPDATE owner SET paused_at = CURRENT_TIMESTAMP",
)
IF_KNOWN = "DO $$ BEGIN {}; EXCEPTION WHEN undefined_table OR undefined_column THEN NULL; END $$"


class BackupFailed(Exception):
    """The base, or a copy of it, could not be read or written; the text says what was wrong, with no data in it."""


class NoPostgresTools(BackupFailed):
    """pg_dump or pg_restore isn't installed here."""


class BaseNotEmpty(BackupFailed):
    """There is something where the copy should be put."""


def is_sqlite(database_url: str) -> bool:
    """Whether the base is a SQLite file."""
    return normalised(database_url).get_backend_name() == "sqlite"


def is_there(database_url: str) -> bool:
    """Whether there is anything to open: to open a SQLite file is to make it, and then a restore would find it."""
    url = normalised(database_url)
    return url.get_backend_name() != "sqlite" or _file(url).exists()


def copy_out(database_url: str, path: Path) -> None:
    """Write a copy of the base to a new file. Blocks; raises BackupFailed, NoPostgresTools."""
    url = normalised(database_url)
    if url.get_backend_name() == "sqlite":
        _sqlite_out(_file(url), path)
    else:
        _run(["pg_dump", "--format=custom", "--no-owner", "--no-acl", f"--file={path}", *_where(url)], url)


def check(database_url: str, path: Path) -> None:
    """Read a copy through: every page of a SQLite file, every row of a dump. Blocks; raises BackupFailed."""
    if is_sqlite(database_url):
        _sqlite_check(path)
    else:
        _run(["pg_restore", f"--file={os.devnull}", str(path)], None)


def dump_version() -> int:
    """The major version of pg_dump, which must not be older than the server. Blocks; raises BackupFailed."""
    said = re.search(r"\d+", _run(["pg_dump", "--version"], None))
    if said is None:
        raise BackupFailed("pg_dump doesn't tell its version")
    return int(said[0])


def quick_check(database_url: str) -> None:
    """Look through the pages of the SQLite base itself. Blocks; raises BackupFailed."""
    try:
        with _opened(_file(normalised(database_url))) as base:
            said = base.execute("PRAGMA quick_check").fetchone()[0]
    except sqlite3.Error as error:
        raise BackupFailed(type(error).__name__) from error
    if said != "ok":
        raise BackupFailed("the base is damaged")


def counts(database_url: str, path: Path) -> dict[str, int]:
    """How many rows each table of a copied SQLite file has; empty for a dump."""
    if not is_sqlite(database_url):
        return {}
    with _opened(path) as base:
        names = [row[0] for row in base.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        return {name: base.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608


def put_back(database_url: str, path: Path, *, replace: bool) -> None:
    """Make the base of a copy, its post paused. Blocks.

    Raises BaseNotEmpty unless `replace`, BackupFailed, NoPostgresTools. A SQLite file that is replaced stays beside the
    new one, as «….before-restore», later ones as «….before-restore-2» and so on.
    """
    url = normalised(database_url)
    if url.get_backend_name() == "sqlite":
        _sqlite_back(path, _file(url), replace=replace)
    else:
        _postgresql_back(path, url, replace=replace)


def _file(url: URL) -> Path:
    if not url.database or url.database == ":memory:":
        raise BackupFailed("a base in memory has no copy")
    return Path(url.database)


def _opened(path: Path) -> "closing[sqlite3.Connection]":
    return closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True))


def _sqlite_out(source: Path, path: Path) -> None:
    if not source.exists():
        raise BackupFailed("there is no base yet")
    try:
        with _opened(source) as base:
            base.execute("PRAGMA busy_timeout=5000")
            base.execute("VACUUM INTO ?", (str(path),))
    except sqlite3.Error as error:
        raise BackupFailed(type(error).__name__) from error


def _sqlite_check(path: Path) -> None:
    try:
        with _opened(path) as base:
            said = base.execute("PRAGMA integrity_check").fetchone()[0]
            broken = base.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.Error as error:
        raise BackupFailed(type(error).__name__) from error
    if said != "ok" or broken is not None:
        raise BackupFailed("the copy is damaged")


def _sqlite_back(path: Path, target: Path, *, replace: bool) -> None:
    """The new file is whole and on the disk before the old one makes room: without space nothing has changed."""
    if target.exists() and not replace:
        raise BaseNotEmpty("the file exists")
    target.parent.mkdir(parents=True, exist_ok=True)
    whole = target.with_name(target.name + ".restoring")
    try:
        whole.write_bytes(b"")
        whole.chmod(0o600)
        with path.open("rb") as source, whole.open("wb") as made:
            while chunk := source.read(1 << 20):
                made.write(chunk)
        _sqlite_silence(whole)
        with whole.open("rb") as made:
            os.fsync(made.fileno())
        if target.exists():
            _sqlite_aside(target)
        os.replace(whole, target)
    finally:
        whole.unlink(missing_ok=True)


def _sqlite_silence(whole: Path) -> None:
    """Pause the post of a base that nobody has opened yet."""
    try:
        with closing(sqlite3.connect(whole)) as base:
            base.execute("PRAGMA journal_mode=MEMORY")  # no log beside that would have to move with it
            for statement in SILENT:
                try:
                    base.execute(statement)
                except sqlite3.OperationalError as error:
                    if error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
                        raise
                    # An early version of ours knew no pause: there is no such column.
            base.commit()
    except sqlite3.Error as error:
        raise BackupFailed(type(error).__name__) from error


def _sqlite_aside(target: Path) -> None:
    """The base stays beside as «….before-restore», with what still stood in its log; its name is never free."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(target)) as base:  # it may be damaged: why it is restored
        base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = _free_name(target)
    before.unlink(missing_ok=True)
    try:
        os.link(target, before)
    except OSError:  # a disk that knows no second names
        os.replace(target, before)
    for suffix in ("-wal", "-shm"):
        target.with_name(target.name + suffix).unlink(missing_ok=True)


def _free_name(target: Path) -> Path:
    """Where the base may stay: what an earlier restore put aside may be all there is of the last days."""
    for ending in chain([""], map("-{}".format, count(2))):
        name = target.with_name(f"{target.name}.before-restore{ending}")
        if not name.exists() or name.samefile(target):
            break
    return name


def _postgresql_back(path: Path, url: URL, *, replace: bool) -> None:
    """The dump as a script, and after it the pause: all of it is one transaction."""
    if not replace and _tables(url):
        raise BaseNotEmpty("the base has tables")
    clean = ["--clean", "--if-exists"] if replace else []
    script = path.with_name(path.name + ".sql")
    _run(["pg_restore", "--no-owner", "--no-acl", *clean, f"--file={script}", str(path)], None)
    commands = [f"--command={one}" for one in ("RESET search_path", *map(IF_KNOWN.format, SILENT))]
    psql = ["psql", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", f"--file={script}"]
    _run([*psql, *commands, *_where(url)], url)


def _where(url: URL) -> list[str]:
    return [f"--dbname={address(url)}"]


def _tables(url: URL) -> bool:
    question = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
    said = _run(["psql", "--no-psqlrc", "--tuples-only", f"--command={question}", *_where(url)], url)
    return said.strip() != "0"


def _run(command: list[str], url: URL | None) -> str:
    """Run one of PostgreSQL's tools; the password goes by the environment, where no list of processes shows it."""
    environment = dict(os.environ)
    if url is not None:
        environment |= {} if url.password is None else {"PGPASSWORD": url.password}
    try:
        done = subprocess.run(  # noqa: S603 - our own words and a file's name
            command, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except FileNotFoundError:
        raise NoPostgresTools(command[0]) from None
    except subprocess.TimeoutExpired:
        raise BackupFailed(f"{command[0]} took too long") from None
    if done.returncode != 0:
        raise BackupFailed(f"{command[0]} ended with {done.returncode}")
    return done.stdout
