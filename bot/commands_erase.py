"""`./zvonok erase`: people who have left are erased, and the proof of it is kept (docs/personal-data.md)."""

import asyncio
import json
from datetime import datetime
from pathlib import Path

import click

from bot.commands_base import opened, run_async
from bot.settings import Settings
from services.erasure import Erased, Erasure, Plan
from services.errors import SchoolError
from services.i18n import N_
from services.i18n import gettext as _
from storage.scrubbing import scrub
from storage.vocabulary import PersonId


class WhomToErase(SchoolError):
    """Neither a person nor --due, or both."""

    sentence = N_("Say whom: `./zvonok erase 40`, or `./zvonok erase --due` for all whose data needn't be kept.")


@click.command(help=_("Erase what is known of a person who has left, beyond the journal; the proof is kept."))
@click.argument("person", metavar=_("[NUMBER]"), type=int, required=False)
@click.option("--due", is_flag=True, help=_("Everybody who left more than a year ago and whose name needn't be kept."))
@click.option("--yes", is_flag=True, help=_("Don't ask."))
@run_async
async def erase(person: int | None, due: bool, yes: bool) -> None:
    """Say what would be erased, ask, erase, write the proofs, and wipe the base's log."""
    if (person is None) is not due:
        raise WhomToErase
    async with opened() as (settings, storage, clock):
        office = Erasure(storage, clock)
        plans = await office.due() if person is None else [await office.plan(PersonId(person))]
        if not plans:
            click.echo(_("Nobody's data is due to be erased."))
            return
        for plan in plans:
            _tell(plan)
        if not yes:
            click.confirm(_("This can't be taken back. Erase?"), abort=True)
        for plan in plans:
            proof = _kept(settings, await office.erase(plan.person_id), clock.now())
            click.echo(
                _("Erased. Proof: {name}. Backups made before are gone in a year by their retention.").format(
                    name=proof
                )
            )
    if not await asyncio.to_thread(scrub, settings.database):
        click.echo(_("The base is being read: what was erased leaves its log a little later."))


def _tell(plan: Plan) -> None:
    """What goes and what stays."""
    click.echo(
        _("Contacts, accounts, letters, correspondence and preferences of no. {id} go.").format(id=plan.person_id)
    )
    if plan.name_until is None:
        click.echo(_("The name goes too: the journal's term of keeping is over, or holds nothing of theirs."))
    else:
        text = _("The name stays in the journal until {day}: that is its term of keeping. Then run this once more.")
        click.echo(text.format(day=f"{plan.name_until:%d.%m.%Y}"))


def _kept(settings: Settings, erased: Erased, now: datetime) -> Path:
    """Write the proof down; where."""
    folder = settings.data_dir / "erasures"
    folder.mkdir(parents=True, exist_ok=True)
    proof = folder / f"erasure-{erased.plan.person_id}-{now:%Y%m%dT%H%M%SZ}.json"
    proof.write_text(json.dumps(erased.proof, ensure_ascii=False, indent=1), encoding="utf-8")
    return proof
