"""Numbers of which a prepared question is asked: however many there are, its text stays the same."""

from typing import Any

from sqlalchemy import JSON, BigInteger, ColumnElement, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY


def among(column: Any, name: str, dialect: str) -> ColumnElement[bool]:
    """Whether a column is one of the numbers that are bound, as a list, under a name."""
    found: ColumnElement[bool] = column.in_(_each(name)) if dialect == "sqlite" else column == func.any(_array(name))
    return found


def not_among(column: Any, name: str, dialect: str) -> ColumnElement[bool]:
    """Whether a column is none of them; SQLAlchemy would turn `= ANY` into `!= ANY`."""
    found: ColumnElement[bool] = column.not_in(_each(name)) if dialect == "sqlite" else column != func.all(_array(name))
    return found


def _each(name: str) -> Any:
    return select(func.json_each(bindparam(name, type_=JSON)).table_valued("value").c.value)


def _array(name: str) -> Any:
    return bindparam(name, type_=ARRAY(BigInteger))
