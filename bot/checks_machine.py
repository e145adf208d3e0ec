"""What the doctor looks at on this machine: room on the disks, who may read the secrets, the programs of PostgreSQL."""

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from babel.numbers import format_decimal

from bot.disks import FREE, folders, free_bytes
from bot.settings import SECRETS, Settings, env_file
from services.backups import Kept
from services.doctor import Finding
from services.i18n import gettext as _
from services.i18n import spoken
from storage import backup
from storage.backup import BackupFailed

PEOPLE = stat.S_IRWXG | stat.S_IRWXO  # everybody but the owner
STRANGERS = stat.S_IRWXO


def of_the_disks(settings: Settings, newest: Kept | None) -> list[Finding]:
    """Room for the base and for the next backup. Blocks."""
    found = []
    for place, folder in folders(settings).items():
        free = free_bytes(folder)
        said = _("Disk: {free} GB free.") if place == "data" else _("Disk of the backups: {free} GB free.")
        text = said.format(free=format_decimal(free / 1e9, "0.0", locale=spoken()))
        if free < FREE:
            found.append(Finding(False, text + " " + _("Make room: a full disk stops the service.")))
        elif place == "backups" and newest is not None and free < 3 * newest.size:
            found.append(Finding(False, text + " " + _("The next backup may not find room.")))
        else:
            found.append(Finding(True, text))
    return found


def of_the_secrets(settings: Settings, backups: Iterable[Kept], *, is_encrypted: bool) -> list[Finding]:
    """Files that only their owner may read: settings, keys, the base; backups that are not encrypted. Blocks."""
    secret = [env_file(), settings.data_dir / "secret.key", *_named_by_the_environment()]
    if settings.database.startswith("sqlite:///"):
        secret.append(Path(settings.database.removeprefix("sqlite:///")))
    secret += [one.path for one in backups if not (is_encrypted and one.path.suffix == ".age")]
    open_ones = [path for path in secret if path.is_file() and path.stat().st_mode & PEOPLE]
    if not open_ones:
        return [Finding(True, _("Files: secrets are read by their owner only."))]
    text = _("Files: others may read {files}. Close them: chmod 600")
    shown = ", ".join(str(path) for path in open_ones[:3]) + (" …" if len(open_ones) > 3 else "")
    return [Finding(False, text.format(files=shown))]


def of_the_programs(settings: Settings, server: int | None) -> list[Finding]:
    """Whether pg_dump is here and not older than the `server` (its major version); None: the base is SQLite. Blocks."""
    if server is None or settings.backup_dir is None:
        return []
    try:
        ours = backup.dump_version()
    except BackupFailed:
        text = _("Backups: pg_dump isn't here. Install PostgreSQL's client programs of version {version}.")
        return [Finding(False, text.format(version=server))]
    if ours >= server:
        return []
    text = _(
        "Backups: pg_dump is of version {ours}, the server of {version}: install the client programs of {version}."
    )
    return [Finding(False, text.format(ours=ours, version=server))]


def _named_by_the_environment() -> list[Path]:
    return [Path(os.environ[f"{name}_FILE"]) for name in SECRETS if os.environ.get(f"{name}_FILE")]
