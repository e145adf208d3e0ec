"""Control: the overdue list of those who control, and one letter of it a working day."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from handlers.screens.control import control, morning, overdue_of
from services.assignments import NotYourOffice
from services.control import Control
from services.errors import NotFoundHere
from services.i18n import speaking
from storage.models.control import StaffLeave
from storage.models.delivery import Item
from storage.models.school import CalendarDay
from storage.uow import Storage
from storage.vocabulary import ItemKind, PersonId
from tests.school import TODAY, Cast, found

TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
async def school(storage: Storage) -> Cast:
    return await found(storage)


@pytest.fixture
def office(storage: Storage, school: Cast) -> Control:
    return Control(storage, school.clock)


async def lists(storage: Storage) -> list[Any]:
    async with storage.reading() as uow:
        question = select(Item).with_only_columns(Item.recipient_id, Item.value, Item.due_at)
        return list((await uow.execute(question.where(Item.kind == ItemKind.CONTROL.value).order_by(Item.id))).all())


async def strikes(office: Control, school: Cast, hour: str, day: date = TOMORROW) -> None:
    school.clock.set(school.at(hour, day))
    await office(school.clock.now())


async def test_once_a_working_day_each_deputy_head_gets_the_list(
    office: Control, school: Cast, storage: Storage
) -> None:
    for hour in ("08:29", "08:30", "08:31"):
        await strikes(office, school, hour)
    await Control(storage, school.clock)(school.at("09:00", TOMORROW))  # after a restart
    await strikes(office, school, "08:30")  # the clock went back
    (one,) = await lists(storage)
    assert (one.recipient_id, one.value, one.due_at) == (school.deputy, "2026-09-09", school.at("08:30", TOMORROW))


async def test_it_is_caught_up_within_working_hours_only(office: Control, school: Cast, storage: Storage) -> None:
    await strikes(office, school, "18:01")
    assert await lists(storage) == []
    await strikes(office, school, "17:59", TOMORROW + timedelta(days=1))
    assert len(await lists(storage)) == 1


async def test_on_holidays_at_weekends_and_to_who_is_away_nothing_is_sent(
    office: Control, school: Cast, storage: Storage
) -> None:
    async with storage.writing() as uow:
        day = {"school_id": school.school_id, "on_date": TOMORROW, "kind": "holiday", "title": ""}
        await uow.execute(insert(CalendarDay), day)
        leave = {
            "school_id": school.school_id,
            "person_id": school.deputy,
            "kind": "trip",
            "made_at": school.at("08:00"),
        }
        later = TOMORROW + timedelta(days=1)
        await uow.execute(insert(StaffLeave), {**leave, "since_on": later, "until_on": later + timedelta(days=1)})
    await strikes(office, school, "08:30")
    await strikes(office, school, "08:30", TOMORROW + timedelta(days=1))
    await strikes(office, school, "08:30", date(2026, 9, 12))
    assert await lists(storage) == []
    await strikes(office, school, "08:30", date(2026, 9, 14))
    assert len(await lists(storage)) == 1


async def test_the_overview_counts_by_teacher_and_opens_each(office: Control, school: Cast) -> None:
    school.clock.set(school.at("09:00", TOMORROW))
    deputy = school.actor(school.deputy)
    view = await office.overview(deputy)
    counts = {one.teacher.id: len(one.things) for one in view.teachers}
    assert counts[school.owner] == 4  # algebra in two classes, 1А and ГКП
    assert list(counts.values()) == sorted(counts.values(), reverse=True)
    page = await office.of_teacher(deputy, school.owner)
    with speaking("ru"):
        text = overdue_of(page).text
        assert "<b>Вишневская Галина Павловна</b>" in text
        line = next(one for one in text.splitlines() if "7Б · Алгебра" in one)
        assert line.startswith("▫ <b>7Б · Алгебра</b>, 3-й урок, 10:25–11:05, 8 сентября — тема, посещаемость (")
        assert line.endswith("ДЗ (срок был 8 сентября, 15:05, п. 2.7)")
        assert control(view).rows[0][0].label.endswith(f"— {max(counts.values())}")
        assert "Просрочено в журналах на утро." in morning(view).text


async def test_only_who_controls_the_school_sees_it(office: Control, school: Cast) -> None:
    for other in (school.owner, school.homeroom_teacher, school.mother_larina):
        with pytest.raises(NotYourOffice):
            await office.overview(school.actor(other))
        with pytest.raises(NotYourOffice):
            await office.of_teacher(school.actor(other), school.colleague)
    with pytest.raises(NotFoundHere):
        await office.of_teacher(school.actor(school.deputy), PersonId(999_999))
