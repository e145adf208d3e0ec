"""The ledger: letters frozen, settled, given back; every function is part of one ledger transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Date,
    Executable,
    bindparam,
    case,
    delete,
    exists,
    func,
    literal_column,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from storage.models.base import UtcDateTime
from storage.models.delivery import SENDING, Item, Letter
from storage.prepared import Prepared
from storage.repositories import recipients
from storage.repositories.due import may_be_claimed, place_of
from storage.repositories.items import TOLD, WAITS, in_order
from storage.repositories.upsert import insert_for
from storage.uow import Uow
from storage.vocabulary import (
    BotId,
    Channel,
    ItemId,
    ItemState,
    LetterId,
    LetterMethod,
    LetterState,
    VoidReason,
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A composed letter and the items, by id and rev, that it tells; `today` is the recipient's local date."""

    address: str
    method: LetterMethod
    payload: dict[str, Any]
    target_letter_id: LetterId | None
    items: tuple[tuple[ItemId, int], ...]
    today: date


AT: Any = bindparam("at", type_=UtcDateTime())


def _claim(channel: Channel) -> Prepared:
    return Prepared(
        update(Item)
        .where(
            Item.id == bindparam("which"),
            Item.rev == bindparam("seen_rev"),
            Item.state == WAITS,
            Item.hold.is_(None),
            or_(Item.expires_at.is_(None), Item.expires_at > AT),
            may_be_claimed(channel, bindparam("today", type_=Date()), bindparam("place", type_=BigInteger())),
        )
        .values(state=TOLD, told_at=AT, letter_id=bindparam("new_letter_id", type_=Item.letter_id.type))
    )


OF_ALL = ("bot_id", "channel", "epoch", "created_at", "sending_at")
OF_EACH = ("address", "method", "target_letter_id", "payload")


@cache
def _stored(count: int) -> Prepared:
    """So many letters stored by one statement, whose values are `new_…`, those of each letter numbered."""

    def statement(dialect: str) -> Executable:
        common: dict[str, Any] = {
            "state": literal_column(f"'{LetterState.SENDING.value}'"),
            "copies": literal_column("0"),
        }
        common |= {name: bindparam(f"new_{name}", type_=getattr(Letter, name).type) for name in OF_ALL}
        rows = [
            common | {name: bindparam(f"new_{name}_{at}", type_=getattr(Letter, name).type) for name in OF_EACH}
            for at in range(count)
        ]
        insert = insert_for(dialect, Letter).values(rows)
        alone = insert.on_conflict_do_nothing(index_elements=[Letter.bot_id, Letter.address], index_where=SENDING)
        return alone.returning(Letter.id, Letter.address)

    return Prepared(statement)


CLAIMS = {one: _claim(one) for one in (Channel.TELEGRAM, Channel.EMAIL)}


async def freeze(
    uow: Uow,
    bot_id: BotId,
    epoch: int,
    claims: Sequence[Claim],
    now: datetime,
    machine_now: datetime,
    channel: Channel = Channel.TELEGRAM,
) -> dict[str, LetterId]:
    """Claim the items and store the letters as sending; ids by address.

    A claim any of whose items moved, or whose right ended, is left out whole, and its items stay as they were.
    """
    values: dict[str, Any] = {
        "new_bot_id": bot_id,
        "new_channel": channel.value,
        "new_epoch": epoch,
        "new_created_at": now,
        "new_sending_at": machine_now,
    }
    for at, claim in enumerate(claims):
        values[f"new_address_{at}"] = claim.address
        values[f"new_method_{at}"] = claim.method.value
        values[f"new_target_letter_id_{at}"] = claim.target_letter_id
        values[f"new_payload_{at}"] = claim.payload
    stored = await uow.ask(_stored(len(claims)), values)
    ids = {row.address: LetterId(row.id) for row in stored}
    wanted = [(claim, ids[claim.address]) for claim in claims if claim.address in ids]
    rows = [
        {
            "which": item_id,
            "seen_rev": rev,
            "new_letter_id": letter_id,
            "today": claim.today,
            "place": place_of(claim.address),
            "at": now,
        }
        for claim, letter_id in wanted
        for item_id, rev in claim.items
    ]
    if not rows:
        return {}
    if await uow.tell(CLAIMS[channel], rows) != len(rows):
        await _undo_incomplete(uow, ids, wanted)
    return ids


async def _undo_incomplete(uow: Uow, ids: dict[str, LetterId], wanted: Sequence[tuple[Claim, LetterId]]) -> None:
    counted = await uow.execute(
        select(Item.letter_id, func.count()).where(Item.letter_id.in_(ids.values())).group_by(Item.letter_id)
    )
    claimed = {row[0]: row[1] for row in counted}
    for claim, letter_id in wanted:
        if claimed.get(letter_id, 0) == len(claim.items):
            continue
        await uow.write(
            update(Item)
            .where(Item.letter_id == letter_id)
            .values(state=ItemState.WAITING.value, told_at=null(), letter_id=null())
        )
        # The letter was never seen outside this transaction.
        await uow.write(delete(Letter).where(Letter.id == letter_id))
        del ids[claim.address]


async def external_ids(uow: Uow, letter_ids: Sequence[LetterId]) -> dict[LetterId, str]:
    """The messenger's message ids of letters that were sent."""
    if not letter_ids:
        return {}
    found = await uow.execute(
        select(Letter.id, Letter.external_id).where(Letter.id.in_(letter_ids), Letter.external_id.is_not(None))
    )
    return {LetterId(row.id): str(row.external_id) for row in found}


async def cancel_without_right(uow: Uow, item_ids: Sequence[ItemId], today: date) -> int:
    """Void those of the waiting items whose recipient may no longer be told of that student."""
    if not item_ids:
        return 0
    return await uow.write(
        update(Item)
        .where(Item.id.in_(item_ids), Item.state == ItemState.WAITING.value, ~recipients.may_still_be_told(today))
        .values(state=ItemState.VOID.value, reason=VoidReason.CANCELLED.value)
    )


async def cancel_untold(uow: Uow, items: Sequence[tuple[ItemId, int]]) -> None:
    """Void waiting items that have nothing left to tell; one that moved meanwhile stays."""
    await uow.execute(
        update(Item)
        .where(
            Item.id == bindparam("which"),
            Item.rev == bindparam("seen_rev"),
            Item.state == ItemState.WAITING.value,
        )
        .values(state=ItemState.VOID.value, reason=VoidReason.CANCELLED.value),
        [{"which": item_id, "seen_rev": rev} for item_id, rev in items],
    )


async def put_off(uow: Uow, items: Sequence[tuple[tuple[ItemId, int], datetime]]) -> None:
    """Waiting items fall due at another moment; one that moved meanwhile stays."""
    await uow.execute(
        update(Item)
        .where(
            Item.id == bindparam("which"),
            Item.rev == bindparam("seen_rev"),
            Item.state == ItemState.WAITING.value,
        )
        .values(due_at=bindparam("until", type_=Item.due_at.type), cap_at=bindparam("until", type_=Item.cap_at.type)),
        [{"which": item_id, "seen_rev": rev, "until": until} for (item_id, rev), until in items],
    )


@dataclass(frozen=True, slots=True)
class Settled:
    """The last state of a letter; a result is a fact, whichever epoch made the request."""

    letter_id: LetterId
    state: LetterState
    slug: str
    external_id: str | None


OF_ONE = ("state", "outcome", "sent_at", "external_id")
SETTLED = Prepared(
    update(Letter)
    .where(
        Letter.id == bindparam("which"),
        or_(Letter.state == literal_column("'sending'"), Letter.state == literal_column("'unknown'")),
    )
    .values({name: bindparam(f"new_{name}", type_=getattr(Letter, name).type) for name in OF_ONE})
)


async def settle(uow: Uow, settled: Sequence[Settled], machine_now: datetime) -> None:
    """Write down what became of letters; one statement."""
    await uow.tell_later(
        SETTLED,
        [
            {
                "which": one.letter_id,
                "new_state": one.state.value,
                "new_outcome": one.slug,
                "new_sent_at": machine_now if one.state is LetterState.SENT else None,
                "new_external_id": one.external_id,
            }
            for one in settled
        ],
    )


async def give_back(uow: Uow, letter_ids: Sequence[LetterId]) -> None:
    """The items of returned letters wait again; where a newer sibling waits already, it takes over the base."""
    told = (Item.letter_id.in_(letter_ids), Item.state == ItemState.TOLD.value)
    # A tap on the same key beside us ends first, or waits.
    await uow.execute(in_order(*told))
    for last in (False, False, True):
        newer = aliased(Item)
        waits = (
            (newer.recipient_id == Item.recipient_id)
            & (newer.collapse_key == Item.collapse_key)
            & (newer.state == ItemState.WAITING.value)
        )
        question = select(Item.id, Item.base, newer.id.label("newer_id"), newer.value.label("newer_value"))
        found = (await uow.execute(question.outerjoin(newer, waits).where(*told))).all()
        try:
            async with uow.attempt():
                await _wait_again(uow, [row.id for row in found if row.newer_id is None])
        except IntegrityError:
            # A sibling was put by somebody who had not seen ours told: it is committed by now, and seen next time.
            if last:
                raise
            continue
        await _merge(uow, [row for row in found if row.newer_id is not None])
        return


async def _wait_again(uow: Uow, item_ids: Sequence[ItemId]) -> None:
    if item_ids:
        await uow.write(
            update(Item)
            .where(Item.id.in_(item_ids))
            .values(state=ItemState.WAITING.value, told_at=null(), letter_id=null(), rev=Item.rev + 1)
        )


async def _merge(uow: Uow, rows: Sequence[Any]) -> None:
    """Items whose newer sibling waits give it their base."""
    for row in rows:
        await uow.write(
            update(Item)
            .where(Item.id == row.id)
            .values(state=ItemState.VOID.value, reason=VoidReason.MERGED.value, told_at=null())
        )
        back = {"state": ItemState.VOID.value, "reason": VoidReason.BACK_TO_BASE.value}
        await uow.write(
            update(Item)
            .where(Item.id == row.newer_id)
            .values(base=row.base, rev=Item.rev + 1, **(back if row.newer_value == row.base else {}))
        )


async def bury(uow: Uow, letter_ids: Sequence[LetterId]) -> list[ItemId]:
    """The items of dead letters are void; which ones, for the list of the unreached."""
    found = await uow.execute(
        update(Item)
        .where(Item.letter_id.in_(letter_ids), Item.state == ItemState.TOLD.value)
        .values(state=ItemState.VOID.value, reason=VoidReason.DEAD.value)
        .returning(Item.id)
    )
    return [ItemId(row.id) for row in found]


async def adopt(
    uow: Uow, bot_id: BotId, epoch: int, flying: Sequence[LetterId], channel: Channel = Channel.TELEGRAM
) -> tuple[int, int]:
    """Take over a channel's letters found as sending: how many of an older epoch, how many of ours never began.

    The older are unknown now. Ours that don't fly come from a commit whose answer was lost: their request was never
    made. Of a copy that says nothing about the requests before it.
    """
    sending = (
        Letter.bot_id == bot_id,
        Letter.channel == channel.value,
        Letter.state == LetterState.SENDING.value,
    )
    older = await uow.write(
        update(Letter).where(*sending, Letter.epoch < epoch).values(state=LetterState.UNKNOWN.value, outcome="adopted")
    )
    ours = await uow.execute(
        update(Letter)
        .where(*sending, Letter.epoch == epoch, Letter.id.not_in(flying))
        .values(
            state=case((Letter.copies > 0, LetterState.UNKNOWN.value), else_=LetterState.RETURNED.value),
            outcome="never_began",
        )
        .returning(Letter.id, Letter.state)
    )
    never_began = [(LetterId(row.id), row.state) for row in ours]
    returned = [letter_id for letter_id, state in never_began if state == LetterState.RETURNED.value]
    if returned:
        await give_back(uow, returned)
    return older, len(never_began)


async def begin_copies(
    uow: Uow, bot_id: BotId, epoch: int, letter_ids: Sequence[LetterId], machine_now: datetime
) -> list[LetterId]:
    """Letters of unknown fate go once more, unless another letter is on its way to that chat; which ones do."""
    other = aliased(Letter)
    busy = exists().where(
        other.bot_id == bot_id, other.address == Letter.address, other.state == LetterState.SENDING.value
    )
    begun = []
    for letter_id in letter_ids:
        changed = await uow.write(
            update(Letter)
            .where(Letter.id == letter_id, Letter.state == LetterState.UNKNOWN.value, ~busy)
            .values(state=LetterState.SENDING.value, epoch=epoch, copies=Letter.copies + 1, sending_at=machine_now)
        )
        if changed:
            begun.append(letter_id)
    return begun


async def items_of(uow: Uow, letter_ids: Sequence[LetterId]) -> list[ItemId]:
    """What these letters tell."""
    found = await uow.execute(select(Item.id).where(Item.letter_id.in_(letter_ids)))
    return [ItemId(row.id) for row in found]
