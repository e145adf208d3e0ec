"""What the operator holds back, and how the post stands."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, func, null, or_, select, update

from storage.models.delivery import Inbox, Item, Letter, Owner
from storage.models.people import TelegramAccount
from storage.models.school import School
from storage.repositories.due import account_of_item
from storage.repositories.items import in_order
from storage.repositories.owner import database_now
from storage.repositories.upsert import insert_into
from storage.uow import Uow
from storage.vocabulary import AccountState, InboxState, ItemState, LetterState, VoidReason

WAITS = Item.state == ItemState.WAITING.value
LATELY = timedelta(days=7)
EVERY_BOT = 0  # no bot's number: the pause of a base that no bot has run yet


async def hold(uow: Uow, reason: str, limit: int, *, due_by: datetime | None = None) -> int:
    """Hold items that wait and aren't held, with `due_by` only those due by then; how many, at most `limit`."""
    free = [WAITS, Item.hold.is_(None), *([] if due_by is None else [Item.due_at <= due_by])]
    return await uow.write(
        update(Item).where(Item.id.in_(in_order(*free).limit(limit)), *free).values(hold=reason, rev=Item.rev + 1)
    )


async def held(uow: Uow) -> int:
    """How many items wait and are held."""
    found = await uow.execute(select(func.count()).where(WAITS, Item.hold.is_not(None)))
    return int(found.scalar_one())


async def release(uow: Uow, limit: int) -> int:
    """Let held items go; how many, at most `limit`."""
    held = (WAITS, Item.hold.is_not(None))
    return await uow.write(
        update(Item).where(Item.id.in_(in_order(*held).limit(limit)), *held).values(hold=null(), rev=Item.rev + 1)
    )


async def pause(uow: Uow, now: datetime) -> None:
    """No bot sends from now on, nor one that comes; letters on the wire in the backup have long had their end."""
    sign = insert_into(uow, Owner).values(bot_id=EVERY_BOT, holder="", epoch=0, leased_until=now, paused_at=now)
    await uow.write(sign.on_conflict_do_nothing())
    await uow.write(update(Owner).values(paused_at=now))
    await uow.write(
        update(Letter)
        .where(Letter.state.in_([LetterState.SENDING.value, LetterState.UNKNOWN.value]))
        .values(state=LetterState.CLOSED.value, outcome="restored")
    )


async def unpause(uow: Uow) -> bool:
    """Let the bots send again; whether they were paused."""
    await uow.write(delete(Owner).where(Owner.bot_id == EVERY_BOT))
    return await uow.write(update(Owner).where(Owner.paused_at.is_not(None)).values(paused_at=None)) > 0


async def paused(uow: Uow) -> bool:
    """Whether the post is paused."""
    return (await uow.execute(select(Owner.bot_id).where(Owner.paused_at.is_not(None)).limit(1))).first() is not None


async def drop(uow: Uow, limit: int) -> int:
    """Void held items; how many, at most `limit`."""
    held = (WAITS, Item.hold.is_not(None))
    return await uow.write(
        update(Item)
        .where(Item.id.in_(in_order(*held).limit(limit)), *held)
        .values(state=ItemState.VOID.value, reason=VoidReason.RECALLED.value)
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """How the post stands.

    `due`: items that may go now, since `due_since`. `held`: by reason. `unreachable`: items that wait for a chat that
    takes nothing. `letters`: by state. `dead`, `expired`: items of the last seven days. `updates`: not done yet, and
    dead. `owned_until`: the lease of whoever runs the bot, of several that serve schools the first to end; None where
    nobody ever did. `paused`: after a restore.
    """

    waiting: int
    due: int
    due_since: datetime | None
    held: dict[str, int]
    unreachable: int
    letters: dict[str, int]
    oldest_unknown: datetime | None
    dead: int
    expired: int
    updates: dict[str, int]
    owned_until: datetime | None
    base_now: datetime
    paused: bool


async def standing(uow: Uow, now: datetime) -> Standing:
    """How the post stands."""
    chat = and_(account_of_item(), TelegramAccount.state != AccountState.REVOKED.value)
    ready = and_(Item.due_at <= now, Item.hold.is_(None), TelegramAccount.unreachable_at.is_(None))
    waiting = (
        await uow.execute(
            select(
                func.count(),
                func.count().filter(ready),
                func.min(Item.due_at).filter(ready),
                func.count().filter(TelegramAccount.unreachable_at.is_not(None)),
            )
            .select_from(Item)
            .outerjoin(TelegramAccount, chat)
            .where(WAITS)
        )
    ).one()
    held = await uow.execute(select(Item.hold, func.count()).where(WAITS, Item.hold.is_not(None)).group_by(Item.hold))
    letters = await uow.execute(select(Letter.state, func.count()).group_by(Letter.state))
    unknown = select(func.min(Letter.sending_at)).where(Letter.state == LetterState.UNKNOWN.value)
    lately = select(Item.reason, func.count()).where(
        Item.state == ItemState.VOID.value,
        or_(Item.reason == VoidReason.DEAD.value, Item.reason == VoidReason.EXPIRED.value),
        Item.due_at > now - LATELY,
    )
    void: dict[str, int] = {row[0]: row[1] for row in await uow.execute(lately.group_by(Item.reason))}
    open_ends = select(Inbox.state, func.count()).where(Inbox.state.in_([InboxState.NEW.value, InboxState.DEAD.value]))
    serves = Owner.bot_id.in_(select(School.bot_id).where(School.bot_id.is_not(None)))
    longest = func.max(Owner.leased_until)
    lease = select(func.coalesce(func.min(Owner.leased_until).filter(serves), longest)).where(Owner.bot_id != EVERY_BOT)
    return Standing(
        waiting=waiting[0],
        due=waiting[1],
        due_since=waiting[2],
        held={row[0]: row[1] for row in held},
        unreachable=waiting[3],
        letters={row[0]: row[1] for row in letters},
        oldest_unknown=(await uow.execute(unknown)).scalar_one(),
        dead=void.get(VoidReason.DEAD.value, 0),
        expired=void.get(VoidReason.EXPIRED.value, 0),
        updates={row[0]: row[1] for row in await uow.execute(open_ends.group_by(Inbox.state))},
        owned_until=(await uow.execute(lease)).scalar_one(),
        base_now=await database_now(uow),
        paused=await paused(uow),
    )
