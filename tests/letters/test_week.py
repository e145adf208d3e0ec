"""A week of five readers, letter by letter: what came, at what hour, word for word.

Tuesday is arranged anew, Thursday is a holiday, Friday has the quarter's results, Saturday the week in short. The files
of tests/letters/golden are written anew with ZVONOK_GOLDEN=1.
"""

import os
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert

from services.corrections import Corrections, Decisions
from services.corrections.reasons import Why
from services.family_ticks import FamilyTicks
from services.lesson_states import LessonStates
from services.preferences import Language, Preferences
from services.substitutions.office import Substitutions
from storage.models.school import CalendarDay
from storage.uow import Storage
from storage.vocabulary import AttendanceCode, ChangeReason, DayKind, DeliveryMode, LessonId, Role, WorkKind
from tests import school as people
from tests.letters.mailbox import Mailbox
from tests.letters.test_results import issues
from tests.school import found
from tests.services.test_corrections import answer

GOLDEN = Path(__file__).with_name("golden")
MOSCOW = ZoneInfo("Europe/Moscow")
MON, TUE, WED, THU, FRI, SAT, SUN = (date(2026, 10, 19) + timedelta(days=number) for number in range(7))
# When something may come by the clock alone.
HOURS = ("07:00", "08:00", "09:00", "10:00", "17:00", "18:30", "20:45")
DAYS_OF_MONTH = {MON: "пн 19", TUE: "вт 20", WED: "ср 21", THU: "чт 22", FRI: "пт 23", SAT: "сб 24", SUN: "вс 25"}


class Week(Mailbox):
    """The teachers' and the office's deeds of a week, and what everybody's chat got with its hour."""

    async def begin(self) -> None:
        school = self.cast
        self.ivan, self.maria = school.named("Иванов Иван"), school.named("Иванова Мария")
        async with self.storage.writing() as uow:
            self.mother = await people.person(uow, school, "Иванова Анна", Role.GUARDIAN, connected=True)
            for child in (self.ivan, self.maria):
                await people.guard(uow, school, self.mother, child)
            await people.connect(uow, school, self.ivan)
            await uow.execute(
                insert(CalendarDay),
                {"school_id": school.school_id, "on_date": THU, "kind": DayKind.HOLIDAY.value, "title": "праздник"},
            )
            for day in (MON, TUE, WED, FRI):
                for slot, subject, teacher in (
                    (1, "История", school.stranger),
                    (3, "Алгебра", school.owner),
                    (6, "Литература", school.colleague),
                ):
                    key = f"{subject} {day}"
                    await people.lesson(uow, school, key, subject, slot, (teacher,), [(school.class_7b, None)], day=day)
        wishes = Preferences(self.storage, school.clock)
        await wishes.choose_mode(school.actor(school.father_larin), DeliveryMode.INSTANT)
        await wishes.quiet_until(school.actor(school.father_larin), 9 * 60)
        await wishes.choose_mode(school.actor(school.mother_onegina), DeliveryMode.DIGEST)
        await wishes.choose_language(school.actor(school.mother_onegina), Language.ENGLISH)
        self.readers = {
            "at_once": school.mother_larina,
            "quiet_till_nine": school.father_larin,
            "evening_of_two": self.mother,
            "english": school.mother_onegina,
            "student": self.ivan,
        }
        self.came: dict[str, list[str]] = {name: [] for name in self.readers}
        self.ticks = FamilyTicks(self.storage)

    def lesson(self, subject: str, day: date) -> LessonId:
        return self.cast.lessons[f"{subject} {day}"]

    async def comes(self) -> None:
        """What the clock's jobs put, and what is due by now."""
        now = self.cast.clock.now()
        await self.digest(now)
        await self.ticks(now)
        got = await self.brings()
        local = now.astimezone(MOSCOW)
        for name, person in self.readers.items():
            for one in got.get(person, ()):
                heading = f"{DAYS_OF_MONTH[local.date()]} октября, {local:%H:%M}"
                self.came[name].append(f"── {heading} ──\n{one.text}\n[{'] ['.join(one.buttons)}]\n")

    async def until(self, hour: str, day: date) -> None:
        """Let the clock go on to an hour of the same day, stopping where letters may come by themselves."""
        now = self.cast.clock.now().astimezone(MOSCOW)
        for one in HOURS:
            if (now.date(), f"{now:%H:%M}") < (day, one) and one < hour:
                self.clock_shows(one, day)
                await self.comes()
        self.clock_shows(hour, day)

    async def settles(self) -> None:
        """The windows of what was just done go by."""
        for seconds in (16, 46, 60):
            self.cast.clock.advance(timedelta(seconds=seconds))
            await self.comes()

    async def corrects(self, value: str) -> None:
        """Monday's answer of Татьяна, asked by its teacher and approved."""
        school = self.cast
        corrections, decisions = Corrections(self.storage, school.clock), Decisions(self.storage, school.clock)
        owner, column = school.actor(school.owner), answer(school, lesson=self.lesson("Алгебра", MON))
        draft = await corrections.want(owner, column, school.larina, value)
        await corrections.choose_reason(owner, draft.number, Why.SLIP)
        sent = await corrections.send(owner, draft.number)
        assert sent.view.id is not None
        await decisions.approve(school.actor(school.deputy), sent.view.id, sent.view.seen)


async def monday(week: Week) -> None:
    """An absence that turns into a late coming, marks, homework, tomorrow's lesson cancelled, a late mark."""
    school, history, algebra = week.cast, week.lesson("История", MON), week.lesson("Алгебра", MON)
    await week.until("08:45", MON)
    await week.says(week.ivan, AttendanceCode.ABSENT, history, school.stranger)
    await week.settles()
    await week.says(week.ivan, AttendanceCode.LATE, history, school.stranger, done=False)
    await week.settles()
    await week.until("10:45", MON)
    await week.says(week.maria, AttendanceCode.ABSENT, algebra, school.owner)
    for student, value in ((school.larina, "4"), (week.ivan, "5"), (school.onegin, "5")):
        await week.marks_(student, value, WorkKind.ANSWER, algebra, school.owner)
    for kind in (WorkKind.CONTROL, WorkKind.TEST, WorkKind.OTHER):
        await week.marks_(school.onegin, "2", kind, algebra, school.owner)
    await week.settles()
    await week.gives("№ 312–315", algebra, school.owner)
    await week.settles()
    await week.until("12:00", MON)
    office = LessonStates(week.storage, school.clock)
    await office.cancel(school.actor(school.deputy), week.lesson("Литература", TUE), ChangeReason.COLD)
    await week.settles()
    await week.until("19:30", MON)
    await week.gives("§ 12, вопросы", history, school.stranger)
    await week.settles()
    await week.until("21:30", MON)
    await week.marks_(school.larina, "5", WorkKind.OTHER, algebra, school.owner)
    await week.settles()
    await week.until("23:30", MON)


async def tuesday(week: Week) -> None:
    """Today's lesson substituted; a mark of Monday corrected; one mark changed before anybody heard of it."""
    school = week.cast
    await week.until("09:10", TUE)
    office = Substitutions(week.storage, school.clock)
    await office.put(
        school.actor(school.deputy), week.lesson("Алгебра", TUE), school.owner, school.substitute, 0, ChangeReason.SICK
    )
    await week.settles()
    await week.until("11:30", TUE)
    await week.corrects("5")
    await week.settles()
    history = week.lesson("История", TUE)
    await week.marks_(school.larina, "3", WorkKind.ANSWER, history, school.stranger)
    await week.marks_(school.larina, None, WorkKind.ANSWER, history, school.stranger)
    await week.settles()
    await week.until("23:30", TUE)


async def friday(week: Week) -> None:
    """The quarter's results."""
    await week.until("12:00", FRI)
    await issues(week, "Литература", "5", week.cast.colleague)
    await issues(week, "Алгебра", "4", week.cast.owner)
    await week.settles()
    await week.until("23:30", FRI)


@pytest.fixture
async def week(sqlite_url: str) -> AsyncIterator[Week]:
    """It is Monday, 07:30."""
    storage = Storage(sqlite_url)
    week = Week(storage, await found(storage))
    week.clock_shows("07:30", MON)
    await week.begin()
    yield week
    await storage.close()


async def test_a_week_of_letters_is_the_one_that_was_agreed_on(week: Week) -> None:
    await monday(week)
    await tuesday(week)
    for day in (WED, THU):
        await week.until("23:30", day)
    await friday(week)
    for day in (SAT, SUN):
        await week.until("23:30", day)
    for name, letters in week.came.items():
        path, text = GOLDEN / f"{name}.txt", "\n".join(letters)
        if os.environ.get("ZVONOK_GOLDEN"):
            path.write_text(text, encoding="utf-8")
        assert path.read_text(encoding="utf-8") == text, f"{name}: rewrite with ZVONOK_GOLDEN=1 if this is meant"
