"""Correspondence as it is typed: what can't be passed on, and a line that might be meant for the journal."""

from typing import Any

import pytest
from aiogram.types import Location, Sticker, Voice

from handlers.callbacks.threads import AnswerThread, SendDoubted, TakeAsLine, WriteTo
from tests.everybody.chats import Came
from tests.everybody.world import World
from tests.leaks.hunt import datas

OTHER = {
    "voice": Voice(file_id="1", file_unique_id="1", duration=3),
    "location": Location(latitude=55.7, longitude=37.6),
    "sticker": Sticker(
        file_id="1", file_unique_id="1", type="regular", width=1, height=1, is_animated=False, is_video=False
    ),
}


def answers(world: World) -> int:
    """The teacher presses «Ответить» under the mother's letter."""
    teacher: int = world.two.people["teacher"]
    thread = world.two.near.things["thread"]
    assert world.does(world.chats.press(teacher, AnswerThread(thread=thread).pack())).refused is None
    return teacher


def data_of(came: Came, kind: Any) -> str:
    """The button of this class among what came."""
    shown = [getattr(call, "reply_markup", None) for call in came.calls]
    found = [data for markup in shown if markup is not None for data in datas(markup)]
    return next(data for data in found if data.startswith(kind.__prefix__))


@pytest.mark.parametrize("kind", ["voice", "location", "sticker"])
def test_what_is_neither_text_nor_file_is_refused_in_words_and_the_question_stands(world: World, kind: str) -> None:
    teacher = answers(world)
    came = world.does(world.chats.feed(message=world.chats.message(teacher, **{kind: OTHER[kind]})))
    assert came.refused == "OnlyTextOrFile"
    assert came.calls, "said aloud"
    assert not world.changed()
    assert world.does(world.chats.types(teacher, "Добрый день")).handler == "handlers.threads.typed_letter"
    assert "thread_entry" in world.changed()


def test_a_line_typed_after_answer_is_asked_about_before_a_family_gets_it(world: World) -> None:
    teacher, name = answers(world), next(one for one, whose in world.two.children.items() if whose == larina(world))
    came = world.does(world.chats.types(teacher, f"{name.capitalize()} 5"))
    assert not world.changed(), "neither sent nor written"
    taken = world.does(world.chats.press(teacher, data_of(came, TakeAsLine)))
    assert (taken.handler, taken.refused) == ("handlers.threads.take_as_line", None)
    gone = world.does(world.chats.press(teacher, data_of(came, SendDoubted)))
    assert gone.refused == "LetterNotAwaited", "one or the other"
    assert not world.changed()


def test_the_same_line_may_be_a_letter_after_all(world: World) -> None:
    teacher, name = answers(world), next(one for one, whose in world.two.children.items() if whose == larina(world))
    came = world.does(world.chats.types(teacher, f"{name.capitalize()} 5"))
    assert world.does(world.chats.press(teacher, data_of(came, SendDoubted))).refused is None
    assert {"thread_entry", "item"} <= world.changed()


def test_a_mother_who_types_the_same_is_not_asked(world: World) -> None:
    mother, things = world.two.people["mother"], world.two.near.things
    world.does(world.chats.press(mother, WriteTo(student=things["student"], teacher=things["teacher"]).pack()))
    name = next(one for one, whose in world.two.children.items() if whose == larina(world))
    world.does(world.chats.types(mother, f"{name.capitalize()} 5"))
    assert "thread_entry" in world.changed()


def larina(world: World) -> int:
    return world.two.near.things["student"]
