"""Letters at once: marks and homework coalesced, absences and their withdrawal, word for word."""

from datetime import timedelta

import pytest

from storage.uow import Storage
from storage.vocabulary import AttendanceCode, WorkKind
from tests.letters.mailbox import Mailbox
from tests.school import TODAY, found

ABSENT, LATE, PRESENT = AttendanceCode.ABSENT, AttendanceCode.LATE, AttendanceCode.PRESENT


@pytest.fixture
async def box(storage: Storage) -> Mailbox:
    return Mailbox(storage, await found(storage))


async def test_marks_of_one_subject_are_one_line(box: Mailbox) -> None:
    school = box.cast
    await box.marks_(school.larina, "5", WorkKind.CONTROL, school.algebra, school.owner)
    await box.marks_(school.larina, "3", WorkKind.ANSWER, school.algebra, school.owner)
    assert await box.texts() == {}, "the window is open yet"
    school.clock.advance(timedelta(seconds=61))
    assert await box.texts() == {school.mother_larina: ["Татьяна: алгебра — 5 (контрольная работа), 3 (ответ)"]}


async def test_marks_and_homework_of_a_child_share_a_letter(box: Mailbox) -> None:
    school = box.cast
    await box.marks_(school.onegin, "4", WorkKind.ANSWER, school.algebra, school.owner)
    await box.gives("№ 312–315 <письменно>", school.algebra, school.owner)
    school.clock.advance(timedelta(seconds=61))
    assert (await box.texts())[school.mother_onegina] == [
        "<b>Евгений</b>\n"
        "алгебра — 4 (ответ)\n"
        "\n"
        "Задано:\n"
        "алгебра — № 312–315 &lt;письменно&gt; (на завтра, ср 9 сентября)"
    ]


async def test_a_mark_changed_within_the_window_is_told_once(box: Mailbox) -> None:
    school = box.cast
    for value in ("3", "4"):
        await box.marks_(school.larina, value, WorkKind.ANSWER, school.algebra, school.owner)
    school.clock.advance(timedelta(seconds=61))
    assert await box.texts() == {school.mother_larina: ["Татьяна: алгебра — 4 (ответ)"]}


async def test_a_mark_taken_back_within_the_window_is_no_news(box: Mailbox) -> None:
    school = box.cast
    for value in ("3", None):
        await box.marks_(school.larina, value, WorkKind.ANSWER, school.algebra, school.owner)
    school.clock.advance(timedelta(minutes=6))
    assert await box.texts() == {}


async def test_a_told_mark_is_corrected_and_withdrawn_by_what_was_told(box: Mailbox) -> None:
    school = box.cast
    await box.marks_(school.larina, "3", WorkKind.ANSWER, school.algebra, school.owner)
    school.clock.advance(timedelta(seconds=61))
    await box.brings()
    await box.marks_(school.larina, "4", WorkKind.ANSWER, school.algebra, school.owner)
    school.clock.advance(timedelta(seconds=61))
    assert await box.texts() == {school.mother_larina: ["Татьяна: алгебра — исправлено 3 → 4 (ответ)"]}
    await box.marks_(school.larina, None, WorkKind.ANSWER, school.algebra, school.owner)
    school.clock.advance(timedelta(seconds=61))
    assert await box.texts() == {school.mother_larina: ["Татьяна: алгебра — оценка 4 снята (ответ)"]}


async def test_an_absence_is_told_fifteen_seconds_after_done_to_each_guardian_of_that_child_only(box: Mailbox) -> None:
    school = box.cast
    await box.says(school.larina, ABSENT, school.algebra, school.owner)
    school.clock.advance(timedelta(seconds=14))
    assert await box.texts() == {}
    school.clock.advance(timedelta(seconds=2))
    said = (
        "Татьяна отсутствует на уроке: алгебра, 3-й урок, 10:25.\n"
        "Если причина вам известна, сообщите классному руководителю."
    )
    assert await box.texts() == {school.mother_larina: [said], school.father_larin: [said]}


async def test_an_absence_taken_back_before_it_was_told_is_never_told(box: Mailbox) -> None:
    school = box.cast
    for code in (ABSENT, LATE, PRESENT):
        await box.says(school.larina, code, school.algebra, school.owner, done=False)
    school.clock.advance(timedelta(minutes=20))
    assert await box.texts() == {}


async def test_a_told_absence_is_taken_back_at_once(box: Mailbox) -> None:
    school = box.cast
    await box.says(school.onegin, ABSENT, school.algebra, school.owner)
    school.clock.advance(timedelta(seconds=16))
    await box.brings()
    await box.says(school.onegin, LATE, school.algebra, school.owner, done=False)
    assert await box.texts() == {
        school.mother_onegina: [
            "Евгений на уроке, с опозданием: алгебра, 3-й урок, 10:25.\nОтметка об отсутствии снята."
        ]
    }


async def test_the_alarm_rings_at_night_and_marks_wait_for_the_morning(box: Mailbox) -> None:
    school = box.cast
    box.clock_shows("21:30")
    await box.says(school.onegin, ABSENT, school.algebra, school.owner)
    await box.marks_(school.onegin, "4", WorkKind.ANSWER, school.algebra, school.owner)
    school.clock.advance(timedelta(minutes=10))
    assert [text.split("\n")[0] for text in (await box.texts())[school.mother_onegina]] == [
        "Евгений отсутствует на уроке: алгебра, 3-й урок, 10:25."
    ]
    box.clock_shows("07:00", TODAY + timedelta(days=1))
    assert await box.texts() == {school.mother_onegina: ["Евгений: алгебра, вчера, вт 8 сентября — 4 (ответ)"]}


async def test_a_letter_opens_the_diary_of_its_child_as_a_new_message(box: Mailbox) -> None:
    school = box.cast
    await box.says(school.onegin, ABSENT, school.algebra, school.owner)
    school.clock.advance(timedelta(seconds=16))
    [letter] = (await box.brings())[school.mother_onegina]
    assert letter.payload["rows"] == [[{"label": "Дневник", "data": f"sd1:{school.onegin}"}]]
    assert letter.payload["silent"] is False


async def test_full_names_are_the_schools_choice(storage: Storage) -> None:
    box = Mailbox(storage, await found(storage, regulation={"full_names_in_letters": True}))
    school = box.cast
    await box.marks_(school.larina, "5", WorkKind.ANSWER, school.algebra, school.owner)
    school.clock.advance(timedelta(seconds=61))
    assert await box.texts() == {school.mother_larina: ["Татьяна Ларина: алгебра — 5 (ответ)"]}


async def test_a_letter_held_up_into_quiet_hours_waits_for_their_end(box: Mailbox) -> None:
    school = box.cast
    box.clock_shows("20:58")
    await box.marks_(school.onegin, "4", WorkKind.ANSWER, school.algebra, school.owner)
    box.clock_shows("23:00")
    assert await box.texts() == {}, "the bot was down for two hours"
    box.clock_shows("06:59", TODAY + timedelta(days=1))
    assert await box.texts() == {}
    box.clock_shows("07:00", TODAY + timedelta(days=1))
    assert await box.texts() == {school.mother_onegina: ["Евгений: алгебра, вчера, вт 8 сентября — 4 (ответ)"]}
