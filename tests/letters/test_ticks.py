"""The families' own clocks: the week on Saturday, days of absence in the morning, a low term mark on Wednesday."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from services.absences import Absences
from services.family_ticks import FamilyTicks
from services.outbox import items
from storage.models.delivery import Item, Occurrence
from storage.models.school import PlanTopic
from storage.uow import Storage
from storage.vocabulary import AbsenceReason, AttendanceCode, ItemKind, PersonId, WorkKind
from tests import school as people
from tests.letters.mailbox import Mailbox
from tests.school import TODAY, found
from tests.support.rows_changed import count_rows, end_in_third

ABSENT = AttendanceCode.ABSENT
DAY = timedelta(days=1)
WEDNESDAY, THURSDAY, FRIDAY, SATURDAY = (TODAY + number * DAY for number in (1, 2, 3, 4))


class School(Mailbox):
    """Tuesday 8 September 2026; mother Ларина reads at once, father Ларин in the evening."""

    async def ticks(self, hour: str, day: Any) -> dict[int, list[str]]:
        self.clock_shows(hour, day)
        await FamilyTicks(self.storage)(self.cast.clock.now())
        return await self.texts()

    async def absent_on(self, day: Any, student: PersonId | None = None) -> None:
        """Absent in the only lesson of a day."""
        school = self.cast
        lesson = await people.add_lesson(self.storage, school, "Алгебра", 2, day, key=f"{day}")
        self.clock_shows("10:30", day)
        await self.says(student or school.larina, ABSENT, lesson, school.owner)

    async def count(self, kind: ItemKind) -> int:
        async with self.storage.reading() as uow:
            question = select(func.count()).select_from(Item).where(Item.kind == kind.value)
            return int((await uow.execute(question)).scalar_one())


@pytest.fixture
async def box(storage: Storage) -> School:
    return School(storage, await found(storage, regulation={"absent_days_running": 2}))


async def test_the_week_comes_on_saturday_at_ten_over_all_children(box: School) -> None:
    school = box.cast
    async with box.storage.writing() as uow:
        await people.guard(uow, school, school.father_larin, school.onegin)
        control = update(PlanTopic).where(PlanTopic.id == school.topics[0])
        await uow.write(control.values(work_kind=WorkKind.CONTROL.value, title="Контрольная работа № 1"))
    await people.add_lesson(box.storage, school, "Алгебра", 1, SATURDAY + 2 * DAY)
    await box.marks_(school.larina, "5", WorkKind.CONTROL, school.algebra, school.owner)
    await box.marks_(school.larina, "4", WorkKind.ANSWER, school.algebra, school.owner)
    await box.says(school.onegin, ABSENT, school.algebra, school.owner)
    box.clock_shows("18:30")
    await box.texts()
    assert await box.ticks("09:57", SATURDAY) == {}
    letters = await box.ticks("10:00", SATURDAY)
    assert letters[school.father_larin] == [
        "<b>Неделя, пн 7 сентября – сб 12 сентября</b>\n"
        "\n"
        "<b>Татьяна</b>\n"
        "алгебра — 5, 4 · средний 4,75\n"
        "<i>По плану на следующей неделе:</i>\n"
        "пн 14 сентября, алгебра — Контрольная работа № 1\n"
        "\n"
        "<b>Евгений</b>\n"
        "Пропущен 1 урок, без причины: 1\n"
        "<i>По плану на следующей неделе:</i>\n"
        "пн 14 сентября, алгебра — Контрольная работа № 1"
    ]
    assert "Евгений" not in letters[school.mother_larina][0]
    assert await box.ticks("10:15", SATURDAY) == {}, "once"


async def test_a_missed_saturday_is_caught_up_for_two_days_in_permitted_hours(box: School) -> None:
    await box.marks_(box.cast.larina, "5", WorkKind.CONTROL, box.cast.algebra, box.cast.owner)
    await box.brings()
    assert await box.ticks("22:00", SATURDAY) == {}
    box.clock_shows("07:00", SATURDAY + DAY)
    assert (await box.texts())[box.cast.mother_larina][0].startswith("<b>Неделя")
    other = await box.ticks("10:30", SATURDAY + 9 * DAY)
    assert other == {}, "nothing of the week that is over by more than two days"


async def test_days_of_absence_are_told_once_a_run_to_the_family_and_the_homeroom_teacher(box: School) -> None:
    school = box.cast
    await box.absent_on(TODAY)
    await box.absent_on(WEDNESDAY)
    box.clock_shows("20:00", WEDNESDAY)
    await box.texts()
    letters = await box.ticks("08:00", THURSDAY)
    assert letters[school.mother_larina] == [
        "Татьяна: в школе нет с вт 8 сентября, причина пока не известна.\n"
        "Сообщите, пожалуйста, классному руководителю или нажмите в меню «Не придёт»."
    ]
    assert letters[school.homeroom_teacher] == [
        "<b>Отсутствуют без причины несколько дней подряд</b>\n"
        "Ларина Татьяна — с вт 8 сентября\n"
        "Семьям сообщим этим утром."
    ]
    await box.absent_on(THURSDAY)
    box.clock_shows("20:00", THURSDAY)
    await box.texts()
    assert await box.ticks("08:00", FRIDAY) == {}, "the same run"


async def test_a_reason_set_in_time_leaves_nothing_to_tell(box: School) -> None:
    school = box.cast
    await box.absent_on(TODAY)
    await box.absent_on(WEDNESDAY)
    desk = Absences(box.storage, school.clock)
    teacher = school.actor(school.homeroom_teacher)
    seen = (await desk.day(teacher, school.larina, WEDNESDAY)).rev
    await desk.set_reason(teacher, school.larina, WEDNESDAY, AbsenceReason.ILL, seen)
    await box.ticks("08:00", THURSDAY)
    assert await box.count(ItemKind.ABSENT_DAYS) == 0


async def test_an_absence_before_a_weekend_is_told_on_the_next_school_day(box: School) -> None:
    await box.absent_on(THURSDAY)
    await box.absent_on(FRIDAY)
    box.clock_shows("20:00", FRIDAY)
    await box.texts()
    await box.ticks("08:00", SATURDAY)
    assert await box.count(ItemKind.ABSENT_DAYS) == 0
    assert box.cast.father_larin in await box.ticks("08:00", SATURDAY + 2 * DAY)


async def test_a_low_term_mark_is_told_on_wednesday_and_not_again_while_it_stands(box: School) -> None:
    school = box.cast
    for kind in (WorkKind.CONTROL, WorkKind.ANSWER, WorkKind.OTHER):
        await box.marks_(school.larina, "2", kind, school.algebra, school.owner)
    for kind in (WorkKind.CONTROL, WorkKind.ANSWER):
        await box.marks_(school.onegin, "2", kind, school.algebra, school.owner)
    box.clock_shows("20:00")
    await box.texts()
    letters = await box.ticks("17:00", WEDNESDAY)
    assert letters[school.mother_larina] == letters[school.father_larin]
    assert letters[school.mother_larina] == [
        "<b>Татьяна</b>\n"
        "алгебра: пока выходит 2 (средний балл 2,00), до 3: две пятёрки.\n"
        "Как подтянуть, можно спросить у учителя: «Написать учителю»."
    ]
    assert school.mother_onegina not in letters, "two marks say nothing yet"
    assert await box.ticks("17:15", WEDNESDAY) == {}
    assert await box.ticks("17:00", WEDNESDAY + 7 * DAY) == {}, "as it was told"


async def test_a_class_with_a_great_many_items_is_put_in_chunks_and_told_once(
    box: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    school = box.cast
    for kind in (WorkKind.CONTROL, WorkKind.ANSWER, WorkKind.OTHER):
        for student in (school.larina, school.onegin):
            await box.marks_(student, "2", kind, school.algebra, school.owner)
    box.clock_shows("20:00")
    await box.texts()
    monkeypatch.setattr(items, "CHUNK", 1)
    counts = count_rows(box.storage, monkeypatch)
    with monkeypatch.context() as patch, pytest.raises(ConnectionError):
        end_in_third(patch, counts)
        await box.ticks("17:00", WEDNESDAY)
    assert counts == [1, 1], "two chunks, and no occurrence yet"
    first = await box.texts()
    rest = await box.ticks("17:01", WEDNESDAY)
    families = [school.mother_larina, school.father_larin, school.mother_onegina]
    assert sorted(one for told in (first, rest) for one in told if one in families) == sorted(families)
    assert await box.ticks("17:15", WEDNESDAY) == {}


async def test_each_occurrence_is_one_row_whatever_restarts(box: School) -> None:
    for _ in range(2):
        await box.ticks("10:00", SATURDAY)
    async with box.storage.reading() as uow:
        rows = await uow.execute(
            select(Occurrence.scope, func.count()).where(Occurrence.job == "weekly_letter").group_by(Occurrence.scope)
        )
        assert {row[1] for row in rows} == {1}
