"""Chains of immutable revisions: rows of one key, numbered by `rev`, of which the newest counts."""

from typing import Any

from sqlalchemy import ColumnElement, func, inspect, select
from sqlalchemy.orm import aliased


def is_newest(row: Any) -> ColumnElement[bool]:
    """That a row of a table of revisions, or of an alias of it, is the newest of its key: the primary key but `rev`."""
    mapper = inspect(row).mapper
    other = aliased(mapper.class_)
    key = [column.key for column in mapper.primary_key if column.key != "rev"]
    newest = (
        select(func.max(other.rev))
        .where(*(getattr(other, name) == getattr(row, name) for name in key))
        .correlate(row)
        .scalar_subquery()
    )
    is_so: ColumnElement[bool] = row.rev == newest
    return is_so
