"""Turns at one child's day: whoever changes attendance, its reasons or the notes that explain it.

PostgreSQL lets two transactions read a day at once: both would alarm for it, or one would not see the note that the
other confirms. So a turn is asked for along with the tap's own question; who must wait for it asks anew, since what was
read is of before. SQLite has one writer and needs none.
"""

from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, select

from storage.uow import Uow
from storage.vocabulary import PersonId

FIRST = 2**40  # the keys of these turns begin here
TURN = select(func.pg_advisory_xact_lock(bindparam("key")))


def tried(student_id: ColumnElement[Any]) -> ColumnElement[Any]:
    """The column `turn` of a PostgreSQL question: whether nobody else has the student's turn, which then is ours."""
    return func.pg_try_advisory_xact_lock(student_id + FIRST).label("turn")


async def take(uow: Uow, student_id: PersonId) -> None:
    """Nobody else changes the student's attendance until this transaction ends; waits."""
    if uow.dialect == "postgresql":
        await uow.execute(TURN, {"key": student_id + FIRST})
