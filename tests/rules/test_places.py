"""The own place in the class: equal averages share it, and among few nobody's is told."""

from decimal import Decimal

from services.rules.places import Place, place
from storage.vocabulary import PersonId


def sums(*averages: tuple[int, int]) -> dict[PersonId, list[tuple[int, int]]]:
    return {PersonId(number): [one] for number, one in enumerate(averages, 1)}


def test_places_are_shared_and_the_next_one_is_counted_on() -> None:
    of_class = sums((50, 10), (40, 10), (40, 10), (30, 10), (20, 10))
    assert place(PersonId(1), of_class) == Place(1, 1, 5, Decimal("5.00"))
    assert place(PersonId(2), of_class) == place(PersonId(3), of_class) == Place(2, 3, 5, Decimal("4.00"))
    assert place(PersonId(4), of_class) == Place(4, 4, 5, Decimal("3.00"))


def test_every_subject_counts_the_same_however_many_marks_it_has() -> None:
    of_class = sums(*[(50, 10)] * 4)
    of_class[PersonId(9)] = [(50, 10), (3, 1)]
    assert place(PersonId(9), of_class) == Place(5, 5, 5, Decimal("4.00"))


def test_who_sees_the_same_average_shares_the_place() -> None:
    of_class = sums((1333, 300), (433, 100), *[(20, 10)] * 3)  # 4.4433… and 4.33
    of_class[PersonId(6)] = [(4333, 1000)]
    assert place(PersonId(2), of_class) == place(PersonId(6), of_class) == Place(2, 3, 6, Decimal("4.33"))


def test_among_four_with_marks_nobody_is_told_a_place() -> None:
    of_class = sums(*[(50, 10)] * 4)
    of_class[PersonId(9)] = []
    assert place(PersonId(1), of_class) is None
    assert place(PersonId(9), sums(*[(50, 10)] * 8)) is None, "nor who has no marks"
