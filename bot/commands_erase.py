"""`./zvonok erase`: a person who has left is erased, and the proof of it is kept (docs/personal-data.md)."""

import json
from dataclasses import asdict

import click

from bot.commands_base import opened, run_async
from services.erasure import Erasure
from services.i18n import gettext as _
from storage.vocabulary import PersonId


@click.command(help=_("Erase what is known of a person who has left, beyond the journal; the proof is kept."))
@click.argument("person", type=int)
@click.option("--yes", is_flag=True, help=_("Don't ask."))
@run_async
async def erase(person: int, yes: bool) -> None:
    """Say what would be erased, ask, erase, write the proof."""
    async with opened() as (settings, storage, clock):
        office = Erasure(storage, clock)
        plan = await office.plan(PersonId(person))
        click.echo(_("Contacts, accounts, letters, correspondence and preferences of no. {id} go.").format(id=person))
        if plan.name_until is None:
            click.echo(_("The name goes too: the journal's term of keeping is over, or holds nothing of theirs."))
        else:
            text = _("The name stays in the journal until {day}: that is its term of keeping. Then run this once more.")
            click.echo(text.format(day=f"{plan.name_until:%d.%m.%Y}"))
        if not yes:
            click.confirm(_("This can't be taken back. Erase?"), abort=True)
        erased = await office.erase(PersonId(person))
        now = clock.now()
        folder = settings.data_dir / "erasures"
        folder.mkdir(parents=True, exist_ok=True)
        proof = folder / f"erasure-{person}-{now:%Y%m%dT%H%M%SZ}.json"
        facts = {"person": person, "at": now.isoformat(), **asdict(erased)}
        proof.write_text(json.dumps(facts, ensure_ascii=False, indent=1, default=str), encoding="utf-8")
    click.echo(
        _("Erased. Proof: {name}. Backups made before are gone in a year by their retention.").format(name=proof)
    )
