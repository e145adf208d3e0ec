"""`./zvonok doctor`: looks at everything an installation stands on, and says in words what is wrong."""

import asyncio
import sys
from typing import Any

import click

from bot import checks_machine, checks_messenger
from bot.backups import make_audit_chain, make_backups
from bot.commands_base import make_clock, run_async
from bot.settings import Settings, WrongToken, bot_id_of, read_settings
from bot.whoami import DEMO_BOT
from services import doctor as looks
from services.clock import machine_now
from services.doctor import Finding
from services.i18n import gettext as _
from storage import backup
from storage.backup import BackupFailed
from storage.engine import normalised
from storage.postgresql import has_several_hosts
from storage.repositories.standing_by import server_version
from storage.schema import is_current, is_empty, is_newer
from storage.uow import Storage
from storage.vocabulary import BotId


@click.command(help=_("Look at everything the service stands on, and say what is wrong."))
@run_async
async def doctor() -> None:
    """Print one line a finding; exit code 1 if something is wrong."""
    settings = read_settings()
    facts = await checks_messenger.of_this_process(settings)
    found = [
        *await checks_messenger.of_the_messenger(settings),
        *await asyncio.to_thread(_machine, settings),
        *await _base(settings, facts),
        *(checks_messenger.of_its_post(facts) if facts is not None else ()),
        *await asyncio.to_thread(looks.of_backups, make_backups(settings), machine_now()),
    ]
    for one in found:
        click.echo(_sign(one) + one.text)
    if not all(one.good for one in found):
        sys.exit(1)


def _sign(one: Finding) -> str:
    if not one.good:
        return "❌ "
    return "▫️ " if one.advice else "✅ "


def _machine(settings: Settings) -> list[Finding]:
    """Disks and files."""
    backups = make_backups(settings)
    there = backups.all()
    return [
        *checks_machine.of_the_disks(settings, next(iter(there), None)),
        *checks_machine.of_the_secrets(settings, there, is_encrypted=backups.is_encrypted),
    ]


async def _base(settings: Settings, facts: dict[str, Any] | None) -> list[Finding]:
    """The base: there, of this version, sound; who runs the bot, and the post."""
    storage = None
    try:
        there = backup.is_there(settings.database)
        storage = Storage(settings.database) if there else None
        if storage is None or await is_empty(storage):
            return [_empty(settings)]
        if await is_newer(storage):
            text = _(
                "Base: of a later version of the program. Bring the program up to date, or restore an older backup."
            )
            return [Finding(False, text)]
        if not await is_current(storage):
            return [Finding(False, _("Base: of another version. Bring it up to date: ./zvonok migrate"))]
        return await _sound_base(settings, storage, facts)
    except Exception as error:  # whatever the driver says: the doctor must go on to the next
        text = _("Base: can't be opened ({error}). Check DATABASE_URL and whether the server runs.")
        return [Finding(False, text.format(error=type(error).__name__))]
    finally:
        if storage is not None:
            await storage.close()


async def _sound_base(settings: Settings, storage: Storage, facts: dict[str, Any] | None) -> list[Finding]:
    clock = make_clock(settings)
    several = has_several_hosts(normalised(settings.database))
    async with storage.reading() as uow:
        server = await server_version(uow)
    return [
        *await asyncio.to_thread(_pages, settings.database),
        *await looks.of_the_server(storage, machine_now(), several=several),
        await _audit(settings, storage),
        await looks.of_the_owner(storage, _bot_id(settings), None if facts is None else facts["role"]),
        *await looks.of_the_post(storage, clock),
        *await asyncio.to_thread(checks_machine.of_the_programs, settings, server),
    ]


def _empty(settings: Settings) -> Finding:
    if settings.is_demo:
        return Finding(False, _("Base: the demo school isn't there yet. It comes with: ./zvonok run"))
    return Finding(False, _("Base: empty. Begin with: ./zvonok school new school.toml"))


def _bot_id(settings: Settings) -> BotId | None:
    """Whose lease to look for; None for a token that is none, of which the messenger's line speaks."""
    try:
        return DEMO_BOT if settings.is_demo else bot_id_of(settings)
    except WrongToken:
        return None


def _pages(database_url: str) -> list[Finding]:
    if not backup.is_sqlite(database_url):
        return [Finding(True, _("Base: PostgreSQL, of this version."))]
    try:
        backup.quick_check(database_url)
    except BackupFailed:
        return [Finding(False, _("Base: the file is damaged. Stop the service and restore a backup: ./zvonok restore"))]
    return [Finding(True, _("Base: SQLite, of this version, sound."))]


async def _audit(settings: Settings, storage: Storage) -> Finding:
    if settings.secret_key is None and not (settings.data_dir / "secret.key").exists():
        text = _(
            "Key: there is neither SECRET_KEY nor {path}. Without it printed codes don't work and the audit can't be "
            "checked: take it from a backup or from the other machine."
        )
        return Finding(False, text.format(path=settings.data_dir / "secret.key"))
    return await looks.of_the_audit(make_audit_chain(settings, storage, make_clock(settings)))
