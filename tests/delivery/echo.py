"""The smallest school there is: every word the teacher types or taps is told to the mother, once.

As a process (`serve`) it serves a bot like the real one, from the environment; `ZVONOK_TEST_MISTAKE` makes one of the
mistakes that the crash gates must notice.
"""

import asyncio
import os
import signal
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from aiogram import Bot, Dispatcher, F, Router
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message
from sqlalchemy import select, update

from bot import observability
from bot.dispatcher import make_dispatcher
from bot.runtime import Runtime
from bot.settings import Settings
from services.actor import Actor, Visitor
from services.clock import Clock, SystemClock
from services.directory import Directory
from services.errors import SchoolError
from services.outbox import items
from services.outbox.limits import Limits
from services.outbox.transport import Composed, DueItem, Reachable
from storage.models.delivery import Letter
from storage.models.people import Person
from storage.repositories import letters
from storage.uow import Storage, Uow
from storage.vocabulary import ItemKind, LetterState, PersonId


class Refusal(SchoolError):
    """Says no."""

    sentence = "No <b>and</b> no."


class Echo:
    """The office: tells the mother a word. Done twice it would be told twice, under two keys."""

    def __init__(self, storage: Storage, clock: Clock, *, forgets_the_mark: bool = False) -> None:
        self._storage = storage
        self._clock = clock
        self._forgets_the_mark = forgets_the_mark

    async def tell(self, actor: Actor, word: str) -> None:
        """One writing unit of work, as any use case."""
        now = self._clock.now()
        seq = None if self._forgets_the_mark else actor.seq
        async with self._storage.writing(seq, now=now) as uow:
            mother = (await uow.execute(select(Person.id).where(Person.first_name == "Мария"))).scalar_one()
            await items.put(uow, [self._fact(actor, PersonId(mother), word, now)], now)

    @staticmethod
    def _fact(actor: Actor, mother: PersonId, word: str, now: datetime) -> items.Fact:
        key = f"echo:{uuid4().hex}"
        return items.Fact(
            school_id=actor.school_id,
            bot_id=actor.bot_id,
            recipient_id=mother,
            kind=ItemKind.JOINED,
            bundle=key,
            collapse_key=key,
            value=word,
            priority=1,
            due_at=now,
            cap_at=now,
            expires_at=None,
        )


class Plain:
    """Writes the words as they are."""

    async def compose(self, uow: Uow, recipient: Reachable, due: Sequence[DueItem], now: datetime) -> Composed | None:
        words = ", ".join(str(one.value) for one in due)
        return Composed({"text": f"[{words}]", "rows": [], "silent": False}, tuple(one.id for one in due))


MENU = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Tap", callback_data="tapped")]])


def routers(*, slow_answers: bool = False) -> list[Router]:
    """What the teacher can do."""
    router = Router()

    @router.callback_query(F.data)
    async def tapped(query: CallbackQuery, bot: Bot, actor: Actor, echo: Echo) -> None:
        await echo.tell(actor, f"{query.data}-{query.id}")
        await bot.answer_callback_query(query.id, text="saved")

    @router.message(F.text.startswith("/start"))
    async def started(message: Message, bot: Bot, actor: Actor | None) -> None:
        await bot.send_message(message.chat.id, "menu" if actor else "who are you?", reply_markup=MENU)

    @router.message(F.text == "refuse")
    async def refused(message: Message) -> None:
        raise Refusal

    @router.message(F.text == "break")
    async def broke(message: Message) -> None:
        raise ValueError("Иванов")

    @router.message(F.text)
    async def typed(message: Message, bot: Bot, actor: Actor, echo: Echo) -> None:
        await echo.tell(actor, str(message.text))
        if slow_answers:
            await asyncio.sleep(0.5)
        await bot.send_message(message.chat.id, f"told {message.text}")

    return [router]


async def fresh(bot: Bot, visitor: Visitor) -> None:
    """The present screen."""
    await bot.send_message(visitor.chat_id, "fresh", reply_markup=MENU)


def build(settings: Settings, storage: Storage, mistake: str = "", **more: Any) -> Runtime:
    """The service around this school."""
    clock = SystemClock()
    workflow = {
        "storage": storage,
        "clock": clock,
        "directory": Directory(storage, clock),
        "echo": Echo(storage, clock, forgets_the_mark=mistake == "effect_without_its_mark"),
    }
    dispatcher: Dispatcher = make_dispatcher(
        workflow, fresh, routers(slow_answers=mistake == "effect_without_its_mark")
    )
    return Runtime(settings, storage, clock, dispatcher, Plain(), fresh=fresh, limits=Limits.off(), **more)


def make_mistake(runtime: Runtime, mistake: str) -> None:
    """Break the promise on purpose."""
    if mistake == "acknowledged_before_stored":
        put = runtime.door.put

        async def later(updates: Sequence[Any]) -> None:
            await asyncio.sleep(0.3)
            await put(updates)

        async def at_once(updates: Sequence[Any]) -> None:
            if updates:
                runtime.tasks.spawn(later(updates), "too late")

        runtime.door.put = at_once  # type: ignore[method-assign]
    if mistake == "unknown_taken_for_returned":

        async def forget(uow: Uow, bot_id: int, epoch: int, flying: Sequence[int]) -> tuple[int, int]:
            found = await uow.execute(
                update(Letter)
                .where(Letter.state == LetterState.SENDING.value, Letter.id.not_in(flying))
                .values(state=LetterState.RETURNED.value)
                .returning(Letter.id)
            )
            await letters.give_back(uow, [row.id for row in found])
            return 0, 0

        letters.adopt = forget


async def serve(ready: Callable[[], None]) -> None:
    """Serve until SIGTERM; say so when the bot is ours."""
    settings = Settings(_env_file=None)
    observability.set_up(settings)
    mistake = os.environ.get("ZVONOK_TEST_MISTAKE", "")
    storage = Storage(settings.database)
    runtime = build(settings, storage, mistake)
    make_mistake(runtime, mistake)
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    await runtime.start()
    await runtime.owns.wait()
    ready()
    await stopped.wait()
    await runtime.stop()
    await storage.close()
