"""A mother who had blocked the bot comes back: one letter tells all that waited, as a person would sum it up."""

from datetime import timedelta

import pytest

from services.absences import Absences
from services.lesson_states import LessonStates
from services.outbox.returning import welcome_back
from storage.repositories import accounts
from storage.uow import Storage
from storage.vocabulary import AbsenceReason, AttendanceCode, ChangeReason, WorkKind
from tests.letters.mailbox import Mailbox
from tests.school import BOT, TODAY, found


@pytest.fixture
async def box(storage: Storage) -> Mailbox:
    return Mailbox(storage, await found(storage))


async def test_the_alarm_and_the_mark_of_the_days_away_come_in_one_letter(box: Mailbox) -> None:
    school = box.cast
    async with box.storage.writing() as uow:
        chat = str(school.mother_larina)
        await accounts.mark_unreachable(uow, BOT, chat, "blocked", school.clock.now())
    await box.says(school.larina, AttendanceCode.ABSENT, school.algebra, school.owner)
    await box.marks_(school.larina, "5", WorkKind.CONTROL, school.algebra, school.owner)
    box.clock_shows("12:00")
    assert school.mother_larina not in await box.brings()
    async with box.storage.writing() as uow:
        await welcome_back(uow, BOT, school.mother_larina, school.clock.now())
    [letter] = (await box.brings())[school.mother_larina]
    assert letter.text == (
        "<b>Пока вас не было</b>\n\n<b>Татьяна</b>\nалгебра — 5 (контрольная работа)\nПропущено: алгебра (3-й урок)"
    )
    assert letter.buttons == ["Дневник"]


async def test_the_summary_comes_in_quiet_hours_too_for_who_has_just_written_is_awake(box: Mailbox) -> None:
    school = box.cast
    async with box.storage.writing() as uow:
        await accounts.mark_unreachable(uow, BOT, str(school.mother_larina), "blocked", school.clock.now())
    await box.says(school.larina, AttendanceCode.ABSENT, school.algebra, school.owner)
    await box.marks_(school.larina, "5", WorkKind.CONTROL, school.algebra, school.owner)
    box.clock_shows("06:00", TODAY + timedelta(days=1))
    async with box.storage.writing() as uow:
        await welcome_back(uow, BOT, school.mother_larina, school.clock.now())
    [letter] = (await box.brings())[school.mother_larina]
    assert "вчера" in letter.text


async def test_an_absence_whose_reason_is_known_by_then_is_not_called_missed(box: Mailbox) -> None:
    school = box.cast
    await box.says(school.larina, AttendanceCode.ABSENT, school.algebra, school.owner)
    school.clock.advance(timedelta(seconds=16))
    await box.brings()  # the alarm goes to the father; the mother's chat takes none after it
    async with box.storage.writing() as uow:
        await accounts.mark_unreachable(uow, BOT, str(school.mother_larina), "blocked", school.clock.now())
    box.clock_shows("12:00")
    desk = Absences(box.storage, school.clock)
    teacher = school.actor(school.homeroom_teacher)
    seen = (await desk.day(teacher, school.larina, TODAY)).rev
    await desk.set_reason(teacher, school.larina, TODAY, AbsenceReason.ILL, seen)
    await box.marks_(school.larina, "5", WorkKind.CONTROL, school.algebra, school.owner)
    box.clock_shows("15:00")
    async with box.storage.writing() as uow:
        await welcome_back(uow, BOT, school.mother_larina, school.clock.now())
    [letter] = (await box.brings())[school.mother_larina]
    assert letter.text == (
        "<b>Пока вас не было</b>\n\n<b>Татьяна</b>\nалгебра — 5 (контрольная работа)\n"
        "Причина отсутствия отмечена: алгебра (3-й урок)"
    )


async def test_a_lesson_cancelled_meanwhile_stands_in_the_summary(box: Mailbox) -> None:
    school = box.cast
    async with box.storage.writing() as uow:
        await accounts.mark_unreachable(uow, BOT, str(school.mother_larina), "blocked", school.clock.now())
    office = LessonStates(box.storage, school.clock)
    await office.cancel(school.actor(school.deputy), school.lessons["литература"], ChangeReason.COLD)
    await box.marks_(school.larina, "5", WorkKind.CONTROL, school.algebra, school.owner)
    box.clock_shows("11:00")
    async with box.storage.writing() as uow:
        await welcome_back(uow, BOT, school.mother_larina, school.clock.now())
    [letter] = (await box.brings())[school.mother_larina]
    assert "5 (контрольная работа)" in letter.text
    assert "литература (6-й урок), сегодня, вт 8 сентября — отменён" in letter.text
