"""The schema's version: bringing a base up to date, and saying whether it is.

Alembic is imported where a base has to change: it and its templates are 14 MiB and a quarter of a second, which neither
the service on a base up to date nor the commands have a use for.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from storage.uow import Storage

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"


def _config(connection: Connection) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def newest() -> str:
    """The newest revision: migrations are named by their dates."""
    return max(path.stem for path in MIGRATIONS.glob("versions/2*.py"))


async def migrate(storage: Storage, revision: str = "head") -> None:
    """Bring the base to a revision, up or down, in one transaction."""
    if revision == "head" and await is_current(storage):
        return

    def run(connection: Connection) -> None:
        from alembic import command

        if revision == "base" or revision.startswith("-"):
            command.downgrade(_config(connection), revision)
        else:
            command.upgrade(_config(connection), revision)

    async with storage.writer.begin() as connection:
        await connection.run_sync(run)


async def is_empty(storage: Storage) -> bool:
    """Whether the base was never migrated."""
    return await _revision(storage) is None


async def is_newer(storage: Storage) -> bool:
    """Whether the base was migrated by a later version of the program, which this one doesn't know."""
    return (await _revision(storage) or "") > newest()


async def is_current(storage: Storage) -> bool:
    """Whether the base stands at the newest revision."""
    return await _revision(storage) == newest()


async def _revision(storage: Storage) -> str | None:
    def read(connection: Connection) -> str | None:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return found

    async with storage.reader.connect() as connection:
        return await connection.run_sync(read)
