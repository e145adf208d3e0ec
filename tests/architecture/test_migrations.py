"""The migrations make exactly the tables of the models, on both engines, there and back."""

from collections.abc import Callable
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    Connection,
    Index,
    PrimaryKeyConstraint,
    UniqueConstraint,
    func,
    inspect,
    select,
    table,
)

from storage.models import Base
from storage.schema import MIGRATIONS, is_current, migrate, newest
from storage.uow import Storage
from tests.school import found

OWN_TABLE = "alembic_version"
UNIQUE = (PrimaryKeyConstraint, UniqueConstraint)


@pytest.fixture
def revisions() -> list[str]:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()][::-1]


async def ask(storage: Storage, question: Callable[[Connection], Any]) -> Any:
    async with storage.writer.connect() as connection:
        return await connection.run_sync(question)


def differences(connection: Connection) -> list[Any]:
    return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata))


def shape(connection: Connection) -> dict[str, Any]:
    """Tables with their columns, keys, uniques, checks and indexes, as the engine tells them."""
    seen = inspect(connection)
    return {
        table: {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"]) for column in seen.get_columns(table)
            },
            "primary": seen.get_pk_constraint(table)["constrained_columns"],
            "foreign": sorted(
                (key["constrained_columns"], key["referred_table"]) for key in seen.get_foreign_keys(table)
            ),
            "unique": sorted(unique["column_names"] for unique in seen.get_unique_constraints(table)),
            "checks": sorted(str(check["name"]) for check in seen.get_check_constraints(table)),
            "indexes": sorted(
                (str(index["name"]), index["column_names"], bool(index["unique"])) for index in seen.get_indexes(table)
            ),
        }
        for table in seen.get_table_names()
        if table != OWN_TABLE
    }


def rows(connection: Connection) -> dict[str, int]:
    """How many rows each table has."""
    tables = [name for name in inspect(connection).get_table_names() if name != OWN_TABLE]
    return {name: connection.scalar(select(func.count()).select_from(table(name))) or 0 for name in tables}


def test_the_newest_migration_is_the_one_with_the_latest_date(revisions: list[str]) -> None:
    """A base's version is told by names, without asking Alembic."""
    assert newest() == revisions[-1]


@pytest.fixture
async def empty(empty_database_url: str) -> Any:
    opened = Storage(empty_database_url)
    yield opened
    await opened.close()


async def test_the_models_say_nothing_that_the_migrations_do_not_make(empty: Storage) -> None:
    await migrate(empty)
    assert await ask(empty, differences) == []


async def test_tables_made_by_migrations_and_by_models_have_one_shape(empty: Storage) -> None:
    async with empty.writer.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    by_models = await ask(empty, shape)
    async with empty.writer.begin() as connection:
        await connection.run_sync(Base.metadata.drop_all)
    await migrate(empty)
    assert await ask(empty, shape) == by_models


async def test_every_migration_goes_up_and_down_and_up_again(empty: Storage, revisions: list[str]) -> None:
    shapes = {"base": await ask(empty, shape)}
    for revision in revisions:
        await migrate(empty, revision)
        shapes[revision] = await ask(empty, shape)
    for revision in [*reversed(revisions[:-1]), "base"]:
        await migrate(empty, "-1")
        assert await ask(empty, shape) == shapes[revision], f"going down to {revision} left something else"
    assert shapes["base"] == {}
    await migrate(empty)
    assert await ask(empty, shape) == shapes[revisions[-1]]
    assert await is_current(empty)


async def test_a_lived_in_base_keeps_every_row_down_and_up_again(empty: Storage, revisions: list[str]) -> None:
    """The tables of a school with rows that refer to each other: SQLite won't drop such a table, so none is remade."""
    await migrate(empty)
    await found(empty)
    before = await ask(empty, rows)
    assert before["lesson"] and before["lesson_audience"]
    for _ in revisions[1:]:
        await migrate(empty, "-1")
    kept = await ask(empty, rows)
    assert kept == {table: count for table, count in before.items() if table in kept}
    await migrate(empty)
    assert await ask(empty, rows) == before


def test_revisions_stand_in_one_line(revisions: list[str]) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert len(ScriptDirectory.from_config(config).get_heads()) == 1
    assert revisions == sorted(revisions), "revision ids begin with their dates, in order"


def test_whatever_refers_to_a_lesson_is_found_without_walking_its_table() -> None:
    """A laying-out takes lessons away by hundreds, and of each the engine asks every table that may refer to it."""
    walked = []
    for one in Base.metadata.sorted_tables:
        for key in one.foreign_keys:
            if key.column.table.name != "lesson":
                continue
            whole = [index for index in one.indexes if _holds_all(index, key.parent.name)]
            led_by = [next(iter(index.columns)).name for index in whole]
            keys = [constraint for constraint in one.constraints if isinstance(constraint, UNIQUE)]
            led_by += [next(iter(constraint.columns)).name for constraint in keys]
            if key.parent.name not in led_by:
                walked.append(f"{one.name}.{key.parent.name}")
    assert walked == []


def _holds_all(index: Index, column: str) -> bool:
    """Whether an index knows every row that refers to something by this column."""
    where = index.dialect_options["sqlite"]["where"]
    return where is None or str(where) == f"{column} IS NOT NULL"
