"""One way to write «insert, or else», which the two engines spell in their own dialects."""

from typing import Any, cast

from sqlalchemy.dialects import postgresql, sqlite

from storage.models.base import Base
from storage.uow import Uow


def insert_into(uow: Uow, model: type[Base]) -> sqlite.Insert:
    """The dialect's INSERT with `on_conflict_do_nothing`, `on_conflict_do_update` and `excluded`.

    Both dialects spell these alike; the type named is one of the two, so that callers are checked.
    """
    table: Any = model
    if uow.dialect == "sqlite":
        return sqlite.insert(table)
    return cast(sqlite.Insert, postgresql.insert(table))
