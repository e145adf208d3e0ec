"""Commands about the post: how it stands, and the operator's hand on what waits (docs/delivery.md)."""

import sys
from datetime import datetime, timedelta

import click

from bot.commands_base import opened, run_async
from services.i18n import gettext as _
from services.i18n import ngettext
from services.outbox.holding import Holding, Standing
from services.outbox.unreached import Loss

SHOWN = 20


@click.group(help=_("The post: what waits, what is held, what is lost."))
def delivery() -> None:
    """The group of commands about delivery."""


@delivery.command("status", help=_("How the post stands; exit code 1 if anything was lost."))
@run_async
async def status() -> None:
    """Print the standing of the post."""
    async with opened() as (_settings, storage, clock):
        now = clock.now()
        standing, losses = await Holding(storage, clock).standing()
    for line in described(standing, losses, now):
        click.echo(line)
    if losses:
        sys.exit(1)


@delivery.command("hold", help=_("Hold everything that waits now, for instance after a restore."))
@click.option("--reason", default="operator", show_default=True, help=_("A word for the list: restore, holiday…"))
@run_async
async def hold(reason: str) -> None:
    """Hold what waits."""
    async with opened() as (_settings, storage, clock):
        count = await Holding(storage, clock).hold(reason[:24])
    click.echo(ngettext("{count} item is held.", "{count} items are held.", count).format(count=count))


@delivery.command("release", help=_("Let what is held go."))
@run_async
async def release() -> None:
    """Release what is held."""
    async with opened() as (_settings, storage, clock):
        count = await Holding(storage, clock).release()
    click.echo(ngettext("{count} item is released.", "{count} items are released.", count).format(count=count))


@delivery.command("drop", help=_("Never tell what is held: after a restore, what families were told already."))
@click.confirmation_option(prompt=_("What is held will never be told. Go on?"))
@run_async
async def drop() -> None:
    """Drop what is held."""
    async with opened() as (_settings, storage, clock):
        count = await Holding(storage, clock).drop()
    click.echo(ngettext("{count} item is dropped.", "{count} items are dropped.", count).format(count=count))


def described(standing: Standing, losses: list[Loss], now: datetime) -> list[str]:
    """The standing of the post in lines."""
    letters = standing.letters
    lines = [
        _("Service: {state}").format(state=_owner(standing)),
        _("Updates not done yet: {new}; dead: {dead}").format(
            new=standing.updates.get("new", 0), dead=standing.updates.get("dead", 0)
        ),
        _("Items that wait: {count}").format(count=standing.waiting),
        _("– of them may go now: {count}").format(count=standing.due) + _since(standing.due_since, now),
        _("– held: {count}").format(count=_by_reason(standing.held)),
        _("– for chats that take no letters: {count}").format(count=standing.unreachable),
        _("Letters on the wire: {sending}; of unknown fate: {unknown}").format(
            sending=letters.get("sending", 0), unknown=letters.get("unknown", 0)
        )
        + _since(standing.oldest_unknown, standing.base_now),
        _("Letters sent: {sent}; dead: {dead}").format(sent=letters.get("sent", 0), dead=letters.get("dead", 0)),
        _("In seven days not told in time: {expired}; not tellable: {dead}").format(
            expired=standing.expired, dead=standing.dead
        ),
        _("Lost: {count}").format(count=len(losses)),
    ]
    if standing.paused:
        lines.insert(1, _("After a restore or a move nothing is sent until `delivery release` or `delivery drop`."))
    return lines + [_("– item {id}: {how}").format(id=loss.item_id, how=loss.how) for loss in losses[:SHOWN]]


def _owner(standing: Standing) -> str:
    if standing.owned_until is None:
        return _("has never run")
    return _("runs") if standing.owned_until > standing.base_now else _("doesn't run")


def _by_reason(held: dict[str, int]) -> str:
    total = sum(held.values())
    reasons = ", ".join(f"{reason} {count}" for reason, count in sorted(held.items()))
    return f"{total} ({reasons})" if held else "0"


def _since(moment: datetime | None, now: datetime) -> str:
    """« (the oldest for 5 min)», or nothing."""
    if moment is None:
        return ""
    minutes = max(now - moment, timedelta(0)) // timedelta(minutes=1)
    return " " + _("(the oldest for {minutes} min)").format(minutes=minutes)
