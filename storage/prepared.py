"""Statements of the hot path: compiled once for each engine, and handed to the driver as they are.

At every call SQLAlchemy finds the compiled statement again, puts its values together and wraps its rows; for what
every tap asks, that costs more than the answer. Rows are named tuples: a name costs a tenth of that of SQLAlchemy's.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Dialect, Executable
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.selectable import ReturnsRows

Process = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Ready:
    """A statement as one engine's driver takes it.

    `order`: the values in their places, where the driver wants them so; `fixed` are the statement's own. `given` and
    `read` name the values and columns that change their form on the way, as moments do.
    """

    sql: str
    order: tuple[str, ...] | None
    fixed: dict[str, Any]
    given: tuple[tuple[str, Process], ...]
    row: Callable[[Iterable[Any]], Any] | None
    read: tuple[tuple[int, Process], ...]
    reads: bool  # it changes nothing

    def parameters(self, values: Mapping[str, Any]) -> Any:
        """The values as the driver takes them. Raises KeyError where one is missing."""
        bound = {**self.fixed, **values}
        for name, process in self.given:
            bound[name] = process(bound[name])
        return bound if self.order is None else tuple([bound[name] for name in self.order])

    def all_parameters(self, rows: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> Any:
        """The same of one set of values, or of a list of them."""
        return self.parameters(rows) if isinstance(rows, Mapping) else [self.parameters(row) for row in rows]

    def rows(self, found: Iterable[Any]) -> list[Any]:
        """What the driver found, as named tuples."""
        assert self.row is not None, "the statement returns nothing"
        if not self.read:
            return [self.row(one) for one in found]
        rows = []
        for one in found:
            values = list(one)
            for place, process in self.read:
                values[place] = process(values[place])
            rows.append(self.row(values))
        return rows


class Prepared:
    """A statement, or what makes it for a dialect by its name; an INSERT's columns are named beside it."""

    def __init__(self, statement: Executable | Callable[[str], Executable], *columns: str) -> None:
        self._statement = statement
        self._columns = columns or None
        self._ready: dict[str, Ready] = {}

    def ready(self, dialect: Dialect) -> Ready:
        """As this engine takes it; compiled at the first call."""
        ready = self._ready.get(dialect.name)
        if ready is None:
            ready = self._ready[dialect.name] = self._compile(dialect)
        return ready

    def _compile(self, dialect: Dialect) -> Ready:
        made: Any = self._statement
        if not isinstance(made, Executable):
            made = made(dialect.name)
        compiled: SQLCompiler = made.compile(dialect=dialect, column_keys=self._columns)
        if compiled.post_compile_params or compiled.literal_execute_params:
            raise TypeError("a statement whose text depends on its values can't be prepared")
        binds = compiled.binds
        processes = {name: one.type.dialect_impl(dialect).bind_processor(dialect) for name, one in binds.items()}
        inserted: Any = compiled.insert_prefetch
        fixed = {name: one.effective_value for name, one in binds.items() if not one.required}
        columns = list(made.exported_columns) if isinstance(made, ReturnsRows) else []
        reads = (one.type.dialect_impl(dialect).result_processor(dialect, None) for one in columns)
        return Ready(
            sql=str(compiled),
            order=None if compiled.positiontup is None else tuple(compiled.positiontup),
            fixed=fixed | {one.key: one.default.arg for one in inserted},
            given=tuple((name, process) for name, process in processes.items() if process is not None),
            row=_row_of([one.key for one in columns]) if columns else None,
            read=tuple((place, process) for place, process in enumerate(reads) if process is not None),
            reads=made.is_select,
        )


def _row_of(names: Sequence[str]) -> Callable[[Iterable[Any]], Any]:
    row: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]
    make: Callable[[Iterable[Any]], Any] = row._make
    return make
