"""Reminders by clocks: homework's half hour and end, the evening, term marks, lists; one message each moment, once."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from services.attendance import Attendance
from services.records import Records
from services.reminders import Reminders
from services.reminders.said import said
from storage.models.control import StaffLeave, Substitution
from storage.models.delivery import Item, Letter, Occurrence
from storage.models.journal import LessonWork
from storage.models.timetable import Lesson
from storage.uow import Storage
from storage.vocabulary import ItemKind, LessonId, PersonId
from tests.school import BOT, TODAY, Cast, add_lesson, cancel, found

NUDGE, REMINDER = ItemKind.LESSON_NUDGE, ItemKind.REMINDER
DAY = timedelta(days=1)
Ring = Callable[..., Any]


@pytest.fixture
async def school(storage: Storage) -> Cast:
    return await found(storage)


class Service:
    """The tick beside the school's clock; it may be restarted."""

    def __init__(self, storage: Storage, school: Cast) -> None:
        self.storage, self.school = storage, school
        self.restarts()

    def restarts(self) -> None:
        self.reminders = Reminders(self.storage, self.school.clock)

    async def sees(self, *hours: str, day: date = TODAY) -> None:
        for hour in hours:
            self.school.clock.set(self.school.at(hour, day))
            await self.reminders(self.school.clock.now())

    async def put(self, who: PersonId, *kinds: ItemKind) -> list[Any]:
        wanted = [kind.value for kind in kinds or (NUDGE, REMINDER)]
        columns = (Item.kind, Item.collapse_key, Item.value, Item.base, Item.state)
        question = select(Item).with_only_columns(*columns).where(Item.recipient_id == who, Item.kind.in_(wanted))
        async with self.storage.reading() as uow:
            return list((await uow.execute(question.order_by(Item.id))).all())

    async def reminders_of(self, who: PersonId) -> dict[str, str | None]:
        """The newest value under the hour of each reminder."""
        return {row.collapse_key.rsplit(":", 1)[1]: row.value for row in await self.put(who, REMINDER)}


@pytest.fixture
def service(storage: Storage, school: Cast) -> Service:
    return Service(storage, school)


async def tell(storage: Storage) -> None:
    async with storage.writing() as uow:
        await uow.write(update(Item).where(Item.state == "waiting").values(state="told"))


async def fill(storage: Storage, school: Cast, lesson: LessonId, who: PersonId) -> None:
    actor = school.actor(who)
    records = Records(storage, school.clock)
    await records.put_plan_topic(actor, lesson, school.topics[0], 0)
    await Attendance(storage, school.clock).confirm_all_present(actor, lesson, 0)
    await records.no_homework(actor, lesson, 0)


async def test_homework_is_spoken_of_half_an_hour_before_its_end_and_at_it(service: Service, school: Cast) -> None:
    await service.sees("11:06", "14:34")
    assert "1435" not in await service.reminders_of(school.owner)
    await service.sees("14:35", "14:36", "15:05", "15:06")
    found_of = await service.reminders_of(school.owner)
    both = f"{school.algebra},{school.lessons['7А']}"  # 7А plays chess in its sixth lesson
    assert found_of["1435"] == found_of["1505"] == both


async def test_a_class_that_ends_earlier_has_its_homework_spoken_of_earlier(service: Service, school: Cast) -> None:
    await cancel(service.storage, school.lessons["шахматы"])
    await service.sees("13:50", "14:20")  # 7А ends at 12:50
    assert (await service.reminders_of(school.owner))["1420"] == str(school.lessons["7А"])


async def test_after_a_same_day_change_the_new_end_counts(service: Service, school: Cast, storage: Storage) -> None:
    await service.sees("12:00")
    await cancel(storage, school.lessons["литература"])  # 7Б now ends at 12:50
    await service.sees("12:51", "13:50", "14:20", "14:35", "15:05")
    found_of = await service.reminders_of(school.owner)
    assert found_of["1350"] == found_of["1420"] == str(school.algebra)
    assert found_of["1435"] == found_of["1505"] == str(school.lessons["7А"])


async def test_a_closed_gap_silences_the_rest(service: Service, school: Cast, storage: Storage) -> None:
    await service.sees("14:35")
    await tell(storage)
    await fill(storage, school, school.algebra, school.owner)
    await service.sees("14:40", "15:05")
    found_of = await service.reminders_of(school.owner)
    await fill(storage, school, school.lessons["7А"], school.owner)
    await service.sees("15:06")
    found_of = await service.reminders_of(school.owner)
    assert found_of["1435"] is None  # it says «готово» now
    assert found_of["1505"] is None or found_of["1505"] == str(school.lessons["7А"])
    named = [row.value for row in await service.put(school.owner, REMINDER) if row.collapse_key.endswith(":1505")]
    assert str(school.algebra) not in ",".join(one or "" for one in named).split(",")


async def test_the_evening_names_all_that_is_left_of_the_day_in_one_message(service: Service, school: Cast) -> None:
    await service.sees("16:00", "17:30")
    found_of = await service.reminders_of(school.owner)
    lessons = {str(school.lessons[one]) for one in ("1А", "ГКП", "7А")} | {str(school.algebra)}
    assert set((found_of["1730"] or "").split(",")) == lessons


async def test_after_two_hours_of_silence_one_message_comes_and_not_several(service: Service, school: Cast) -> None:
    await service.sees("08:20", "10:20")
    before = len(await service.put(school.colleague))
    await service.sees("12:15")  # the bells of 11:05, 12:05 and 9:10 … have been missed
    assert len(await service.put(school.colleague)) == before + 1
    await service.sees("12:16")
    assert len(await service.put(school.colleague)) == before + 1


async def test_who_is_away_has_handed_over_or_has_no_students_hears_nothing(
    service: Service, school: Cast, storage: Storage
) -> None:
    await add_lesson(storage, school, "Алгебра", 6, audience=[(school.empty_class, None)])
    async with storage.writing() as uow:
        away = {"school_id": school.school_id, "person_id": school.colleague, "kind": "sick"}
        await uow.execute(insert(StaffLeave), {**away, "since_on": TODAY, "made_at": school.at("07:00")})
        for lesson in (school.algebra, *(school.lessons[one] for one in ("1А", "ГКП", "7А"))):
            row = {"school_id": school.school_id, "lesson_id": lesson, "absent_id": school.owner, "reason": ""}
            row |= {"substitute_id": school.substitute, "made_at": school.at("07:00")}
            await uow.execute(insert(Substitution), row)
    await service.sees("09:30", "11:06", "12:55", "14:35", "15:05", "17:30")
    assert await service.put(school.owner) == []
    assert await service.put(school.colleague) == []
    assert await service.put(school.partner)


async def test_nothing_but_a_running_clock_is_spoken_of_outside_working_hours(
    service: Service, school: Cast, storage: Storage
) -> None:
    async with storage.writing() as uow:
        ends = {"starts_at": school.at("19:00"), "ends_at": school.at("19:40")}
        await uow.write(update(Lesson).where(Lesson.id == school.algebra).values(**ends))
    await service.sees("18:01")
    assert "1730" not in await service.reminders_of(school.owner)
    await service.sees("19:39", "19:40", "20:10", "20:40")
    hours = await service.reminders_of(school.owner)
    assert set(hours) >= {"2010", "2040"}  # the late evening of that lesson, and its homework's half hour
    assert hours["2010"] == str(school.algebra)


async def test_a_written_work_is_spoken_of_on_its_fifth_and_seventh_day(
    service: Service, school: Cast, storage: Storage
) -> None:
    async with storage.writing() as uow:
        row = {"lesson_id": school.algebra, "kind": "control", "ordinal": 1, "author_id": school.owner}
        added = insert(LessonWork).values(**row, created_at=school.at("10:40")).returning(LessonWork.id)
        work = (await uow.execute(added)).scalar_one()
    for after in range(1, 9):
        await service.sees("17:29", "17:30", day=TODAY + after * DAY)
    spoken = [
        row.collapse_key.split(":")[2] for row in await service.put(school.owner, REMINDER) if f"w{work}" in row.value
    ]
    assert spoken == ["2026-09-11", "2026-09-15"]  # day 5 is a Sunday


async def test_a_checked_work_is_spoken_of_that_evening(service: Service, school: Cast, storage: Storage) -> None:
    async with storage.writing() as uow:
        row = {"lesson_id": school.algebra, "kind": "control", "ordinal": 1, "author_id": school.owner}
        checked = {"checked_at": school.at("15:00", TODAY + DAY), "checked_by": school.owner}
        await uow.execute(insert(LessonWork).values(**row, **checked, created_at=school.at("10:40")))
    await service.sees("17:30", day=TODAY + DAY)
    assert "w" in ((await service.reminders_of(school.owner))["1730"] or "")


async def test_term_marks_are_spoken_of_daily_in_their_window(service: Service, school: Cast) -> None:
    first = date(2026, 10, 16)
    for n in range(10):
        await service.sees("15:00", day=first + n * DAY)
    days = [
        row.collapse_key.split(":")[2] for row in await service.put(school.owner, REMINDER) if row.value.startswith("t")
    ]
    assert days == [f"2026-10-{day}" for day in (19, 20, 21, 22, 23)]


async def test_plans_are_spoken_of_before_the_first_of_september(service: Service, school: Cast) -> None:
    first = date(2026, 8, 20)
    for n in range(14):
        await service.sees("08:30", day=first + n * DAY)
    days = [row.collapse_key.split(":")[2] for row in await service.put(school.colleague, REMINDER)]
    assert days == ["2026-08-25", "2026-09-01"]
    assert [row.collapse_key.split(":")[2] for row in await service.put(school.owner, REMINDER)] == days  # ГКП's too


async def test_the_homeroom_teacher_hears_of_the_weeks_attendance_on_friday(service: Service, school: Cast) -> None:
    for n in range(8):
        await service.sees("17:30", day=TODAY + n * DAY)
    put = await service.put(school.homeroom_teacher, REMINDER)
    heard = [(row.collapse_key.split(":")[2], sorted(token[0] for token in row.value.split(","))) for row in put]
    # And of the families (b), whom she has told nothing since the first of September: the day before, and on the day.
    assert heard == [("2026-09-11", ["v"]), ("2026-09-14", ["b", "v"]), ("2026-09-15", ["b"])]


async def test_through_restarts_and_clock_steps_each_reminder_comes_once(
    service: Service, school: Cast, storage: Storage
) -> None:
    dice = random.Random(4)
    now, ends = school.at("07:00"), school.at("21:00")
    while now < ends:
        school.clock.set(now)
        await service.reminders(now)
        now += timedelta(minutes=dice.choice((1, 5, 14)), seconds=dice.choice((0, 15, 59)))
        if dice.random() < 0.15:
            service.restarts()
        if dice.random() < 0.15:
            now += timedelta(minutes=dice.choice((-45, -20, 12)))
    for who in (school.owner, school.colleague, school.stranger, school.partner):
        keys = Counter(row.collapse_key for row in await service.put(who))
        assert keys
        assert set(keys.values()) == {1}
    async with storage.reading() as uow:
        question = select(Occurrence.job, Occurrence.scope, Occurrence.slot).where(Occurrence.local_date == TODAY)
        done = [tuple(row) for row in await uow.execute(question)]
    evenings = [scope for job, scope, slot in done if (job, slot) == ("evening", "17:30")]
    assert Counter(evenings) == Counter(set(evenings))
    ends_of_homework = {
        slot for job, scope, slot in done if (job, scope) == ("homework_due", f"teacher:{school.owner}")
    }
    assert ends_of_homework == {"15:05"}


async def test_a_moment_missed_by_more_than_two_hours_is_recorded_as_skipped(
    service: Service, school: Cast, storage: Storage
) -> None:
    await service.sees("13:20")
    async with storage.reading() as uow:
        question = select(Occurrence.slot).where(Occurrence.job == "lesson_end", Occurrence.state == "skipped")
        skipped = {row.slot for row in await uow.execute(question)}
    assert skipped == {"09:10", "10:05", "11:05"}


async def test_what_a_message_names_may_be_opened_and_is_left_alone_then(
    service: Service, school: Cast, storage: Storage
) -> None:
    await service.sees("14:35")
    await tell(storage)
    named = (await service.reminders_of(school.owner))["1435"]
    await service.reminders.leave_alone(school.actor(school.owner), str(school.algebra))
    await fill(storage, school, school.algebra, school.owner)
    await service.sees("14:40")
    assert (await service.reminders_of(school.owner))["1435"] == named


async def test_of_two_messages_that_name_a_lesson_the_one_it_was_not_opened_in_becomes_ready(
    service: Service, school: Cast, storage: Storage
) -> None:
    await service.sees("14:35")
    await service.sees("15:05")
    await tell(storage)
    before = await service.reminders_of(school.owner)
    async with storage.writing() as uow:
        for number, item in enumerate((await uow.execute(select(Item.id).where(Item.kind == REMINDER.value))).all(), 1):
            letter = {"bot_id": BOT, "channel": "telegram", "address": str(number), "method": "send", "payload": {}}
            sent = {**letter, "state": "sent", "epoch": 1, "copies": 0, "external_id": str(item.id + 500)}
            moments = {"created_at": school.clock.now(), "sending_at": school.clock.now()}
            made = insert(Letter).values(**sent, **moments).returning(Letter.id)
            letter_id = (await uow.execute(made)).scalar_one()
            await uow.write(update(Item).where(Item.id == item.id).values(letter_id=letter_id))
        keys = {row.collapse_key: row.id for row in await uow.execute(select(Item.collapse_key, Item.id))}
    tapped = next(
        number for key, number in keys.items() if key.startswith(f"reminder:{school.owner}:") and "1435" in key
    )
    await service.reminders.open(school.actor(school.owner), school.algebra, tapped + 500)
    await fill(storage, school, school.algebra, school.owner)
    await service.sees("15:10")
    after = await service.reminders_of(school.owner)
    assert after["1435"] == before["1435"], "the card stands in its place"
    assert str(school.algebra) not in (after["1505"] or "").split(",")


async def test_a_message_says_nothing_to_who_has_no_part_in_it(
    service: Service, school: Cast, storage: Storage
) -> None:
    now = school.at("14:40")
    async with storage.reading() as uow:
        for other in (school.colleague, school.mother_larina, school.deputy):
            assert await said(uow, school.school_id, other, REMINDER, str(school.algebra), None, now) is None
