"""The evening letter: over all children, today and tomorrow, once; and what goes after it."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from services.actor import Actor
from services.letters.typeset import LIMIT, shown_length
from services.preferences import Preferences
from storage.models.delivery import Item, Occurrence
from storage.uow import Storage
from storage.vocabulary import AttendanceCode, DeliveryMode, PersonId, Role, WorkKind
from tests import school as people
from tests.letters.mailbox import Mailbox
from tests.school import TODAY, found

ABSENT, LATE, PRESENT = AttendanceCode.ABSENT, AttendanceCode.LATE, AttendanceCode.PRESENT
TOMORROW = TODAY + timedelta(days=1)


class Evening(Mailbox):
    """A mother of two of 7Б who reads in the evening."""

    async def begin(self) -> PersonId:
        async with self.storage.writing() as uow:
            self.mother = await people.person(uow, self.cast, "Иванова Анна Сергеевна", Role.GUARDIAN, connected=True)
            await people.guard(uow, self.cast, self.mother, self.ivan)
            await people.guard(uow, self.cast, self.mother, self.maria)
        return self.mother

    @property
    def ivan(self) -> PersonId:
        return self.cast.named("Иванов Иван")

    @property
    def maria(self) -> PersonId:
        return self.cast.named("Иванова Мария")

    def reader(self, person: PersonId) -> Actor:
        return self.cast.actor(person)

    async def evening_at(self, hour: str) -> dict[int, list[str]]:
        self.clock_shows(hour)
        await self.evening()
        return await self.texts()


@pytest.fixture
async def box(storage: Storage) -> Evening:
    box = Evening(storage, await found(storage))
    await box.begin()
    return box


async def test_one_letter_tells_of_all_children_today_and_tomorrow(box: Evening) -> None:
    school = box.cast
    await box.marks_(box.ivan, "5", WorkKind.CONTROL, school.algebra, school.owner)
    await box.marks_(box.ivan, "4", WorkKind.ANSWER, school.algebra, school.owner)
    await box.gives("№ 312–315", school.algebra, school.owner)
    await box.says(box.maria, LATE, school.algebra, school.owner)
    assert (await box.evening_at("18:29")).get(box.mother) is None
    assert (await box.evening_at("18:30"))[box.mother] == [
        "<b>Вечер, вт 8 сентября</b>\n"
        "\n"
        "<b>Иван</b>\n"
        "алгебра — 5 (контрольная работа), 4 (ответ)\n"
        "<i>Завтра, ср 9 сентября</i>\n"
        "3. Алгебра — № 312–315\n"
        "\n"
        "<b>Мария</b>\n"
        "Опоздание: алгебра (3-й урок)\n"
        "<i>Завтра, ср 9 сентября</i>\n"
        "3. Алгебра — № 312–315"
    ]


async def test_news_that_are_due_wait_for_the_evenings_own_item(box: Evening) -> None:
    school = box.cast
    await box.marks_(box.ivan, "5", WorkKind.ANSWER, school.algebra, school.owner)
    box.clock_shows("18:30")
    assert box.mother not in await box.texts(), "the tick hasn't run yet"
    [letter] = (await box.evening_at("18:30"))[box.mother]
    assert "алгебра — 5 (ответ)" in letter and "Завтра" in letter


async def test_news_go_without_the_evenings_item_where_its_clock_stands(box: Evening) -> None:
    school = box.cast
    await box.marks_(box.ivan, "5", WorkKind.ANSWER, school.algebra, school.owner)
    box.clock_shows("18:40")
    assert (await box.texts())[box.mother] == ["<b>Ещё новости, вт 8 сентября</b>\n\n<b>Иван</b>\nалгебра — 5 (ответ)"]


async def test_the_first_absence_is_told_at_once_and_the_rest_in_the_evening(box: Evening) -> None:
    school = box.cast
    russian, history = school.lessons["русский"], school.lessons["история"]
    await box.says(box.ivan, ABSENT, russian, school.colleague)
    await box.says(box.ivan, ABSENT, history, school.stranger)
    school.clock.advance(timedelta(seconds=16))
    assert [text.split(":")[0] for text in (await box.texts())[box.mother]] == ["Иван отсутствует на уроке"]
    [letter] = (await box.evening_at("18:30"))[box.mother]
    assert "Пропущено: история (2-й урок)" in letter
    assert "русский" not in letter.split("Завтра")[0]


async def test_an_evening_without_anything_to_say_is_silent(box: Evening) -> None:
    box.clock_shows("18:30", TOMORROW)
    await box.evening()
    assert await box.texts() == {}


async def test_the_evening_letter_comes_once_whatever_restarts(box: Evening) -> None:
    await box.evening_at("18:30")
    again = Evening(box.storage, box.cast)
    again.mother = box.mother
    for hour in ("18:30", "18:45", "20:00"):
        assert await again.evening_at(hour) == {}
    async with box.storage.reading() as uow:
        told = select(func.count()).select_from(Item).where(Item.recipient_id == box.mother, Item.state == "told")
        assert (await uow.execute(told)).scalar_one() == 1


async def test_a_service_that_slept_through_the_hour_catches_up_before_quiet_hours(box: Evening) -> None:
    letters = await box.evening_at("20:10")
    assert letters[box.mother][0].startswith("<b>Вечер, вт 8 сентября</b>")


async def test_a_service_that_slept_through_the_evening_speaks_in_the_morning_of_that_evening(box: Evening) -> None:
    assert (await box.evening_at("23:00")) == {}
    box.clock_shows("07:00", TOMORROW)
    await box.evening()
    [letter] = (await box.texts())[box.mother]
    assert letter.startswith("<b>Вечер, вт 8 сентября</b>")
    assert "<i>Сегодня, ср 9 сентября</i>" in letter


async def test_an_evening_is_over_at_eight_next_morning(box: Evening) -> None:
    box.clock_shows("08:00", TOMORROW)
    await box.evening()
    async with box.storage.reading() as uow:
        done = select(Occurrence.local_date).where(Occurrence.job == "evening_letter")
        assert list(await uow.execute(done)) == []


async def test_homework_entered_later_goes_once_more_before_quiet_hours(box: Evening) -> None:
    school = box.cast
    await box.evening_at("18:30")
    box.clock_shows("19:10")
    await box.gives("§ 12", school.algebra, school.owner)
    assert box.mother not in await box.evening_at("20:44")
    assert (await box.evening_at("20:45"))[box.mother] == [
        "<b>Ещё новости, вт 8 сентября</b>\n"
        "\n"
        "<b>Иван</b>\n"
        "Задано:\n"
        "алгебра — § 12 (на завтра, ср 9 сентября)\n"
        "\n"
        "<b>Мария</b>\n"
        "Задано:\n"
        "алгебра — § 12 (на завтра, ср 9 сентября)"
    ]


async def test_marks_entered_after_the_letter_wait_for_the_next(box: Evening) -> None:
    school = box.cast
    await box.evening_at("18:30")
    box.clock_shows("19:10")
    await box.marks_(box.ivan, "5", WorkKind.ANSWER, school.algebra, school.owner)
    assert await box.evening_at("20:59") == {}
    box.clock_shows("18:30", TOMORROW)
    await box.evening()
    assert (await box.texts())[box.mother] == [
        "<b>Вечер, ср 9 сентября</b>\n\n<b>Иван</b>\nалгебра, вчера, вт 8 сентября — 5 (ответ)"
    ]


async def test_news_that_are_too_long_for_a_letter_go_in_the_next(box: Evening) -> None:
    school = box.cast
    long = "читать и пересказать " * 60
    for key, teacher in (
        ("русский", school.colleague),
        ("история", school.stranger),
        ("алгебра", school.owner),
        ("физкультура", school.stranger),
        ("литература", school.colleague),
    ):
        box.clock_shows("14:00")
        await box.gives(long[:900], school.lessons[key], teacher)
        for student in (box.ivan, box.maria):
            for kind in WorkKind:
                if kind is not WorkKind.EXAM:
                    await box.marks_(student, "4", kind, school.lessons[key], teacher)
    letters = (await box.evening_at("18:30"))[box.mother]
    assert all(shown_length(letter) <= LIMIT for letter in letters)
    assert sum(letter.count("контрольная работа") for letter in letters) == 10
    assert all(letter.count("<b>") == letter.count("</b>") for letter in letters)


async def test_who_reads_at_once_gets_no_evening_letter(box: Evening) -> None:
    letters = await box.evening_at("18:30")
    assert set(letters) == {box.mother, box.cast.father_larin}


async def test_choosing_another_hour_moves_what_waits(box: Evening) -> None:
    school = box.cast
    await box.marks_(box.ivan, "5", WorkKind.ANSWER, school.algebra, school.owner)
    preferences = Preferences(box.storage, school.clock)
    await preferences.choose_hour(box.reader(box.mother), 20 * 60)
    assert box.mother not in await box.evening_at("19:30")
    assert "5 (ответ)" in (await box.evening_at("20:00"))[box.mother][0]


async def test_choosing_at_once_sends_what_waited(box: Evening) -> None:
    school = box.cast
    await box.marks_(box.ivan, "5", WorkKind.ANSWER, school.algebra, school.owner)
    preferences = Preferences(box.storage, school.clock)
    await preferences.choose_mode(box.reader(box.mother), DeliveryMode.INSTANT)
    school.clock.advance(timedelta(seconds=61))
    assert await box.texts() == {box.mother: ["Иван: алгебра — 5 (ответ)"]}
    assert box.mother not in await box.evening_at("18:30")


async def test_only_whats_important_leaves_marks_to_the_diary(box: Evening) -> None:
    school = box.cast
    await box.marks_(box.ivan, "5", WorkKind.ANSWER, school.algebra, school.owner)
    preferences = Preferences(box.storage, school.clock)
    await preferences.choose_mode(box.reader(box.mother), DeliveryMode.IMPORTANT)
    await box.marks_(box.maria, "4", WorkKind.ANSWER, school.algebra, school.owner)
    await box.says(box.maria, ABSENT, school.algebra, school.owner)
    school.clock.advance(timedelta(seconds=16))
    assert [text.split(":")[0] for text in (await box.texts())[box.mother]] == ["Мария отсутствует на уроке"]
    assert box.mother not in await box.evening_at("18:30")


@pytest.mark.parametrize(
    ("chosen_at", "minute", "comes_at"),
    [
        ("18:27", 18 * 60 + 30, "18:30"),  # the tick was there, three minutes before the hour
        ("18:40", 18 * 60 + 30, "18:40"),  # over already, while the former was still to come
        ("18:57", 19 * 60 + 30, "19:30"),  # later than the item that waits
    ],
)
async def test_who_moves_the_hour_across_the_tick_gets_one_evening_letter(
    box: Evening, chosen_at: str, minute: int, comes_at: str
) -> None:
    preferences = Preferences(box.storage, box.cast.clock)
    box.clock_shows("12:00")
    await preferences.choose_hour(box.reader(box.mother), 19 * 60)
    await box.gives("№ 312–315", box.cast.algebra, box.cast.owner)
    got: dict[str, list[str]] = {}
    for minute_of_day in range(18 * 60 + 20, 21 * 60):
        hour = f"{minute_of_day // 60:02}:{minute_of_day % 60:02}"
        if hour == chosen_at:
            box.clock_shows(hour)
            await preferences.choose_hour(box.reader(box.mother), minute)
        letters = (await box.evening_at(hour)).get(box.mother)
        if letters:
            got[hour] = letters
    assert list(got) == [comes_at]
    assert len(got[comes_at]) == 1
    assert "Завтра" in got[comes_at][0]


async def test_who_leaves_the_evening_and_comes_back_before_its_hour_gets_it(box: Evening) -> None:
    preferences = Preferences(box.storage, box.cast.clock)
    await box.gives("№ 312–315", box.cast.algebra, box.cast.owner)
    assert (await box.evening_at("18:26")).get(box.mother) is None
    await preferences.choose_mode(box.reader(box.mother), DeliveryMode.IMPORTANT)
    await preferences.choose_mode(box.reader(box.mother), DeliveryMode.DIGEST)
    [letter] = (await box.evening_at("18:30"))[box.mother]
    assert "Завтра" in letter
