"""One way to write «insert, or else», which the two engines spell in their own dialects."""

from functools import cache
from typing import Any, cast

from sqlalchemy.dialects import postgresql, sqlite

from storage.models.base import Base
from storage.prepared import Prepared
from storage.uow import Uow


def insert_into(uow: Uow, model: type[Base]) -> sqlite.Insert:
    """The dialect's INSERT with `on_conflict_do_nothing`, `on_conflict_do_update` and `excluded`.

    Both dialects spell these alike; the type named is one of the two, so that callers are checked.
    """
    return insert_for(uow.dialect, model)


def insert_for(dialect: str, model: type[Base]) -> sqlite.Insert:
    """The INSERT of a dialect by its name: for statements that are built once and kept."""
    table: Any = model
    if dialect == "sqlite":
        return sqlite.insert(table)
    return cast(sqlite.Insert, postgresql.insert(table))


async def add_unless_there(uow: Uow, model: type[Base], row: dict[str, Any]) -> bool:
    """Add a row; False where one of the same key is there already."""
    return await uow.tell(_ignoring(model, tuple(row)), row) > 0


@cache
def _ignoring(model: type[Base], columns: tuple[str, ...]) -> Prepared:
    return Prepared(lambda dialect: insert_for(dialect, model).on_conflict_do_nothing(), *columns)
