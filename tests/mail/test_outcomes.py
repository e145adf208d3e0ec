"""What a mail server's answer makes of a letter: the table, and each row of it over a real connection."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from bot.mail import Server
from services.channels.mail_outcomes import Reply, Step, judge
from services.outbox.outcomes import Address
from storage.models.delivery import Item, Letter
from storage.models.family import Contact
from storage.uow import Storage
from storage.vocabulary import AttendanceCode, LetterState
from tests.letters.mailbox import Mailbox
from tests.mail.server import MailPost, contact, post_at_work, served, without_telegram
from tests.school import Cast, found

RETURNED, DEAD, UNKNOWN, SENT = LetterState.RETURNED, LetterState.DEAD, LetterState.UNKNOWN, LetterState.SENT
FINE, GONE = Address.FINE, Address.UNREACHABLE


@pytest.mark.parametrize(
    ("reply", "state", "address", "everybody_waits"),
    [
        (Reply(Step.TEXT, 250, "queued"), SENT, FINE, False),
        (Reply(Step.CONNECT), RETURNED, FINE, False),
        (Reply(Step.MAILBOX), RETURNED, FINE, False),
        (Reply(Step.TEXT), UNKNOWN, FINE, False),
        (Reply(Step.MAILBOX, 450, "4.2.1 try later"), RETURNED, FINE, False),
        (Reply(Step.TEXT, 451, "greylisted"), RETURNED, FINE, False),
        (Reply(Step.MAILBOX, 421, "closing"), RETURNED, FINE, True),
        (Reply(Step.LOGIN, 535, "5.7.8 wrong password"), RETURNED, FINE, True),
        (Reply(Step.SENDER, 553, "5.7.1 not your address"), RETURNED, FINE, True),
        (Reply(Step.MAILBOX, 550, "5.1.1 no such user"), RETURNED, GONE, False),
        (Reply(Step.MAILBOX, 550, "no such user"), RETURNED, GONE, False),
        (Reply(Step.MAILBOX, 550, "5.7.1 relaying denied"), RETURNED, FINE, False),
        (Reply(Step.MAILBOX, 554, "your network is blocked"), RETURNED, FINE, False),
        (Reply(Step.TEXT, 550, "5.1.1 no such user"), RETURNED, GONE, False),
        (Reply(Step.TEXT, 554, "5.7.1 looks like spam"), DEAD, FINE, False),
        (Reply(Step.TEXT, 552, "5.2.3 too large"), DEAD, FINE, False),
        (Reply(Step.MAILBOX, 552, "5.2.2 mailbox full"), RETURNED, FINE, False),
        (Reply(Step.TEXT, 552, "5.2.2 mailbox full"), RETURNED, FINE, False),
    ],
)
def test_an_answer_makes_this_of_a_letter(
    reply: Reply, state: LetterState, address: Address, everybody_waits: bool
) -> None:
    outcome = judge(reply, "<letter-1@example.org>")
    assert (outcome.state, outcome.address, bool(outcome.pause_bot)) == (state, address, everybody_waits)


@pytest.mark.parametrize(
    ("url", "starttls", "tls", "port"),
    [
        ("smtp://school:p%40ss@mail.example.org", True, False, 587),
        ("smtps://school:x@mail.example.org", False, True, 465),
        ("smtp://127.0.0.1:2525", False, False, 2525),
        ("smtp://user:x@localhost:25", False, False, 25),
    ],
)
def test_a_password_goes_to_another_machine_encrypted_only(url: str, starttls: bool, tls: bool, port: int) -> None:
    server = Server.from_url(url)
    assert (server.needs_starttls, server.tls, server.port) == (starttls, tls, port)
    assert Server.from_url("smtp://school:p%40ss@h").password == "p@ss"


@pytest.mark.parametrize("url", ["http://mail:secret@host", "smtp://", "smtp://u:secret@host:99999"])
def test_a_wrong_server_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ValueError, match="SMTP_URL") as refused:
        Server.from_url(url)
    assert "secret" not in str(refused.value)


@pytest.fixture
async def school(storage: Storage) -> Cast:
    cast = await found(storage)
    await served(storage, cast)
    await without_telegram(storage, cast, cast.father_larin)
    await contact(storage, cast, cast.father_larin)
    return cast


async def absent(post: MailPost) -> None:
    """Larina's absence is due."""
    teachers = Mailbox(post.storage, post.cast)
    teachers.clock_shows("10:45")
    await teachers.says(post.cast.larina, AttendanceCode.ABSENT, post.cast.algebra, post.cast.owner)
    teachers.clock_shows("10:52")


async def fathers(post: MailPost) -> Any:
    [item] = await post.rows(Item, Item.recipient_id == post.cast.father_larin, Item.kind == "absence")
    return item


async def test_a_passing_refusal_leaves_the_news_waiting(storage: Storage, school: Cast) -> None:
    async with post_at_work(storage, school) as post:
        post.server.script["RCPT"] = ["450 4.2.1 later"]
        await absent(post)
        await post.until(lambda letters: any(one.state == "returned" for one in letters))
        item = await fathers(post)
        assert (item.state, item.channel) == ("waiting", "email")


async def test_a_mailbox_that_does_not_exist_ends_the_contact_and_the_next_way_takes_over(
    storage: Storage, school: Cast
) -> None:
    await contact(storage, school, school.mother_larina, rank=-1, address="gone@example.ru")
    async with post_at_work(storage, school) as post:
        post.server.script["RCPT"] = ["550 5.1.1 no such user", "550 5.1.1 no such user"]
        await absent(post)
        await post.until(lambda rows: all(one.state == "stopped" for one in rows), Contact)
        assert {one.stopped_reason for one in await post.rows(Contact)} == {"smtp_mailbox_550"}
        moved = await post.rows(Item, Item.recipient_id == school.mother_larina, Item.kind == "absence")
        assert [(one.state, one.channel) for one in moved] == [("waiting", "telegram")]
        got = await Mailbox(storage, school).brings()
        assert list(got) == [school.mother_larina]


async def test_a_text_that_is_refused_for_good_goes_on_by_the_next_way(storage: Storage, school: Cast) -> None:
    await contact(storage, school, school.mother_larina, rank=-1, address="mother@example.ru")
    async with post_at_work(storage, school) as post:
        post.server.script["DATA"] = ["554 5.7.1 spam", "554 5.7.1 spam"]
        await absent(post)
        await post.until(lambda letters: [one.state for one in letters] == ["dead", "dead"])
        await post.until(lambda rows: any(one.kind == "unreached" for one in rows), Item)
        mothers = await post.rows(Item, Item.recipient_id == school.mother_larina, Item.kind == "absence")
        assert [(one.state, one.channel) for one in mothers] == [("waiting", "telegram")]
        assert ((await fathers(post)).state, (await fathers(post)).reason) == ("void", "dead")  # nothing else is left


async def test_a_letter_cut_off_after_its_text_goes_again_marked_with_the_same_id(
    storage: Storage, school: Cast
) -> None:
    async with post_at_work(storage, school) as post:
        post.server.script["DATA"] = ["drop"]
        await absent(post)
        await post.until(lambda letters: any(one.state == "unknown" for one in letters))
        await long_ago(storage)
        await post.until(lambda letters: [(one.state, one.copies) for one in letters] == [("sent", 1)])
        first, second = post.server.arrived
        assert first["Message-ID"] == second["Message-ID"]
        assert "↻" not in post.server.body(0) and "↻ возможен повтор" in post.server.body(1)
        assert "↻ возможен повтор" in post.server.body(1, "html")


async def test_a_process_killed_between_text_and_answer_leaves_a_marked_copy_to_its_heir(
    storage: Storage, school: Cast
) -> None:
    async with post_at_work(storage, school) as post:
        await absent(post)
        await post.arrives()
    async with storage.writing() as uow:  # as it stood before the settle
        await uow.write(update(Letter).values(state="sending", sent_at=None, external_id=None))
    await long_ago(storage)
    async with post_at_work(storage, school, epoch=2) as post:
        await post.until(lambda letters: [(one.state, one.copies) for one in letters] == [("sent", 1)])
        assert "↻ возможен повтор" in post.server.body()


async def long_ago(storage: Storage) -> None:
    """The request was made a minute ago."""
    async with storage.writing() as uow:
        sending = (await uow.execute(Letter.__table__.select())).first()
        assert sending is not None
        await uow.write(update(Letter).values(sending_at=sending.sending_at - timedelta(seconds=60)))
