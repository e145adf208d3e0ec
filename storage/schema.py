"""The schema's version: bringing a base up to date, and saying whether it is."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from storage.uow import Storage

MIGRATIONS = Path(__file__).parent / "migrations"


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


async def migrate(storage: Storage, revision: str = "head") -> None:
    """Bring the base to a revision, up or down, in one transaction."""

    def run(connection: Connection) -> None:
        if revision == "base" or revision.startswith("-"):
            command.downgrade(_config(connection), revision)
        else:
            command.upgrade(_config(connection), revision)

    async with storage.writer.begin() as connection:
        await connection.run_sync(run)


async def is_empty(storage: Storage) -> bool:
    """Whether the base was never migrated."""

    def read(connection: Connection) -> bool:
        return MigrationContext.configure(connection).get_current_revision() is None

    async with storage.reader.connect() as connection:
        return await connection.run_sync(read)


async def is_current(storage: Storage) -> bool:
    """Whether the base stands at the newest revision."""

    def read(connection: Connection) -> bool:
        head = ScriptDirectory.from_config(_config(connection)).get_current_head()
        return MigrationContext.configure(connection).get_current_revision() == head

    async with storage.reader.connect() as connection:
        return await connection.run_sync(read)
