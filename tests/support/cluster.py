"""A private PostgreSQL cluster from the machine's own binaries, on a Unix socket in a folder of its own.

`Cluster` is started and stopped by whoever holds it; a crash test may do with it what it likes. `python cluster.py
READY PID` keeps one for a whole test run in the background: it writes the address to the file READY and, when the
process PID ends in whatever way, stops the cluster and leaves nothing. Standard library only: it starts at once.
"""

import json
import os
import pwd
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

PATIENCE = 60.0  # seconds for a start or a stop on a busy machine
FORGETFUL = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
NAME = "zvonok_standby"
SETTINGS = ("listen_addresses=", "unix_socket_permissions=0700", "max_connections=200", "shared_buffers=64MB")


class Unavailable(Exception):
    """Says what this machine lacks to run a cluster."""


def find_binaries() -> Path:
    """The folder of initdb and postgres: ZVONOK_TEST_POSTGRES_BIN, else the PATH's, else Debian's newest."""
    given = os.environ.get("ZVONOK_TEST_POSTGRES_BIN")
    if given:
        if not (Path(given) / "initdb").exists():
            raise Unavailable(f"no initdb in {given}")
        return Path(given)
    on_path = shutil.which("initdb")
    if on_path and (Path(on_path).resolve().parent / "postgres").exists():
        return Path(on_path).resolve().parent
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise Unavailable("no initdb on the PATH nor in /usr/lib/postgresql")
    return found[-1].parent


def as_postgres() -> tuple[Sequence[str], "pwd.struct_passwd | None"]:
    """The words that turn root into the user postgres, and that user; nothing for anybody else."""
    if os.geteuid() != 0:
        return (), None
    if not shutil.which("setpriv"):
        raise Unavailable("run by root, and there is no setpriv")
    try:
        user = pwd.getpwnam("postgres")
    except KeyError:
        raise Unavailable("run by root, and there is no user postgres") from None
    return ("setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", "--"), user


class Cluster:
    """One cluster in `folder`, which must not exist yet; `durable` keeps every commit through a crash.

    `of`: it begins as a copy of that one and follows it (`standby`).
    """

    def __init__(self, folder: Path, *, durable: bool = False, of: "Cluster | None" = None) -> None:
        self.folder = folder
        self._binaries = find_binaries()
        self._prefix, self._user = as_postgres()
        self._settings = SETTINGS if durable else SETTINGS + FORGETFUL
        self._server: subprocess.Popen[bytes] | None = None
        if of is None:
            self._initialise()
        else:
            self._follow(of)

    @property
    def url(self) -> str:
        """SQLAlchemy's address of the database `postgres` here."""
        return f"postgresql+psycopg://postgres@/postgres?host={self.folder}"

    @property
    def runs(self) -> bool:
        """Whether the server hasn't ended by itself."""
        return self._server is not None and self._server.poll() is None

    def start(self) -> None:
        """Returns when the server answers; after a crash, when it has recovered."""
        settings = [word for setting in self._settings for word in ("-c", setting)]
        log = (self.folder / "server.log").open("ab")
        with log:
            self._server = subprocess.Popen(
                [
                    *self._prefix,
                    str(self._binaries / "postgres"),
                    "-D",
                    str(self.folder / "data"),
                    "-k",
                    str(self.folder),
                    *settings,
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            if self._server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{(self.folder / 'server.log').read_text()[-2000:]}")
            time.sleep(0.05)

    def standby(self, folder: Path, *, waits: bool = True) -> "Cluster":
        """A copy of this running server, begun and following it; where it `waits`, a commit here waits for the copy."""
        made = Cluster(folder, durable=True, of=self)
        made.start()
        if waits:
            self.tell(f"ALTER SYSTEM SET synchronous_standby_names = '\"{NAME}\"'", "SELECT pg_reload_conf()")
        deadline = time.monotonic() + PATIENCE
        wanted = "sync" if waits else "async"
        while wanted not in self.tell("SELECT sync_state FROM pg_stat_replication WHERE state = 'streaming'"):
            assert time.monotonic() < deadline, "the standby does not follow"
            time.sleep(0.05)
        return made

    def falls_behind(self) -> None:
        """A standby that receives nothing from now on."""
        self.tell("ALTER SYSTEM SET primary_conninfo = ''", "SELECT pg_reload_conf()")

    def promote(self) -> None:
        """Makes a standby the primary, as an operator's tool does; returns when it takes writes."""
        self.tell("ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_promote(true, 60)")

    def tell(self, *statements: str) -> str:
        """Runs statements one by one; what the last of them said."""
        words = [word for statement in statements for word in ("-c", statement)]
        told = subprocess.run(
            [str(self._binaries / "psql"), "-X", "-A", "-t", "-q", "-h", str(self.folder), "-U", "postgres", *words],
            check=True,
            capture_output=True,
            text=True,
            cwd="/",
        )
        return told.stdout.strip()

    def stop(self) -> None:
        """Drops the connections and stops in order."""
        self._end(signal.SIGINT)

    def crash(self) -> None:
        """Stops at once and leaves recovery to the next start, as a power cut does."""
        self._end(signal.SIGQUIT)

    def remove(self) -> None:
        """Stops, where it runs, and deletes the folder."""
        self.crash()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _make_folder(self) -> None:
        self.folder.mkdir(parents=True, mode=0o700)
        if self._user:
            os.chown(self.folder, self._user.pw_uid, self._user.pw_gid)

    def _follow(self, of: "Cluster") -> None:
        self._make_folder()
        source = f"host={of.folder} user=postgres application_name={NAME}"
        words = ["-D", str(self.folder / "data"), "-d", source, "-X", "stream", "-R", "-c", "fast", "--no-sync"]
        subprocess.run(
            [*self._prefix, str(self._binaries / "pg_basebackup"), *words], check=True, capture_output=True, cwd="/"
        )

    def _initialise(self) -> None:
        self._make_folder()
        words = [
            "-D",
            str(self.folder / "data"),
            "-U",
            "postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
        ]
        subprocess.run(
            [*self._prefix, str(self._binaries / "initdb"), *words, "--no-sync", "--no-instructions"],
            check=True,
            capture_output=True,
            cwd="/",
        )

    def _answers(self) -> bool:
        answer = subprocess.run(
            [str(self._binaries / "pg_isready"), "-q", "-h", str(self.folder), "-U", "postgres"], check=False, cwd="/"
        )
        return answer.returncode == 0

    def _end(self, number: signal.Signals) -> None:
        if self._server and self._server.poll() is None:
            self._server.send_signal(number)
            self._server.wait(PATIENCE)
        self._server = None


def new_folder() -> Path:
    """A name for a cluster's folder that the user postgres can reach and a socket's path can hold."""
    base = "/tmp" if os.access("/tmp", os.W_OK) else None
    parent = Path(tempfile.mkdtemp(prefix="zvonok-pg-", dir=base))
    parent.chmod(0o755)
    return parent / "cluster"


def keep(ready: Path, owner: int) -> None:
    """Runs a cluster until the process `owner` is gone or asks with SIGTERM; its address, or why there is none, and our
    own number go into `ready`, which vanishes when all is cleared away."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    folder = new_folder()
    try:
        cluster = Cluster(folder)
        try:
            cluster.start()
            write(ready, {"pid": os.getpid(), "url": cluster.url})
            wait_for_end(owner)
        finally:
            cluster.remove()
            ready.unlink(missing_ok=True)
    except Unavailable as why:
        write(ready, {"unavailable": str(why)})
    except (OSError, RuntimeError, subprocess.CalledProcessError) as error:
        write(ready, {"failed": str(error)})
    finally:
        shutil.rmtree(folder.parent, ignore_errors=True)


def write(path: Path, said: dict[str, object]) -> None:
    unfinished = path.with_suffix(".new")
    unfinished.write_text(json.dumps(said))
    unfinished.rename(path)


def wait_for_end(process: int) -> None:
    try:
        descriptor = os.pidfd_open(process)
    except ProcessLookupError:
        return
    except AttributeError:  # not Linux
        while alive(process):
            time.sleep(0.5)
        return
    select.select([descriptor], [], [])


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__" and os.fork() == 0:  # nobody's child: whoever asked first may end before the others
    keep(Path(sys.argv[1]), int(sys.argv[2]))
