"""What buttons carry: ids, versions seen, pages and days, each with its bounds."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field

Id = Annotated[int, Field(gt=0, lt=2**63)]
Ref = Annotated[int, Field(gt=0, lt=10**10)]  # an id where three or more must fit: ten milliard rows
Rev = Annotated[int, Field(ge=0, lt=100_000)]  # 0: nothing had been entered yet
Page = Annotated[int, Field(ge=0, lt=100)]


def _iso(day: str) -> str:
    return date.fromisoformat(day).isoformat()


Day = Annotated[str, Field(max_length=10), AfterValidator(_iso)]  # «2026-09-08»
