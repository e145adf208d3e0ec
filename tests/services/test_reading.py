"""«Ознакомлен(а)» of finals: the button in the letter, who is silent, signatures on paper, and whom letters reached."""

from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import insert, select, update

from handlers.callbacks.reading import Acknowledge
from services.access import NotYourClass, NotYourStudent
from services.errors import NotFoundHere
from services.finals.family import FamilyResults
from services.finals.reading import ClassReading, NobodySilent, NothingIssued, ResultsReading, family_of
from services.i18n import speaking
from services.reports.signatures import signatures_pdf
from storage.models.audit import AuditEntry
from storage.models.family import Contact
from storage.models.people import TelegramAccount
from storage.uow import Storage
from storage.vocabulary import PersonId, Role, TermScope
from tests.letters.mailbox import Mailbox, Received
from tests.letters.test_results import corrects, issues
from tests.school import connect, found

MONDAY = date(2026, 10, 19)
DAY = timedelta(days=1)


@pytest.fixture
async def box(storage: Storage) -> Mailbox:
    cast = await found(storage)
    box = Mailbox(storage, cast)
    box.clock_shows("11:00", MONDAY)
    return box


@pytest.fixture
def reading(box: Mailbox) -> ResultsReading:
    return ResultsReading(box.storage, box.cast.clock)


async def told(box: Mailbox, hour: str = "17:00", day: date = MONDAY) -> dict[int, list[Received]]:
    box.clock_shows(hour, day)
    return await box.brings()


def button_of(letter: Received) -> Acknowledge:
    data = next(one["data"] for row in letter.payload["rows"] for one in row if one["label"] == "Ознакомлен(а)")
    return Acknowledge.unpack(data)


async def presses(box: Mailbox, reading: ResultsReading, who: PersonId, letter: Received) -> bool:
    """The button under a letter; whether something newer waits."""
    button = button_of(letter)
    return (await reading.acknowledge(box.cast.actor(who), PersonId(button.student), button.seen)).newer


async def of_class(box: Mailbox, reading: ResultsReading) -> ClassReading:
    return await reading.view(box.cast.actor(box.cast.homeroom_teacher), box.cast.class_7b)


async def test_pressed_twice_it_is_said_once_and_shows_when(box: Mailbox, reading: ResultsReading) -> None:
    school = box.cast
    await issues(box, "Алгебра", "4", school.owner)
    [letter] = (await told(box))[school.mother_larina]
    box.clock_shows("17:42", MONDAY)
    assert not await presses(box, reading, school.mother_larina, letter)
    box.clock_shows("19:00", MONDAY)
    button = button_of(letter)
    again = await reading.acknowledge(school.actor(school.mother_larina), school.larina, button.seen)
    assert again.at.strftime("%H:%M") == "17:42"
    view = await FamilyResults(box.storage, school.clock).view(school.actor(school.mother_larina), school.larina)
    assert view.reading is not None
    assert view.reading.read_at is not None
    assert view.reading.read_at.strftime("%d.%m %H:%M") == "19.10 17:42"
    fathers = await FamilyResults(box.storage, school.clock).view(school.actor(school.father_larin), school.larina)
    assert fathers.reading is not None
    assert fathers.reading.read_at is None, "her word isn't his"


async def test_what_is_issued_or_corrected_later_asks_once_more(box: Mailbox, reading: ResultsReading) -> None:
    school = box.cast
    place = await issues(box, "Алгебра", "4", school.owner)
    [first] = (await told(box))[school.mother_onegina]
    await presses(box, reading, school.mother_onegina, first)
    assert school.onegin not in {one.student.id for one in (await of_class(box, reading)).silent}
    box.clock_shows("12:00", MONDAY + DAY)
    await corrects(box, place, 2, "5")
    assert school.onegin in {one.student.id for one in (await of_class(box, reading)).silent}
    assert await presses(box, reading, school.mother_onegina, first), "the old letter stands for what it said"
    assert school.onegin in {one.student.id for one in (await of_class(box, reading)).silent}
    [second] = (await told(box, day=MONDAY + DAY))[school.mother_onegina]
    assert "5 вместо 4" in second.text
    assert not await presses(box, reading, school.mother_onegina, second)
    assert school.onegin not in {one.student.id for one in (await of_class(box, reading)).silent}


async def test_only_a_guardian_of_the_child_can_say_so(box: Mailbox, reading: ResultsReading) -> None:
    school = box.cast
    with pytest.raises(NothingIssued):
        await reading.acknowledge(school.actor(school.mother_larina), school.larina, 1)
    await issues(box, "Алгебра", "4", school.owner)
    seen = button_of((await told(box))[school.mother_larina][0]).seen
    for who in (school.mother_onegina, school.owner, school.homeroom_teacher):
        with pytest.raises(NotYourStudent):
            await reading.acknowledge(school.actor(who), school.larina, seen)
    async with box.storage.writing() as uow:
        await connect(uow, school, school.larina)
    with pytest.raises(NotYourStudent):
        await reading.acknowledge(school.actor(school.larina), school.larina, seen)
    assert school.larina in {one.student.id for one in (await of_class(box, reading)).silent}


async def test_the_silent_are_reminded_the_next_evening_once_and_only_they(
    box: Mailbox, reading: ResultsReading
) -> None:
    school = box.cast
    await issues(box, "Алгебра", "4", school.owner)
    letters = await told(box)
    await presses(box, reading, school.father_larin, letters[school.father_larin][0])
    assert await told(box, "18:29", MONDAY + DAY) == {}
    got = await told(box, "18:30", MONDAY + DAY)
    assert set(got) == {school.mother_onegina}, "the father's word is the family's"
    [letter] = got[school.mother_onegina]
    assert letter.text == (
        "<b>Евгений</b>\nИтоги, 1-я четверть:\nалгебра — 4\n\n"
        "Классный руководитель ждёт подтверждения, что вы их видели. Нажмите, пожалуйста, кнопку."
    )
    assert letter.buttons == ["Ознакомлен(а)", "Итоги", "Дневник"]
    await issues(box, "Литература", "5", school.colleague)
    assert len((await told(box, "17:00", MONDAY + 2 * DAY))[school.mother_onegina]) == 1
    later = set(await told(box, "18:30", MONDAY + 3 * DAY))
    assert later == {school.mother_larina, school.father_larin}, "once for a quarter"


async def test_a_reminder_by_hand_goes_to_the_silent_once_a_day(box: Mailbox, reading: ResultsReading) -> None:
    school = box.cast
    teacher = school.actor(school.homeroom_teacher)
    place = await issues(box, "Алгебра", "4", school.owner)
    letters = await told(box)
    await presses(box, reading, school.mother_larina, letters[school.mother_larina][0])
    box.clock_shows("19:00", MONDAY)
    assert [await reading.remind(teacher, school.class_7b, place.scope) for _ in range(2)] == [1, 1]
    assert {person: len(own) for person, own in (await box.brings()).items()} == {school.mother_onegina: 1}
    assert await reading.remind(teacher, school.class_7b, place.scope) == 1
    assert await box.brings() == {}, "reminded today already"
    await presses(box, reading, school.mother_onegina, letters[school.mother_onegina][0])
    with pytest.raises(NobodySilent):
        await reading.remind(teacher, school.class_7b, place.scope)
    for who in (school.owner, school.deputy, school.mother_larina):
        with pytest.raises(NotYourClass):
            await reading.remind(school.actor(who), school.class_7b, place.scope)
        with pytest.raises(NotYourClass):
            await reading.view(school.actor(who), school.class_7b)


async def test_the_homeroom_teacher_enters_and_takes_back_signatures(box: Mailbox, reading: ResultsReading) -> None:
    school = box.cast
    teacher = school.actor(school.homeroom_teacher)
    place = await issues(box, "Алгебра", "4", school.owner)
    letters = await told(box)

    async def sign(guardian: PersonId, *, signed: bool) -> ClassReading:
        who = (teacher, school.class_7b, place.scope, school.larina, guardian)
        return await reading.sign(*who, signed=signed)

    with pytest.raises(NotFoundHere):
        await sign(school.mother_onegina, signed=True)
    for _ in range(2):
        view = await sign(school.mother_larina, signed=True)
    mother = next(one for one in family_of(view, school.larina).guardians if one.id == school.mother_larina)
    assert mother.signed
    assert family_of(view, school.larina).read
    assert not family_of(await sign(school.mother_larina, signed=False), school.larina).read
    await presses(box, reading, school.mother_larina, letters[school.mother_larina][0])
    view = await sign(school.mother_larina, signed=False)
    assert family_of(view, school.larina).read, "an own word isn't taken back"
    async with box.storage.reading() as uow:
        noted = (
            await uow.execute(select(AuditEntry.action).where(AuditEntry.action.startswith("signature")))
        ).scalars()
        assert sorted(noted) == ["signature_entered", "signature_taken_back"]


async def test_the_list_tells_the_silent_from_those_whom_nothing_reached(box: Mailbox, reading: ResultsReading) -> None:
    school = box.cast
    await issues(box, "Алгебра", "4", school.owner)
    async with box.storage.writing() as uow:
        away = {"unreachable_at": school.clock.now(), "unreachable_reason": "blocked"}
        await uow.write(update(TelegramAccount).where(TelegramAccount.person_id == school.mother_onegina).values(away))
    await told(box)
    view = await of_class(box, reading)
    assert family_of(view, school.larina).reached
    assert not family_of(view, school.onegin).reached
    assert len(view.unreached) == 29, "nobody is recorded for the others"
    assert view.scope_words == "1-я четверть"
    assert view.scope == view.scopes[0][0]
    with pytest.raises(NothingIssued):
        other = replace(view.scope, kind=TermScope.YEAR)
        await reading.view(school.actor(school.homeroom_teacher), school.class_7b, other)


async def test_the_signature_sheet_has_a_line_for_each_and_who_has_answered_is_printed(
    box: Mailbox, reading: ResultsReading
) -> None:
    school = box.cast
    await issues(box, "Алгебра", "4", school.owner)
    letters = await told(box)
    await presses(box, reading, school.mother_larina, letters[school.mother_larina][0])
    view = await of_class(box, reading)
    assert family_of(view, school.named("Яковлева Вера")).on_paper
    assert not family_of(view, school.onegin).on_paper
    async with box.storage.writing() as uow:
        row = {
            "school_id": school.school_id,
            "person_id": school.mother_onegina,
            "channel": "paper",
            "state": "confirmed",
        }
        await uow.execute(insert(Contact), {**row, "source": "№ 14", "given_on": MONDAY, "rank": 0})
    view = await of_class(box, reading)
    assert family_of(view, school.onegin).on_paper
    with speaking("ru"):
        pdf = await signatures_pdf(view, view.families, school.clock.now())
    pages = [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]
    assert len(pages) == 1
    text = "\n".join(pages)
    assert "Класс 7Б, 1-я четверть" in text
    assert "19.10.2026" in text
    assert "Ларина П. И." in text
    assert "Онегина М. Л." in text
    assert Role.GUARDIAN.value not in text
    assert all(f"{name}" in text for name in ("Абдурахманова", "Яковлева"))
