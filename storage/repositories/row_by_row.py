"""Conditions that are asked of each row found, never made into a join."""

from sqlalchemy import ColumnElement, Exists


def row_by_row(condition: Exists) -> ColumnElement[bool]:
    """That there is such a row; «~» of it: that there is none.

    PostgreSQL turns a bare EXISTS into a join, and where it guesses the sizes badly (a table just filled, of which it
    knows nothing yet) into one of everything with everything, minutes long. «IS true» leaves it the question that it
    is: a look into an index for each row.
    """
    return condition.is_(True)
