"""Replies: the pace of the messenger, one edit of a message at a time, only the newest waiting."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramRetryAfter
from aiogram.methods import AnswerCallbackQuery, EditMessageText, SendMessage, TelegramMethod

from bot.replies import PacedReplies
from bot.tasks import Tasks
from services.outbox.limits import Limits
from services.outbox.pace import Pace
from tests.support.waiting import eventually

BOT = Bot("42:TEST")


@dataclass
class Wire:
    sent: list[TelegramMethod[Any]] = field(default_factory=list)
    script: list[Exception | asyncio.Event] = field(default_factory=list)

    async def __call__(self, bot: Bot, method: TelegramMethod[Any]) -> Any:
        self.sent.append(method)
        step = self.script.pop(0) if self.script else None
        if isinstance(step, asyncio.Event):
            await step.wait()
        elif step is not None:
            raise step
        return "answered"

    @property
    def texts(self) -> list[str | None]:
        return [getattr(one, "text", None) for one in self.sent]


@dataclass
class Desk:
    replies: PacedReplies
    tasks: Tasks
    wire: Wire
    pace: Pace

    async def ask(self, method: TelegramMethod[Any]) -> Any:
        return await self.replies(self.wire, BOT, method)


def desk(*script: Exception | asyncio.Event, limits: Limits | None = None) -> Desk:
    tasks, pace = Tasks(), Pace(limits or Limits(chat_interval=0.3, reply_burst=1))
    return Desk(PacedReplies(pace, tasks), tasks, Wire(script=list(script)), pace)


def edit(text: str, message: int = 7) -> EditMessageText:
    return EditMessageText(chat_id=1, message_id=message, text=text)


async def test_the_first_edit_goes_at_once_with_its_answer() -> None:
    one = desk()
    assert await one.ask(edit("a")) == "answered"


async def test_edits_that_must_wait_give_way_to_the_newest() -> None:
    one = desk()
    await one.ask(edit("a"))
    assert [await one.ask(edit(text)) for text in ("b", "c", "d")] == [True, True, True]
    assert one.wire.texts == ["a"]
    assert await one.tasks.finish(5) == 0
    assert one.wire.texts == ["a", "d"]


async def test_while_an_edit_is_on_its_way_only_the_newest_waits_behind_it() -> None:
    gate = asyncio.Event()
    one = desk(gate, limits=Limits.off())
    first = asyncio.ensure_future(one.ask(edit("a")))
    await eventually(lambda: one.wire.texts == ["a"])
    await one.ask(edit("b"))
    await one.ask(edit("c"))
    gate.set()
    assert await first == "answered"
    assert await one.tasks.finish(5) == 0
    assert one.wire.texts == ["a", "c"]


async def test_edits_of_different_messages_do_not_push_each_other_out() -> None:
    one = desk()
    for text, message in (("a", 1), ("b", 2), ("c", 3)):
        await one.ask(edit(text, message))
    assert await one.tasks.finish(5) == 0
    assert sorted(str(text) for text in one.wire.texts) == ["a", "b", "c"]


async def test_answers_to_taps_never_wait() -> None:
    one = desk()
    one.pace.hold_bot(60)
    assert await asyncio.wait_for(one.ask(AnswerCallbackQuery(callback_query_id="1")), 5) == "answered"


async def test_a_late_edit_of_a_message_that_is_gone_becomes_a_new_message() -> None:
    one = desk()
    await one.ask(edit("a"))
    one.wire.script = [TelegramBadRequest(edit("b"), "Bad Request: message to edit not found")]
    await one.ask(edit("b"))
    assert await one.tasks.finish(5) == 0
    assert isinstance(one.wire.sent[-1], SendMessage)
    assert one.wire.texts == ["a", "b", "b"]


async def test_a_late_edit_that_changes_nothing_is_no_error() -> None:
    one = desk()
    await one.ask(edit("a"))
    one.wire.script = [TelegramBadRequest(edit("b"), "Bad Request: message is not modified")]
    await one.ask(edit("b"))
    assert await one.tasks.finish(5) == 0
    assert one.wire.texts == ["a", "b"]


async def test_a_message_told_to_wait_goes_when_the_time_is_over() -> None:
    method = SendMessage(chat_id=1, text="a")
    one = desk(TelegramRetryAfter(method, "Too Many Requests", 0))
    assert await one.ask(method) == "answered"
    assert one.wire.texts == ["a", "a"]
