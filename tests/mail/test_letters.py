"""A family that reads by e-mail: what comes, how it looks, how it ends."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import update

from services.family_ticks import FamilyTicks
from storage.models.delivery import Item
from storage.models.people import Guardianship
from storage.uow import Storage
from storage.vocabulary import AttendanceCode, Channel, WorkKind
from tests.letters.mailbox import Mailbox
from tests.mail.server import ADDRESS, MailPost, contact, post_at_work, served, without_telegram
from tests.school import TODAY, Cast, found


@pytest.fixture
async def school(storage: Storage) -> Cast:
    cast = await found(storage)
    await served(storage, cast)
    await without_telegram(storage, cast, cast.father_larin)
    await contact(storage, cast, cast.father_larin)
    return cast


@pytest.fixture
async def post(storage: Storage, school: Cast) -> AsyncIterator[MailPost]:
    async with post_at_work(storage, school) as made:
        yield made


async def test_an_absence_is_mailed_at_once_with_plain_text_html_and_one_click_to_stop(
    storage: Storage, school: Cast, post: MailPost
) -> None:
    teachers = Mailbox(storage, school)
    teachers.clock_shows("10:45")
    await teachers.says(school.larina, AttendanceCode.ABSENT, school.algebra, school.owner)
    teachers.clock_shows("10:52")
    letter = await post.arrives()
    assert letter["To"] == ADDRESS
    assert letter["From"] == "Школа № 1 <school@example.org>"
    assert letter["Subject"] == "Татьяна: посещаемость"
    assert letter["Auto-Submitted"] == "auto-generated"
    [row] = await post.until(lambda letters: len(letters) == 1)
    assert letter["Message-ID"] == f"<letter-{row.id}@example.org>" == row.external_id
    assert row.address.startswith("mail:") and ADDRESS not in row.address
    assert letter["List-Unsubscribe"].startswith("<https://school.example.org/mail/stop/")
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    plain, html = post.server.body(), post.server.body(kind="html")
    assert plain.startswith("Татьяна отсутствует на уроке: алгебра")
    assert letter["List-Unsubscribe"].strip("<>") in plain
    assert "Татьяна отсутствует на уроке: алгебра" in html and "<b>" not in plain
    assert "<img" not in html and "Ларина" not in plain + html + str(letter["Subject"])
    assert await post.lost() == []


async def test_the_evening_letter_comes_to_the_mailbox_of_who_has_no_telegram(
    storage: Storage, school: Cast, post: MailPost
) -> None:
    teachers = Mailbox(storage, school)
    teachers.clock_shows("11:00")
    await teachers.marks_(school.larina, "5", WorkKind.ANSWER, school.algebra, school.owner)
    teachers.clock_shows("18:29")
    await teachers.evening()
    teachers.clock_shows("18:31")
    letter = await post.arrives()
    assert letter["Subject"] == "Дневник: Татьяна"
    assert "5" in post.server.body()
    [mark] = await post.rows(Item, Item.recipient_id == school.father_larin, Item.kind == "mark")
    assert (mark.state, mark.channel) == ("told", "email")


async def test_the_week_comes_to_the_mailbox_of_who_was_never_in_the_chat(
    storage: Storage, school: Cast, post: MailPost
) -> None:
    teachers = Mailbox(storage, school)
    teachers.clock_shows("11:00")
    await teachers.marks_(school.larina, "5", WorkKind.ANSWER, school.algebra, school.owner)
    teachers.clock_shows("10:00", TODAY + timedelta(days=4))
    await FamilyTicks(storage)(school.clock.now())
    letters = await post.until(lambda rows: any("Неделя" in one.payload["text"] for one in rows))
    assert any(one.payload["subject"] == "Неделя: Татьяна" for one in letters)


async def test_a_right_that_ends_between_news_and_letter_stops_the_letter(
    storage: Storage, school: Cast, post: MailPost
) -> None:
    teachers = Mailbox(storage, school)
    teachers.clock_shows("10:45")
    await teachers.says(school.larina, AttendanceCode.ABSENT, school.algebra, school.owner)
    async with storage.writing() as uow:
        ended = update(Guardianship).where(Guardianship.guardian_id == school.father_larin)
        await uow.write(ended.values(until_on=TODAY))
    teachers.clock_shows("10:52")
    father = school.father_larin
    items = await post.until(lambda rows: any(one.recipient_id == father and one.state == "void" for one in rows), Item)
    assert [one.reason for one in items if one.recipient_id == father and one.kind == "absence"] == ["cancelled"]
    assert post.server.asked == 0


async def test_who_chose_e_mail_first_gets_it_there_and_nothing_in_the_chat(
    storage: Storage, school: Cast, post: MailPost
) -> None:
    await contact(storage, school, school.mother_larina, rank=-1, address="mother@example.ru")
    teachers = Mailbox(storage, school)
    teachers.clock_shows("10:45")
    await teachers.says(school.larina, AttendanceCode.ABSENT, school.algebra, school.owner)
    teachers.clock_shows("10:52")
    await post.arrives(2)
    assert {str(one["To"]) for one in post.server.arrived} == {ADDRESS, "mother@example.ru"}
    assert await teachers.brings() == {}


async def test_paper_waits_for_the_print_and_an_absence_stands_on_the_list_at_once(
    storage: Storage, school: Cast, post: MailPost
) -> None:
    await without_telegram(storage, school, school.mother_onegina)
    await contact(storage, school, school.mother_onegina, Channel.PAPER, rank=2)
    teachers = Mailbox(storage, school)
    teachers.clock_shows("10:45")
    await teachers.marks_(school.onegin, "4", WorkKind.ANSWER, school.algebra, school.owner)
    await teachers.says(school.onegin, AttendanceCode.ABSENT, school.algebra, school.owner)
    teachers.clock_shows("11:10")
    await post.until(lambda rows: any(one.kind == "unreached" for one in rows), Item)
    rows = await post.rows(Item, Item.recipient_id == school.mother_onegina)
    mark = next(one for one in rows if one.kind == "mark")
    absence = next(one for one in rows if one.kind == "absence")
    assert (mark.state, mark.channel, mark.expires_at) == ("waiting", "paper", None)
    assert (absence.state, absence.reason) == ("void", "expired")
