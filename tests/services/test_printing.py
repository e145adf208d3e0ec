"""«Печать»: sheets for families on paper, what they tell, who has taken them, and when the next is due."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import insert, select, update

from services import gaps
from services.access import NotYourClass
from services.erasure import Erasure
from services.errors import NotFoundHere
from services.outbox import items
from services.outbox.items import Fact
from services.printing import Printing
from services.printing.office import NobodyOnPaper, Printed
from services.printing.sheet import MOST_LETTERS
from services.reports.sheets import sheets_pdf
from storage.models.delivery import Item, Letter
from storage.models.family import Contact
from storage.models.people import Guardianship
from storage.models.school import School
from storage.repositories import broadcasts, care
from storage.uow import Storage
from storage.vocabulary import (
    AttendanceCode,
    BroadcastState,
    Channel,
    ClockKind,
    ClockState,
    ItemKind,
    PersonId,
    WorkKind,
)
from tests.letters.mailbox import Mailbox
from tests.school import BOT, TODAY, Cast, connect, found, guard, person

DAY = timedelta(days=1)


@dataclass
class Class7B:
    """7Б with a mother on paper, of Onegin's, and a grandmother without Telegram."""

    box: Mailbox
    office: Printing
    grandmother: PersonId

    @property
    def cast(self) -> Cast:
        return self.box.cast

    async def prints(self) -> Printed:
        return await self.office.make(self.cast.actor(self.cast.homeroom_teacher), self.cast.class_7b)


async def on_paper(storage: Storage, cast: Cast, guardian: PersonId, given_on: date = date(2026, 9, 1)) -> None:
    row = {"school_id": cast.school_id, "person_id": guardian, "channel": "paper", "state": "confirmed"}
    async with storage.writing() as uow:
        await uow.execute(insert(Contact), {**row, "source": "№ 14", "given_on": given_on, "rank": 2})


@pytest.fixture
async def school(storage: Storage) -> Class7B:
    cast = await found(storage)
    async with storage.writing() as uow:
        await uow.write(update(School).values(bot_id=BOT))
        grandmother = await person(uow, cast, "Яковлева Анна Павловна")
        await guard(uow, cast, grandmother, cast.named("Яковлева Вера"))
    await on_paper(storage, cast, grandmother)
    return Class7B(Mailbox(storage, cast), Printing(storage, cast.clock), grandmother)


def pages(pdf: bytes) -> list[str]:
    # A soft hyphen at a line's end is typesetting, not text.
    return [page.extract_text().replace("\u00ad", "") for page in PdfReader(BytesIO(pdf)).pages]


async def lives_a_day(school: Class7B) -> None:
    """Marks, an absence and homework of TODAY: of Яковлева Вера and of Larina, whose mark is a canary."""
    box, cast = school.box, school.cast
    vera = cast.named("Яковлева Вера")
    box.clock_shows("10:45")
    await box.marks_(vera, "5", WorkKind.ANSWER, cast.algebra, cast.owner)
    await box.marks_(cast.larina, "2", WorkKind.CONTROL, cast.algebra, cast.owner)
    await box.gives("№ 5, стр. 12", cast.algebra, cast.owner)
    box.clock_shows("11:30")
    literature = cast.lessons["литература"]
    box.clock_shows("13:00")
    await box.says(vera, AttendanceCode.ABSENT, literature, cast.colleague)


async def states(storage: Storage, guardian: PersonId) -> dict[str, int]:
    """How the facts for a guardian stand."""
    async with storage.reading() as uow:
        found: dict[str, int] = {}
        for row in await uow.execute(select(Item.state, Item.channel).where(Item.recipient_id == guardian)):
            assert row.channel == "paper"
            found[row.state] = found.get(row.state, 0) + 1
        return found


async def test_a_sheet_says_attendance_marks_averages_and_homework_ahead(school: Class7B) -> None:
    await lives_a_day(school)
    school.box.clock_shows("15:00")
    printed = await school.prints()
    register, sheet = pages(await sheets_pdf(printed))
    assert "Яковлева Вера" in register
    assert "Яковлева А. П." in register
    assert "Яковлева Вера, 7Б" in sheet
    assert "вт 8 сентября, 6-й урок, Литература: нет на уроке" in sheet
    assert "5 (ответ, 08.09)" in sheet
    assert "5,00" in sheet
    assert "№ 5, стр. 12" in sheet
    assert "ср 9 сентября" in sheet
    assert "Кому: Яковлева А. П." in sheet


async def test_a_sheet_holds_only_its_own_child(school: Class7B) -> None:
    cast, storage = school.cast, school.box.storage
    async with storage.writing() as uow:
        aunt = await person(uow, cast, "Ларина Канарейка Петровна")
        await guard(uow, cast, aunt, cast.larina)
    await on_paper(storage, cast, aunt)
    await lives_a_day(school)
    school.box.clock_shows("15:00")
    printed = await school.prints()
    assert [one.student for one in printed.sheets] == [("Ларина", "Татьяна"), ("Яковлева", "Вера")]
    _register, larina, vera = pages(await sheets_pdf(printed))
    assert "2 (контрольная работа" in larina
    for foreign in ("Ларина", "Татьяна", "Канарейка", "контрольная", "2,00"):
        assert foreign not in vera
    for foreign in ("Яковлева", "Вера", "5 (ответ"):
        assert foreign not in larina


async def test_what_waited_on_paper_is_told_by_the_sheet_in_the_one_ledger(school: Class7B) -> None:
    await lives_a_day(school)
    storage, guardian = school.box.storage, school.grandmother
    waiting = (await states(storage, guardian))["waiting"]
    assert waiting >= 2
    school.box.clock_shows("15:00")
    printed = await school.prints()
    assert (await states(storage, guardian)).get("told") == waiting
    async with storage.reading() as uow:
        [letter] = (await uow.execute(select(Letter).where(Letter.channel == "paper"))).all()
        told = (await uow.execute(select(Item.letter_id).where(Item.state == "told").distinct())).scalars().all()
    assert told == [letter.id]
    assert (letter.state, letter.payload["sheet"]) == ("sent", printed.sheets[0].content)
    again = await school.prints()
    assert again.batch == printed.batch
    assert again.sheets == printed.sheets


async def test_what_came_after_the_print_goes_with_the_next(school: Class7B) -> None:
    await lives_a_day(school)
    box, cast = school.box, school.cast
    box.clock_shows("15:00")
    first = await school.prints()
    box.clock_shows("15:10")
    await box.marks_(cast.named("Яковлева Вера"), "4", WorkKind.OTHER, cast.algebra, cast.owner)
    await school.prints()
    assert (await states(box.storage, school.grandmother))["waiting"] == 1, "the paper doesn't say it yet"
    box.clock_shows("15:00", TODAY + 7 * DAY)
    second = await school.prints()
    assert (first.batch.until_on, second.batch.since_on) == (TODAY, TODAY), "that day went on after the print"
    assert "waiting" not in await states(box.storage, school.grandmother)
    assert "4 (" in pages(await sheets_pdf(second))[1]


async def test_a_mark_entered_late_stands_on_the_sheet_that_tells_it(school: Class7B) -> None:
    box, cast = school.box, school.cast
    box.clock_shows("15:00")
    await school.prints()
    box.clock_shows("15:00", TODAY + 2 * DAY)
    assert "4 (" not in pages(await sheets_pdf(await school.prints()))[1]
    box.clock_shows("16:00", TODAY + 3 * DAY)
    await box.marks_(cast.named("Яковлева Вера"), "4", WorkKind.CONTROL, cast.algebra, cast.owner)
    box.clock_shows("15:00", TODAY + 9 * DAY)
    printed = await school.prints()
    assert "waiting" not in await states(box.storage, school.grandmother)
    assert "4 (" in pages(await sheets_pdf(printed))[1]


async def test_letters_wait_for_the_print_however_late_and_the_last_of_very_many_for_the_next(school: Class7B) -> None:
    box, cast = school.box, school.cast
    now = cast.clock.now()
    async with box.storage.writing() as uow:
        for number in range(MOST_LETTERS + 1):
            audience = {"kind": "class", "of": cast.class_7b}
            id_ = await broadcasts.add(uow, cast.school_id, cast.homeroom_teacher, audience, now)
            values = {"text": f"Объявление {number}.", "state": "sending"}
            await broadcasts.change(uow, id_, [BroadcastState.DRAFT], **values)
            key = f"broadcast:{id_}"
            fact = Fact(
                cast.school_id, BOT, school.grandmother, ItemKind.BROADCAST, key, key, str(id_), 3, now, now, now + DAY
            )
            await items.put(uow, [replace(fact, student_id=cast.named("Яковлева Вера"), channel=Channel.PAPER)], now)
    for day, shown in ((TODAY + 7 * DAY, range(MOST_LETTERS)), (TODAY + 14 * DAY, [MOST_LETTERS])):
        box.clock_shows("15:00", day)
        async with box.storage.writing() as uow:
            assert await care.expire(uow, BOT, cast.clock.now()) == []
        sheet = "".join(pages(await sheets_pdf(await school.prints()))[1:])
        assert [number for number in range(MOST_LETTERS + 1) if f"Объявление {number}." in sheet] == list(shown)
    assert "waiting" not in await states(box.storage, school.grandmother)


async def test_hand_over_is_marked_and_undone_and_who_has_not_taken_is_listed(school: Class7B) -> None:
    cast = school.cast
    teacher = cast.actor(cast.homeroom_teacher)
    [sheet] = (await school.prints()).sheets
    view = await school.office.view(teacher, cast.class_7b)
    assert view.left == list(view.sheets)
    for _ in range(2):
        view = await school.office.hand(teacher, sheet.id, handed=True)
        assert [one.handed_on for one in view.sheets] == [TODAY]
    assert view.left == []
    view = await school.office.hand(teacher, sheet.id, handed=False)
    assert [one.student for one in view.left] == [("Яковлева", "Вера")]


async def test_the_print_is_late_after_its_days_and_in_time_again_when_made(school: Class7B) -> None:
    cast = school.cast
    teacher = cast.actor(cast.homeroom_teacher)
    view = await school.office.view(teacher, cast.class_7b)
    assert view.due is not None
    assert (view.due.due_on, view.due.overdue, view.every) == (date(2026, 9, 8), False, 7)
    school.box.clock_shows("08:00", TODAY + DAY)
    late = (await school.office.view(teacher, cast.class_7b)).due
    assert late is not None
    assert late.overdue
    await school.prints()
    view = await school.office.view(teacher, cast.class_7b)
    assert view.due is not None
    assert (view.due.due_on, view.due.overdue) == (TODAY + 8 * DAY, False)


async def test_an_overdue_print_is_a_gap_of_the_homeroom_teacher_and_in_the_deputys_list(school: Class7B) -> None:
    cast, storage = school.cast, school.box.storage

    async def late() -> dict[PersonId, list[ClockState]]:
        async with storage.reading() as uow:
            found = await gaps.overdue_of(uow, cast.school_id, cast.clock.now())
            own = await gaps.gaps_of(uow, cast.school_id, cast.homeroom_teacher, cast.clock.now())
        named = [one for one in own if one.kind is ClockKind.PRINTED]
        assert all(one.clause == "п. 1.6" for one in named)
        shown = {who: [one for one in each if one.kind is ClockKind.PRINTED] for who, each in found.items()}
        assert [one for one in named if one.state is ClockState.OVERDUE] == shown.get(cast.homeroom_teacher, [])
        return {who: [one.state for one in each] for who, each in shown.items() if each}

    school.box.clock_shows("20:00")
    assert await late() == {}, "its last day"
    school.box.clock_shows("08:30", TODAY + DAY)
    assert await late() == {cast.homeroom_teacher: [ClockState.OVERDUE]}
    await school.prints()
    assert await late() == {}


async def test_only_the_homeroom_teacher_prints_and_only_who_may_be_told_is_printed(school: Class7B) -> None:
    cast, office = school.cast, school.office
    [sheet] = (await school.prints()).sheets
    async with school.box.storage.reading() as uow:
        batch = (await uow.execute(select(Letter.id))).scalars().one()
    for who in (cast.owner, cast.deputy, cast.mother_larina):
        actor = cast.actor(who)
        with pytest.raises(NotYourClass):
            await office.view(actor, cast.class_7b)
        with pytest.raises(NotYourClass):
            await office.make(actor, cast.class_7b)
        with pytest.raises(NotYourClass):
            await office.hand(actor, sheet.id, handed=True)
        with pytest.raises(NotYourClass):
            await office.again(actor, batch)
    teacher = cast.actor(cast.homeroom_teacher)
    with pytest.raises(NotFoundHere):
        await office.hand(teacher, 999, handed=True)
    with pytest.raises(NotYourClass):
        await office.view(teacher, cast.class_7a)
    async with school.box.storage.writing() as uow:
        ended = update(Guardianship).where(Guardianship.guardian_id == school.grandmother)
        await uow.write(ended.values(until_on=TODAY))
    with pytest.raises(NobodyOnPaper):
        await office.make(teacher, cast.class_7b)


async def test_what_people_wrote_is_printed_whole_and_a_sheet_that_goes_on_says_whose_it_is(school: Class7B) -> None:
    box, cast = school.box, school.cast
    vera, now = cast.named("Яковлева Вера"), cast.clock.now()
    box.clock_shows("10:45")
    for kind in WorkKind:
        await box.marks_(vera, "5", kind, cast.algebra, cast.owner)
    homework = " ".join(f"упр{number}," for number in range(200))
    await box.gives(homework, cast.algebra, cast.owner)
    paragraphs = [" ".join(f"слово{60 * number + word}" for word in range(60)) for number in range(8)]
    async with box.storage.writing() as uow:
        audience = {"kind": "class", "of": cast.class_7b}
        id_ = await broadcasts.add(uow, cast.school_id, cast.homeroom_teacher, audience, now)
        await broadcasts.change(uow, id_, [BroadcastState.DRAFT], text="\n\n".join(paragraphs), state="sending")
        key = f"broadcast:{id_}"
        fact = Fact(cast.school_id, BOT, school.grandmother, ItemKind.BROADCAST, key, key, str(id_), 3, now, now, None)
        await items.put(uow, [replace(fact, student_id=vera, channel=Channel.PAPER)], now)
    box.clock_shows("15:00")
    printed = await school.prints()
    assert "\n\n".join(paragraphs) in printed.sheets[0].content["blocks"][-1]["rows"][0][0]
    _register, *sheet = pages(await sheets_pdf(printed))
    said = "".join("".join(sheet).split())
    assert all(word in said for text in (homework, *paragraphs) for word in text.split())
    assert said.count("5(") == len(WorkKind)
    assert len(sheet) > 1 and all(f"Яковлева Вера, 7Б · {number}" in page for number, page in enumerate(sheet, 1))


async def test_signs_that_no_font_has_keep_no_sheet_from_the_paper(school: Class7B) -> None:
    school.box.clock_shows("10:45")
    await school.box.gives("Ёлка 🎄 → 5️⃣ замков 👨‍👩‍👧, ☎ 你好\x07, № 7", school.cast.algebra, school.cast.owner)
    school.box.clock_shows("15:00")
    _register, sheet = pages(await sheets_pdf(await school.prints()))
    assert "Ёлка → 5 замков , ☎ □□, № 7" in " ".join(sheet.replace("\ufe0f", "").replace("\u200d", "").split())


async def test_a_word_wider_than_its_column_goes_on_in_the_next_line(school: Class7B) -> None:
    link = "https://example.org/?" + "q1w2e3r4t5" * 20
    school.box.clock_shows("10:45")
    await school.box.gives(f"Посмотрите {link}", school.cast.algebra, school.cast.owner)
    school.box.clock_shows("15:00")
    _register, sheet = pages(await sheets_pdf(await school.prints()))
    whole = "".join(letter for letter in sheet if letter.isprintable() and letter not in " \u200b")
    assert link in whole and max(len(line) for line in sheet.splitlines()) < 90


async def test_a_connected_guardian_on_paper_first_gets_the_sheet_and_no_letter(school: Class7B) -> None:
    cast, storage = school.cast, school.box.storage
    async with storage.writing() as uow:
        await connect(uow, cast, school.grandmother)
        await uow.write(update(Contact).values(rank=-1))
    await lives_a_day(school)
    school.box.clock_shows("18:31")
    await school.box.evening()
    assert school.grandmother not in await school.box.brings()
    assert len((await school.prints()).sheets) == 1


async def test_the_sheets_of_who_is_erased_are_gone_and_the_print_of_the_others_stands(school: Class7B) -> None:
    cast, storage = school.cast, school.box.storage
    async with storage.writing() as uow:
        aunt = await person(uow, cast, "Ларина Анна Петровна")
        await guard(uow, cast, aunt, cast.larina)
    await on_paper(storage, cast, aunt)
    batch = (await school.prints()).batch
    async with storage.writing() as uow:
        await uow.write(update(Guardianship).where(Guardianship.guardian_id == aunt).values(until_on=TODAY))
    await Erasure(storage, cast.clock).erase(aunt)
    async with storage.reading() as uow:
        payloads = (await uow.execute(select(Letter.payload).where(Letter.channel == "paper"))).scalars().all()
    assert "Ларина" not in str(payloads)
    printed = await school.office.again(cast.actor(cast.homeroom_teacher), batch.id)
    assert [one.guardian_id for one in printed.sheets] == [school.grandmother]
