"""The matrix of rights goes on: every handler of texts, commands, words, files and links, tried by everybody."""

from collections.abc import Iterator
from typing import Any

import pytest
from aiogram import Router
from aiogram.types import PhotoSize, Voice
from sqlalchemy import delete, insert, select, update

from services.joining import Joining
from storage.models.people import Consent, Draft
from storage.vocabulary import PersonId
from tests.everybody import buttons
from tests.everybody.chats import Came
from tests.everybody.world import World
from tests.rights.declared_texts import CASES, DOCUMENT, PHOTO, SENT, VOICE, Case
from tests.rights.test_rights import said as said_in_words

A_VOICE = Voice(file_id="1", file_unique_id="1", duration=3)
A_PHOTO = PhotoSize(file_id="1", file_unique_id="1", width=9, height=9)
EVERY_CASE = pytest.mark.parametrize("name", CASES)


def handlers_of(router: Router) -> Iterator[str]:
    """Every handler of messages, as «records.typed_topic»."""
    for one in router.chain_tail:
        for handler in one.message.handlers:
            yield named(handler.callback)


def named(callback: Any) -> str:
    return f"{callback.__module__.removeprefix('handlers.')}.{callback.__qualname__}"


def test_every_handler_of_texts_and_files_is_walked_and_no_other_kind_of_message_is_taken(world: World) -> None:
    dispatcher = world.chats.dispatcher
    registered = set(handlers_of(dispatcher))
    walked = {case.handler for case in CASES.values()}
    assert registered - walked == set(), "say in tests/rights/declared_texts.py who may type or send this"
    assert walked - registered == set(), "take these away"
    taken = dispatcher.resolve_used_update_types()
    assert set(taken) == {"message", "callback_query", "my_chat_member"}, "another kind of update has its rights too"


@pytest.mark.slow
@EVERY_CASE
def test_what_is_typed_or_sent_is_taken_from_those_with_the_right_and_from_nobody_else(world: World, name: str) -> None:
    case, let_in = CASES[name], set()
    asked, wrong = awaited(world, case), []
    for who, user in world.two.people.items():
        said = prepared(world, case, user, asked)
        before = world.rows() if case.slip or case.older else None
        came = world.does(sent(world, user, said))
        leaks, changed = world.leaks(user, came.calls), world.changed(before) - case.counts
        world.restore()
        if case.older:
            world.faces.clear()
        there = came.handler == f"handlers.{case.handler}"
        if there and came.refusal is None:
            let_in.add(who)
        if leaks and not (case.slip and who == "nobody"):  # whoever holds a slip sees whose it is
            wrong.append(f"{who} received what is not theirs: {leaks}")
        if came.refusal is not None and changed:
            wrong.append(f"{who} was refused ({came.refused}), and yet {sorted(changed)} changed")
        if who not in let_in and changed:
            wrong.append(f"{who} has no right to this, and {came.handler} changed {sorted(changed)}")
        if not came.calls and not (case.silent and who in let_in):
            wrong.append(f"{who} got no answer from {came.handler}")
        if (who in case.may) != (who in let_in):
            wrong.append(f"{who} {'may' if who in case.may else 'may not'}: {came.handler}, {came.refused}")
    assert not wrong, "\n".join([f"{name}, let in: {said_in_words(let_in)}", *wrong])


def awaited(world: World, case: Case) -> Any:
    """The draft that the case's buttons leave; None where it needs none."""
    if not case.asked:
        return None
    near, user = world.two.near, world.two.people[case.by]
    for one in case.asked:
        if isinstance(one, str):
            came = world.does(sent(world, user, one))
        else:
            button, other = one
            values = {name: (near.people | near.things).get(value, value) for name, value in other.items()}
            came = world.does(world.chats.press(user, buttons.made(button, near, **values).pack()))
        assert came.refused is None, f"{case.by}, {one}: {came.refused}"
    draft = world.does(draft_of(world, user))
    world.restore()
    assert draft is not None, "nothing is awaited then"
    return draft


def prepared(world: World, case: Case, user: int, asked: Any) -> str:
    """Let the same be awaited of somebody; what they are going to say."""
    if asked is not None:
        world.does(give(world, user, asked))
    if case.older:
        world.faces.clear()
        world.does(agreed_to_an_older_text(world))
    if case.slip is None:
        return case.said.format(child=larina(world))
    joining: Joining = world.chats.offices["joining"]
    issue = joining.issue_staff if case.slip == "teacher" else joining.issue_family
    slip = world.does(issue(PersonId(world.two.people[case.slip])))
    return case.said.format(link=slip.token, code=slip.code)


def larina(world: World) -> str:
    """The student's last name."""
    student = world.two.people["student"]
    return next(word for word, whose in world.two.children.items() if whose == student).capitalize()


async def draft_of(world: World, user: int) -> Any:
    async with world.storage.reading() as uow:
        return (await uow.execute(select(Draft.__table__).where(Draft.user_id == user))).first()


async def give(world: World, user: int, draft: Any) -> None:
    async with world.storage.writing() as uow:
        await uow.execute(delete(Draft).where(Draft.user_id == user))
        await uow.execute(insert(Draft).values({**draft._mapping, "user_id": user}))


async def agreed_to_an_older_text(world: World) -> None:
    async with world.storage.writing() as uow:
        await uow.write(update(Consent).values(version="0"))


async def sent(world: World, user: int, said: str) -> Came:
    """One message of somebody: a text, a file or a voice."""
    chats = world.chats
    if said in (PHOTO, DOCUMENT):
        return await chats.sends(user, "справка.pdf", photo=said == PHOTO)
    if said in SENT:
        content: dict[str, Any] = {"voice": A_VOICE} if said == VOICE else {"photo": [A_PHOTO], "media_group_id": "7"}
        return await chats.feed(message=chats.message(user, **content))
    return await chats.types(user, said)
