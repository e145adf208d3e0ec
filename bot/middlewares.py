"""Who taps, in what language, and what a refusal looks like."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from aiogram import BaseMiddleware, Bot
from aiogram.enums import ChatType
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import Chat, TelegramObject, Update, User

from bot.errors import language_of, say, say_already_saved
from services.actor import Actor, Visitor
from services.clock import Clock
from services.directory import Directory
from services.drafts import Drafts
from services.errors import SchoolError
from services.i18n import speaking
from services.outbox.returning import welcome_back
from services.visits import Visits
from storage.failures import passes
from storage.repositories import accounts, inbox
from storage.uow import AlreadyDone, Storage
from storage.vocabulary import BotId, InboxSeq

log = logging.getLogger("zvonok.visits")

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]
Fresh = Callable[[Bot, Visitor], Awaitable[None]]


class VisitorMiddleware(BaseMiddleware):
    """Gives every handler `visitor`, `actor` and, as `draft`, what a text is awaited for.

    It speaks the person's language and says what was refused. Rights are not decided here: services check them at
    every tap.
    """

    def __init__(
        self, directory: Directory, drafts: Drafts, storage: Storage, clock: Clock, fresh: Fresh | None
    ) -> None:
        self._directory = directory
        self._drafts = drafts
        self._storage = storage
        self._clock = clock
        self._fresh = fresh
        self._visits = Visits(storage)

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        """Handle an update of a private chat; the bot takes no part in groups and channels."""
        user: User | None = data.get("event_from_user")
        chat: Chat | None = data.get("event_chat")
        bot: Bot = data["bot"]
        if user is None or (chat is not None and chat.type != ChatType.PRIVATE) or not isinstance(event, Update):
            return None
        # A tap on a message that Telegram has forgotten has no chat: a private one is named like its user.
        chat_id = user.id if chat is None else chat.id
        visitor = Visitor(BotId(bot.id), user.id, chat_id, language_of(user), data.get("inbox_seq"))
        actor = await self._directory.actor(visitor)
        if actor is not None:
            visitor = replace(visitor, locale=actor.locale)
        if is_return(event):
            await self._release(visitor)
        # Asked once for all the filters of a text.
        draft = None if event.message is None else await self._drafts.peek(visitor)
        data |= {"visitor": visitor, "actor": actor, "draft": draft}
        with speaking(visitor.locale):
            try:
                if visitor.seq is not None and data.get("tried"):
                    await self._ensure_new(visitor.seq)
                done = await handler(event, data)
                await self._note_visit(event, actor)
                return done
            except SchoolError as refusal:
                await _leniently(say(bot, event, refusal.say()))
            except AlreadyDone:
                await _leniently(say_already_saved(bot, event))
                if self._fresh is not None:
                    await self._fresh(bot, visitor)
        return None

    async def _note_visit(self, update: Update, actor: Actor | None) -> None:
        """A tap or a typed text is a visit; what the messenger itself tells of a chat is none.

        The update is done by now and must not be tried again for this: a day that isn't noted comes with the next tap.
        """
        if actor is None or (update.callback_query is None and update.message is None):
            return
        try:
            await self._visits.note(actor, self._clock.now())
        except Exception as error:
            if not passes(error):
                raise
            log.warning("visit_not_noted person=%d", actor.person_id)

    async def _ensure_new(self, seq: InboxSeq) -> None:
        """An update that is tried again may have taken effect: only its answer was lost. Raises AlreadyDone.

        A typed text finds its question answered then, and would be read as something else.
        """
        async with self._storage.reading() as uow:
            if not await inbox.is_new(uow, seq):
                raise AlreadyDone

    async def _release(self, visitor: Visitor) -> None:
        """Somebody we could not write to is back: what waits for them may go."""
        async with self._storage.reading() as uow:
            if not await accounts.is_unreachable(uow, visitor.bot_id, visitor.user_id):
                return
        async with self._storage.writing() as uow:
            await welcome_back(uow, visitor.bot_id, visitor.user_id, self._clock.now())


def is_return(update: Update) -> bool:
    """Whether an update shows that its chat takes letters again: /start, or the bot unblocked."""
    if update.my_chat_member is not None:
        return update.my_chat_member.new_chat_member.status == "member"
    text = update.message.text if update.message is not None else None
    return text is not None and text.partition(" ")[0] == "/start"


async def _leniently(telling: Awaitable[None]) -> None:
    """A tap too old to be answered is no error."""
    try:
        await telling
    except TelegramBadRequest as refusal:
        if "query is too old" not in refusal.message and "query ID is invalid" not in refusal.message:
            raise
