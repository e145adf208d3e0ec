"""A whole day given to a substitute: hundreds of families, a transaction a lesson, and no lesson told twice."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from services import family_changes
from services.errors import NotFoundHere
from services.substitutions import office as offices
from services.substitutions.office import Substitutions
from services.substitutions.views import DayPut, DayReasonAsked
from storage.models.delivery import Item
from storage.uow import Storage
from storage.vocabulary import ItemKind, Role
from tests import school as people
from tests.school import TODAY, Cast, found
from tests.support.rows_changed import count_rows

DAY = TODAY + timedelta(days=1)
LESSONS = 12
FAMILIES = 20  # of each of three classes
LATER_BELLS = {7: "13:45", 8: "14:30", 9: "15:15", 10: "16:00", 11: "16:45", 12: "17:30"}


@pytest.fixture
async def school(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> Cast:
    """The stranger gives twelve lessons to three classes at once; the substitute none."""
    for number, bell in LATER_BELLS.items():
        monkeypatch.setitem(people.BELLS, number, bell)
    cast = await found(storage)
    async with storage.writing() as uow:
        classes = (cast.class_7b, cast.class_7a, cast.empty_class)
        for number in range(LESSONS):
            parts = [(one, None) for one in classes]
            await people.lesson(uow, cast, f"поток {number}", "История", number + 1, (cast.stranger,), parts, day=DAY)
        for number in range(FAMILIES):
            mother = await people.person(uow, cast, f"Мать{number} Вера", Role.GUARDIAN, connected=True)
            for class_id in classes:
                child = await people.person(uow, cast, f"Дитя{number} Лев", Role.STUDENT)
                await people.enrol(uow, cast, child, class_id)
                await people.guard(uow, cast, mother, child)
    return cast


async def told(storage: Storage, kind: ItemKind) -> list[tuple[int, str, str | None, int]]:
    question = select(Item.recipient_id, Item.collapse_key, Item.value, Item.rev).where(Item.kind == kind.value)
    async with storage.reading() as uow:
        return sorted(tuple(row) for row in await uow.execute(question))


async def test_a_day_interrupted_in_the_middle_goes_on_and_tells_nobody_twice(
    storage: Storage, school: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, deputy = Substitutions(storage, school.clock), school.actor(school.deputy)
    asked = await office.put_day(deputy, DAY, school.stranger, school.substitute)
    assert isinstance(asked, DayReasonAsked)
    counts = count_rows(storage, monkeypatch)
    heard: list[Any] = []

    async def interrupted(*args: Any) -> None:
        heard.append(args)
        await family_changes.tell_families(*args)
        if len(heard) == 6:
            raise ConnectionError("the process ends here")

    monkeypatch.setattr(offices, "tell_families", interrupted)
    with pytest.raises(ConnectionError):
        await office.put_typed(deputy, "суд присяжных")
    families = LESSONS * (3 * FAMILIES + 4)
    assert len(await told(storage, ItemKind.TIMETABLE)) == families * 5 // LESSONS
    again = await office.put_typed(deputy, "суд присяжных")  # the same update, carried out once more
    assert isinstance(again, DayPut)
    assert (again.put, len(again.day.uncovered)) == (LESSONS - 5, 0)
    for kind, count in ((ItemKind.TIMETABLE, families), (ItemKind.LESSON_CHANGED, 2 * LESSONS)):
        items = await told(storage, kind)
        assert len({(recipient, key) for recipient, key, _value, _rev in items}) == len(items) == count
        assert {rev for *_rest, rev in items} == {1}
    assert max(counts) <= 200, "rows a transaction"
    assert sum(counts) > families
    with pytest.raises(NotFoundHere):
        await office.put_typed(deputy, "суд присяжных")
    nothing_left = await office.put_day(deputy, DAY, school.stranger, school.substitute)
    assert isinstance(nothing_left, DayPut)
    assert nothing_left.put == 0
