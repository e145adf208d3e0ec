"""aiogram's Dispatcher as a router only: no polling, no webhook, no memory of its own."""

from collections.abc import Sequence
from typing import Any

from aiogram import Dispatcher, Router
from aiogram.types import ChatMemberUpdated

from bot.middlewares import Fresh, VisitorMiddleware
from handlers.scene import Scenes
from services.actor import Visitor
from services.channels import handing_over
from services.clock import Clock
from storage.repositories import accounts
from storage.uow import Storage


def make_dispatcher(
    workflow: dict[str, Any], fresh: Fresh | None = None, routers: Sequence[Router] | None = None
) -> Dispatcher:
    """A dispatcher with everything that handlers may ask for by name.

    `workflow` must hold `storage`, `clock`, `directory` and `drafts`. `fresh` sends somebody the present screen anew:
    where an update turns out to have taken effect before. Without `routers` those of the school serve, the fallback
    last.
    """
    dispatcher = Dispatcher(disable_fsm=True)
    dispatcher.workflow_data.update(workflow)
    dispatcher.update.outer_middleware(
        VisitorMiddleware(workflow["directory"], workflow["drafts"], workflow["storage"], workflow["clock"], fresh)
    )
    dispatcher.include_router(membership())
    if routers is None:
        import handlers

        routers = handlers.routers()
    dispatcher.include_router(Scenes(routers))
    return dispatcher


def membership() -> Router:
    """The bot was blocked: what waits goes on waiting, or by e-mail. (A return is seen by the middleware.)"""
    router = Router(name="membership")

    @router.my_chat_member()
    async def changed(event: ChatMemberUpdated, visitor: Visitor, storage: Storage, clock: Clock) -> None:
        if event.new_chat_member.status != "kicked":
            return
        now = clock.now()
        async with storage.writing(visitor.seq, now=now) as uow:
            for person_id in await accounts.mark_unreachable(uow, visitor.bot_id, str(visitor.chat_id), "blocked", now):
                await handing_over.follow(uow, person_id, now, blocked=True)

    return router
