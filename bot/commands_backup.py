"""Commands about copies of the base: make, verify, restore (docs/operation.md)."""

import asyncio
from pathlib import Path

import click
from babel.numbers import format_decimal
from sqlalchemy.exc import DBAPIError

from bot.backups import make_audit_chain, make_backups
from bot.commands_base import bring_up_to_date, make_clock, run_async
from bot.settings import Settings, read_settings
from services.backups import Kept
from services.doctor import Finding, of_the_audit
from services.i18n import gettext as _
from services.i18n import ngettext, spoken
from services.outbox.holding import Holding
from storage.backup import is_there
from storage.backup_file import new_key
from storage.schema import is_current, is_empty, is_newer
from storage.uow import Storage


@click.group(invoke_without_command=True, help=_("Copy the base into BACKUP_DIR, and read the copy through."))
@click.pass_context
def backup(context: click.Context) -> None:
    """Make a backup now, unless a subcommand is named."""
    if context.invoked_subcommand is not None:
        return
    settings = read_settings()
    backups = make_backups(settings)
    made = backups.make(make_clock(settings).now())
    click.echo(_("Made and verified: {name}").format(name=_said(made)))
    if not backups.is_encrypted:
        click.echo(_("It is not encrypted: BACKUP_KEY isn't set. A key: ./zvonok backup key"), err=True)


@backup.command("list", help=_("The backups there are."))
def list_() -> None:
    """Print them, the newest first."""
    found = make_backups(read_settings()).all()
    for one in found:
        click.echo(_said(one))
    if not found:
        click.echo(_("There is no backup yet."))


@backup.command("key", help=_("A new key for BACKUP_KEY. Keep it apart from the backups."))
def key() -> None:
    """Print a new key."""
    click.echo(new_key())


@click.command(help=_("Read a backup through; without a file the newest one, and the audit's seals and anchors."))
@click.argument(
    "file", metavar=_("[FILE]"), required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
def verify(file: Path | None) -> None:
    """Read a backup through."""
    backups = make_backups(read_settings())
    newest = next(iter(backups.all()), None)
    if file is None and newest is None:
        raise click.ClickException(_("There is no backup yet."))
    path = file or (newest.path if newest is not None else Path())
    found = backups.verify(path)
    click.echo(_("{name} is whole: {when}").format(name=path.name, when=f"{found.made_at:%Y-%m-%d %H:%M} UTC"))
    if found.rows:
        click.echo(ngettext("It holds {count} row.", "It holds {count} rows.", found.rows).format(count=found.rows))
    if read_settings().secret_key is not None:
        click.echo(_("The settings are not in it: keep that file too, SECRET_KEY in it above all."))
    elif not found.secret_key:
        click.echo(_("secret.key is not in it: keep it yourself, or printed codes stop working after a restore."))
    if file is None:
        _verify_audit(asyncio.run(_audit()))


async def _audit() -> Finding | None:
    """What the seals and anchors of the base itself say; None where there is no base of this version to ask."""
    settings = read_settings()
    if not is_there(settings.database):
        return None
    storage = Storage(settings.database)
    try:
        if not await is_current(storage):
            return None
        return await of_the_audit(make_audit_chain(settings, storage, make_clock(settings)))
    finally:
        await storage.close()


def _verify_audit(finding: Finding | None) -> None:
    if finding is not None and not finding.good:
        raise click.ClickException(finding.text)
    if finding is not None:
        click.echo(finding.text)


async def _ensure_silent(settings: Settings) -> None:
    """No service may write into a base that is about to go, nor send from the one that comes before it is held."""
    if not is_there(settings.database):
        return
    storage = Storage(settings.database)
    try:
        if not await is_empty(storage):
            await Holding(storage, make_clock(settings)).ensure_silent()
    except DBAPIError:
        pass  # it is damaged, or isn't there: why somebody restores
    finally:
        await storage.close()


@click.command(help=_("Make the base of a backup. Nothing is sent afterwards until `delivery release` or `drop`."))
@click.argument("file", metavar=_("FILE"), type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--replace", is_flag=True, help=_("Replace the base that is there; a SQLite file stays beside it."))
@run_async
async def restore(file: Path, replace: bool) -> None:
    """Put the base back, and hold the post."""
    settings = read_settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    await _ensure_silent(settings)
    found = await asyncio.to_thread(make_backups(settings).restore, file, replace=replace)
    storage = Storage(settings.database)
    try:
        if await is_newer(storage):  # whoever updates the program finds the base silent too
            await Holding(storage, make_clock(settings)).quarantine()
        await bring_up_to_date(storage)
        held = await Holding(storage, make_clock(settings)).quarantine()
        await make_audit_chain(settings, storage, make_clock(settings)).note_restored()
    finally:
        await storage.close()
    click.echo(_("The base of {when} is back.").format(when=f"{found.made_at:%Y-%m-%d %H:%M} UTC"))
    click.echo(ngettext("{count} item is held.", "{count} items are held.", held).format(count=held))
    click.echo(
        _(
            "Nothing is sent until you decide: ./zvonok delivery drop (families have got these letters) or "
            "./zvonok delivery release (they have not)."
        )
    )


def _said(one: Kept) -> str:
    size = format_decimal(max(one.size, 100_000) / 1_000_000, "0.0", locale=spoken())
    return _("{name}  {size} MB").format(name=one.path.name, size=size)
