"""Who is offered first as a substitute: who teaches the subject, who knows the class, who is at school. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.rules.short_names import Named


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody free at a lesson's hours. `lessons`: how many of their own they give that day."""

    person: Named
    subject: bool
    of_class: bool
    lessons: int


def ranked(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The candidates, the fittest first: the same subject, the same class, at school that day, fewer lessons, name."""
    return sorted(
        candidates,
        key=lambda one: (not one.subject, not one.of_class, one.lessons == 0, one.lessons, one.person.full),
    )
