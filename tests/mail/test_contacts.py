"""How a guardian comes to letters by e-mail or on paper, and how they end: the office, the links, the pages."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.mail import mail_links
from bot.web.mail import add_mail_pages
from services.access import NotYourClass
from services.channels.addresses import (
    NoAddress,
    NoMail,
    NothingThere,
    OwnChoice,
    TooManyLetters,
    TooSoon,
    read_address,
)
from services.contacts import Contacts, ContactsView, WrittenContacts
from services.errors import NotFoundHere
from storage.models.audit import AuditEntry
from storage.models.family import Contact
from storage.uow import Storage
from storage.vocabulary import Channel, ContactState
from tests.mail.server import contact, post_at_work, served, settings_of, without_telegram
from tests.school import Cast, found

LINK = re.compile(r"https://school\.example\.org(/mail/\S+)")


@pytest.fixture
async def school(storage: Storage) -> Cast:
    cast = await found(storage)
    await served(storage, cast)
    return cast


@pytest.fixture
def contacts(storage: Storage, school: Cast) -> Contacts:
    return Contacts(storage, school.clock, mail_links(settings_of(1)))


@pytest.fixture
async def pages(contacts: Contacts) -> AsyncIterator[TestClient[web.Request, web.Application]]:
    app = web.Application()
    add_mail_pages(app, contacts)
    async with TestClient(TestServer(app)) as client:
        yield client


async def asked(contacts: Contacts, school: Cast, address: str = "mother@example.ru") -> ContactsView:
    mother = school.actor(school.mother_larina)
    assert (await contacts.ask(mother)).asked
    view = await contacts.give(mother, address)
    assert isinstance(view, ContactsView)
    return view


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Anna.K+школа@Example.RU ", None),
        (" Anna.K+school@Example.RU ", "Anna.K+school@example.ru"),
        ("mailto:a@почта.рф", "a@xn--80a1acny.xn--p1ai"),
        ("a@b", None),
        ("a@example..ru", None),
        ("no address", None),
        ("a b@example.ru", None),
        ("a@example.ru\nBcc: b@example.ru", None),
        (".a@example.ru", None),
        ("a" * 65 + "@example.ru", None),
        ("a@" + "b" * 250 + ".ru", None),
        ("@example.ru", None),
    ],
)
def test_only_an_address_is_an_address(typed: str, kept: str | None) -> None:
    if kept is None:
        with pytest.raises(NoAddress):
            read_address(typed)
    else:
        assert read_address(typed) == kept


async def test_letters_go_only_after_the_button_behind_the_link_was_pressed(
    storage: Storage, school: Cast, contacts: Contacts, pages: TestClient[web.Request, web.Application]
) -> None:
    view = await asked(contacts, school)
    assert view.email is not None and view.email.state is ContactState.ASKED and view.first is Channel.TELEGRAM
    mother = school.actor(school.mother_larina)
    with pytest.raises(NothingThere):
        await contacts.choose(mother, Channel.EMAIL)
    async with post_at_work(storage, school) as post:
        letter = await post.arrives()
        assert letter["To"] == "mother@example.ru" and letter["List-Unsubscribe"] is None
        assert "Татьян" not in post.server.body() and "Ларин" not in post.server.body()
        path = LINK.search(post.server.body())
    assert path is not None
    for _ in range(3):  # scanners look
        page = await pages.get(path[1])
        assert page.status == 200 and "Подтвердить адрес" in await page.text()
        assert page.headers["Referrer-Policy"] == "no-referrer"
    assert (await state(storage)) == ["asked"]
    assert "Адрес подтверждён" in await (await pages.post(path[1])).text()
    assert (await state(storage)) == ["confirmed"]
    used = await (await pages.post(path[1])).text()
    wrong = await (await pages.post("/mail/confirm/" + "0" * 40)).text()
    assert used == wrong and "Ссылка не действует" in used
    assert (await contacts.choose(mother, Channel.EMAIL)).first is Channel.EMAIL
    assert [one.action for one in await rows(storage, AuditEntry) if one.action.startswith("contact.")] == [
        "contact.email",
        "contact.confirm",
        "contact.first",
    ]


async def test_one_click_ends_the_letters_and_a_look_does_not(
    storage: Storage, school: Cast, contacts: Contacts, pages: TestClient[web.Request, web.Application]
) -> None:
    links = mail_links(settings_of(1))
    assert links is not None
    number = await contact(storage, school, school.mother_larina, rank=-1)
    path = links.stopping(number).removeprefix("https://school.example.org")
    assert "Больше не присылать" in await (await pages.get(path)).text()
    assert (await state(storage)) == ["confirmed"]
    forged = await (await pages.post(path[:-1] + ("0" if path[-1] != "0" else "1"))).text()
    one_click = await pages.post(path, data={"List-Unsubscribe": "One-Click"})
    assert one_click.status == 200 and "писем больше не будет" in await one_click.text()
    [row] = await rows(storage, Contact)
    assert (row.state, row.stopped_reason) == ("stopped", "unsubscribed")
    assert await (await pages.post(path)).text() == forged
    assert (await contacts.view(school.actor(school.mother_larina))).first is Channel.TELEGRAM


async def test_a_link_is_good_for_a_week_and_a_newer_one_ends_it(
    storage: Storage, school: Cast, contacts: Contacts
) -> None:
    await asked(contacts, school)
    links = mail_links(settings_of(1))
    assert links is not None
    [first] = await rows(storage, Contact)
    mother = school.actor(school.mother_larina)
    with pytest.raises(TooSoon):
        await contacts.send_again(mother)
    school.clock.advance(timedelta(minutes=11))
    await contacts.send_again(mother)
    assert await contacts.confirm_by_link(links.confirm_token(first.id, first.asked_at)) is None
    [second] = await rows(storage, Contact)
    school.clock.advance(timedelta(days=8))
    assert await contacts.confirm_by_link(links.confirm_token(second.id, second.asked_at)) is None
    assert (await state(storage)) == ["asked"]


async def test_a_new_address_takes_over_only_when_it_is_confirmed(
    storage: Storage, school: Cast, contacts: Contacts
) -> None:
    await contact(storage, school, school.mother_larina, rank=-1)
    mother = school.actor(school.mother_larina)
    view = await asked(contacts, school, "new@example.ru")
    assert view.email is not None and view.email.state is ContactState.CONFIRMED and view.first is Channel.EMAIL
    assert view.newer is not None and view.newer.address == "new@example.ru"
    _old, new = await rows(storage, Contact)
    links = mail_links(settings_of(1))
    assert links is not None
    token = links.confirm_token(new.id, new.asked_at)
    assert await contacts.confirm_by_link(token) is not None
    assert await contacts.confirm_by_link(token) is None
    view = await contacts.view(mother)
    assert view.email is not None and view.email.address == "new@example.ru" and view.newer is None
    assert view.first is Channel.EMAIL and sorted(await state(storage)) == ["confirmed", "stopped"]
    await asked(contacts, school, "third@example.ru")
    assert (await contacts.remove_email(mother)).email is None
    assert set(await state(storage)) == {"stopped"}


async def test_nobodys_mailbox_is_flooded(school: Cast, contacts: Contacts) -> None:
    for number in range(5):
        await asked(contacts, school, f"other{number}@example.ru")
        school.clock.advance(timedelta(seconds=5))
    mother = school.actor(school.mother_larina)
    await contacts.ask(mother)
    with pytest.raises(TooManyLetters):
        await contacts.give(mother, "one.more@example.ru")


async def test_a_wrong_text_is_refused_and_the_question_stands(school: Cast, contacts: Contacts) -> None:
    mother = school.actor(school.mother_larina)
    await contacts.ask(mother)
    with pytest.raises(NoAddress):
        await contacts.give(mother, "мама")
    assert isinstance(await contacts.give(mother, "mother@example.ru"), ContactsView)


async def test_paper_may_be_chosen_and_left_again(storage: Storage, school: Cast, contacts: Contacts) -> None:
    mother = school.actor(school.mother_larina)
    assert (await contacts.choose(mother, Channel.PAPER)).first is Channel.PAPER
    assert (await contacts.choose(mother, Channel.PAPER)).first is Channel.PAPER
    left = await contacts.choose(mother, Channel.TELEGRAM)
    assert left.first is Channel.TELEGRAM and left.paper is None


async def test_the_homeroom_teacher_records_what_was_given_in_writing_and_strangers_do_not(
    storage: Storage, school: Cast, contacts: Contacts
) -> None:
    await without_telegram(storage, school, school.father_larin)
    homeroom, father, place = school.actor(school.homeroom_teacher), school.father_larin, school.class_7b
    view = await contacts.put_paper(homeroom, place, father)
    assert view.view.first is Channel.PAPER and view.view.paper is not None and view.view.paper.source
    await contacts.put_paper(homeroom, place, father)
    await contacts.ask_written(homeroom, place, father)
    given = await contacts.give(homeroom, "larin@example.ru")
    assert isinstance(given, WrittenContacts) and given.view.email is not None
    assert (given.view.email.state, given.view.first) == (ContactState.ASKED, Channel.PAPER)
    with pytest.raises(OwnChoice):
        await contacts.put_paper(homeroom, place, school.mother_larina)
    with pytest.raises(NotFoundHere):
        await contacts.put_paper(homeroom, place, school.mother_of_7a)
    for stranger in (school.owner, school.stranger):
        with pytest.raises(NotYourClass):
            await contacts.written(school.actor(stranger), place, father)
        with pytest.raises(NotYourClass):
            await contacts.ask_written(school.actor(stranger), place, father)
    for nobodys_guardian in (school.owner, school.deputy):
        with pytest.raises(NotFoundHere):
            await contacts.view(school.actor(nobodys_guardian))
    removed = await contacts.remove_written(homeroom, place, father, Channel.PAPER)
    assert removed.view.paper is None
    with pytest.raises(NothingThere):
        await contacts.remove_written(homeroom, place, father, Channel.PAPER)


async def test_without_a_mail_server_e_mail_is_not_offered(storage: Storage, school: Cast) -> None:
    office = Contacts(storage, school.clock, None)
    mother = school.actor(school.mother_larina)
    assert not (await office.view(mother)).offered
    with pytest.raises(NoMail):
        await office.ask(mother)
    assert (await office.choose(mother, Channel.PAPER)).first is Channel.PAPER


async def test_no_address_stands_in_the_logs(
    storage: Storage, school: Cast, contacts: Contacts, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="zvonok")
    await asked(contacts, school)
    async with post_at_work(storage, school) as post:
        post.server.script = {"RCPT": ["550 5.1.1 mother@example.ru unknown"]}
        await post.until(lambda found_: any(one.state == "stopped" for one in found_), Contact)
        [letter] = await post.until(lambda letters: len(letters) == 1)
        assert letter.outcome == "smtp_mailbox_550"
    assert caplog.records and "mother@" not in caplog.text and "example.ru" not in caplog.text


async def rows(storage: Storage, model: type[Contact] | type[AuditEntry]) -> list[Any]:
    async with storage.reading() as uow:
        return list((await uow.execute(model.__table__.select().order_by(model.id))).all())


async def state(storage: Storage) -> list[str]:
    return [one.state for one in await rows(storage, Contact)]
