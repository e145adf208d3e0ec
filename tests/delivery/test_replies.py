"""Replies: the pace of the messenger, one edit of a message at a time, only the newest waiting."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramNetworkError, TelegramRetryAfter
from aiogram.methods import AnswerCallbackQuery, EditMessageText, SendMessage, TelegramMethod

from bot.lanes import AT_ONCE, Lanes
from bot.replies import PacedReplies
from bot.tasks import Tasks
from services.outbox.limits import Limits
from services.outbox.pace import Pace
from storage.repositories.inbox import Waiting
from storage.vocabulary import InboxState
from tests.delivery.test_lanes import School, update
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

    def of(self, kind: type[TelegramMethod[Any]]) -> list[Any]:
        return [one for one in self.sent if isinstance(one, kind)]

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


async def test_replies_refused_in_three_chats_keep_the_bot_still_for_all() -> None:
    one = desk()
    for chat in (1, 2, 3):
        method = SendMessage(chat_id=chat, text="a")
        one.wire.script.append(TelegramRetryAfter(method, "Too Many Requests", 40))
        with pytest.raises(TelegramRetryAfter):  # longer than anybody waits
            await one.ask(method)
    now = asyncio.get_running_loop().time()
    assert now + 30 < one.pace.bot_ready_at(now) <= now + 40


class Answering(School):
    """Answers every tap and shows a screen: by an edit where the lane is even, else by a new message."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk

    async def handle(self, one: Waiting) -> None:
        await super().handle(one)
        screen: TelegramMethod[Any] = SendMessage(chat_id=one.lane, text=f"{one.seq}")
        if one.lane % 2 == 0:
            screen = EditMessageText(chat_id=one.lane, message_id=1, text=f"{one.seq}")
        await asyncio.gather(self.desk.ask(AnswerCallbackQuery(callback_query_id=f"{one.seq}")), self.desk.ask(screen))


@asynccontextmanager
async def answering(limits: Limits) -> AsyncIterator[tuple[Answering, Lanes]]:
    school, tasks = Answering(desk(limits=limits)), Tasks()
    lanes = Lanes(school.handle, school.apologise, school.slow_down, school.probe, school.finish, tasks)
    lanes.start()
    yield school, lanes
    await tasks.finish(0)
    await school.desk.tasks.finish(0)


async def test_a_tap_is_answered_at_once_however_many_screens_wait_for_their_turn() -> None:
    async with answering(Limits(bot_rate=0.1, bot_burst=1)) as (school, lanes):
        everybody = range(1, 4 * AT_ONCE)
        lanes.put([update(seq, lane=seq, kind="callback_query") for seq in everybody])
        wire = school.desk.wire
        await eventually(lambda: len(wire.of(AnswerCallbackQuery)) == len(everybody), within=1.0)
        assert len(wire.sent) == len(everybody) + 1  # one screen has had its turn


async def test_one_users_next_tap_waits_for_the_message_before_it() -> None:
    async with answering(Limits(bot_rate=4.0, bot_burst=1, chat_interval=0.0)) as (school, lanes):
        lanes.put([update(1, lane=1), update(2, lane=3), update(3, lane=3)])
        await eventually(lambda: len(school.finished) == 3)
        assert [one.text for one in school.desk.wire.of(SendMessage)] == ["1", "2", "3"]
        assert school.handled == [1, 2, 3]


async def test_an_update_is_answered_when_its_screen_or_a_newer_one_has_gone() -> None:
    async with answering(Limits(bot_rate=1000.0, chat_interval=0.3, reply_burst=1)) as (school, lanes):
        lanes.put([update(seq, lane=2) for seq in (1, 2, 3)])
        await eventually(lambda: len(school.finished) == 3)
        assert {seq: answered for seq, (_, answered) in school.finished.items()} == {1: True, 2: False, 3: False}
        await eventually(lambda: all(answered for _, answered in school.finished.values()))
        assert [one.text for one in school.desk.wire.of(EditMessageText)] == ["1", "3"]


async def test_a_screen_that_could_not_be_shown_is_still_owed() -> None:
    async with answering(Limits(bot_rate=1000.0, chat_interval=0.1, reply_burst=1)) as (school, lanes):
        lanes.put([update(1, lane=2)])
        await eventually(lambda: len(school.finished) == 1)
        goes = asyncio.Event()
        goes.set()
        # The answer to the tap goes before.
        school.desk.wire.script = [goes, TelegramNetworkError(edit("2"), "timeout")]
        lanes.put([update(2, lane=2)])
        await eventually(lambda: len(school.desk.wire.of(EditMessageText)) == 2)
        assert await school.desk.tasks.finish(5) == 0
        assert school.finished[2] == (InboxState.DONE, False)
