"""`./zvonok move`: the whole school from one base to another, say from SQLite to PostgreSQL (docs/deployment.md)."""

import click

from bot.commands_base import opened, run_async
from services.i18n import gettext as _
from services.i18n import ngettext
from services.moving import Moving

MANY = 10_000  # rows of a table that are worth a line


@click.command(help=_("Copy the whole base into another, empty one, for instance from SQLite to PostgreSQL."))
@click.option(
    "--to",
    "address",
    required=True,
    envvar="MOVE_TO",
    help=_("The new base's address; in the variable MOVE_TO its password shows in no list of processes."),
)
@run_async
async def move(address: str) -> None:
    """Copy, compare, pause both posts, and say what comes next."""

    def tell(table: str, rows: int) -> None:
        if rows >= MANY:
            click.echo(f"{table}: {rows}", err=True)

    async with opened() as (_settings, storage, clock):
        moved = await Moving(storage, clock).to(address, tell)
    rows = sum(moved.values())
    click.echo(
        ngettext("Copied and compared: {count} row.", "Copied and compared: {count} rows.", rows).format(count=rows)
    )
    click.echo(_("Now write the new address into DATABASE_URL, start the service and look: ./zvonok doctor"))
    click.echo(_("Neither base sends anything until you say in the new one: ./zvonok delivery release"))
