"""What most tests begin with, written once by statements and then as rows: twenty statements instead of two hundred."""

import copy
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from sqlalchemy import Table, func, insert, select, text

from storage.models import Base
from storage.uow import Storage, Uow

Made = TypeVar("Made")
_kept: dict[tuple[str, ...], tuple[Any, list[tuple[Table, list[dict[str, Any]]]]]] = {}


async def written(storage: Storage, key: tuple[str, ...], make: Callable[[Uow], Awaitable[Made]]) -> Made:
    """What `make` writes into a base, and a copy of what it returned; only an empty base is filled with copied rows."""
    engine = storage.writer.dialect.name
    async with storage.writing() as uow:
        if await _filled(uow):
            return await make(uow)
        if (engine, *key) not in _kept:
            made = await make(uow)
            _kept[engine, *key] = (
                copy.deepcopy(made),
                [(table, rows) for table in Base.metadata.sorted_tables if (rows := await _rows(uow, table))],
            )
            return made
        made, tables = _kept[engine, *key]
        for table, rows in tables:
            await uow.execute(insert(table), rows)
            if engine == "postgresql" and "id" in table.c:
                await uow.execute(text(COUNT_ON.format(table=table.name)))
        return copy.deepcopy(made)


COUNT_ON = "SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"


async def _filled(uow: Uow) -> bool:
    school = Base.metadata.tables["school"]
    return bool((await uow.execute(select(func.count()).select_from(school))).scalar_one())


async def _rows(uow: Uow, table: Table) -> list[dict[str, Any]]:
    return [dict(row) for row in (await uow.execute(select(table))).mappings()]
