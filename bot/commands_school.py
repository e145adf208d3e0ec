"""Commands of the school's office: found it, list its people, let them in."""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from bot.click_words import Day
from bot.commands_base import chosen_school, opened, run_async
from bot.settings import Settings, bot_id_of, read_settings
from services import words
from services.errors import SchoolError
from services.i18n import N_
from services.i18n import gettext as _
from services.imports.values import split_application
from services.invitations import Issued
from services.joining import Joining
from services.people import People
from services.school_file import BadSchoolFile, read_school_file
from services.schools import Schools
from storage.repositories.owner import Served
from storage.vocabulary import PersonId, Role


class NoOwnBase(SchoolError):
    """A school of one's own needs a base of its own, not the demo's."""

    sentence = N_(
        "Put BOT_TOKEN (or DATABASE_URL) into .env first: without them every command works on the demo school."
    )


class NoBot(SchoolError):
    """Nothing says which bot is meant."""

    sentence = N_("BOT_TOKEN isn't set: nothing says which bot should serve the school.")


@click.group(help=_("The schools of this installation."))
def school() -> None:
    """The group of commands about schools."""


@school.command("new", help=_("Found a school described in FILE.toml (a sample: school.example.toml)."))
@click.argument("file", metavar=_("FILE"), type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help=_("Answer in JSON."))
@run_async
async def school_new(file: Path, as_json: bool) -> None:
    """Found a school and print its administrator's code."""
    spec = read_school_file(_text(file))
    if read_settings().is_demo:
        raise NoOwnBase
    async with opened(create=True) as (settings, storage, clock):
        bot_id = None if settings.bot_token is None else bot_id_of(settings)
        school_id, person_id = await Schools(storage, clock).found(spec, bot_id)
        issued = await Joining(storage, clock, settings.key()).issue_staff(person_id)
        link = await _deep_link(settings, issued)
        zone = spec.timezone
    if as_json:
        _print_json({"school": school_id, "administrator": person_id, **_facts(issued, link)})
        return
    click.echo(_("School {id} is founded: {name}.").format(id=school_id, name=spec.name))
    click.echo(_("The administrator is {name}, no. {id}.").format(name=spec.administrator.full, id=person_id))
    _print_invitation(issued, link, zone)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise BadSchoolFile(problem="UTF-8") from None


@school.command("list", help=_("The schools of this base, and the bot that serves each."))
@run_async
async def school_list() -> None:
    """Print the schools."""
    async with opened() as (settings, storage, clock):
        found = await Schools(storage, clock).all()
    for one in found:
        click.echo(f"{one.id:>4}  {one.name}  —  {_served(one, settings)}")


@school.command("take", help=_("Let the bot of BOT_TOKEN serve the school; it was another's, or nobody's."))
@click.argument("school_id", metavar=_("NUMBER"), type=int)
@run_async
async def school_take(school_id: int) -> None:
    """Give a school to this installation's bot."""
    async with opened() as (settings, storage, clock):
        chosen = await chosen_school(storage, school_id)
        if settings.bot_token is None:
            raise NoBot
        await Schools(storage, clock).give(chosen, bot_id_of(settings))
    click.echo(_("School {id} is served by this bot now.").format(id=school_id))
    click.echo(_("People who came in at another bot go on there; new slips lead here."))


def _served(one: Served, settings: Settings) -> str:
    if one.bot_id is None:
        return _("no bot serves it yet")
    ours = settings.bot_token is not None and one.bot_id == bot_id_of(settings)
    whose = _("bot {id}, this one").format(id=one.bot_id) if ours else _("bot {id}").format(id=one.bot_id)
    return f"{whose}, " + (_("runs") if one.runs else _("doesn't run"))


@click.command(help=_("The school's people: numbers, roles, ties."))
@click.option("--school", "school_id", type=int, help=_("The school's number, if there are several."))
@click.option("--json", "as_json", is_flag=True, help=_("Answer in JSON."))
@run_async
async def people(school_id: int | None, as_json: bool) -> None:
    """List people with roles, ties and the state of their accounts."""
    async with opened() as (_settings, storage, clock):
        chosen = await chosen_school(storage, school_id)
        found = await People(storage, clock).everybody(chosen)
    if as_json:
        _print_json([asdict(one) for one in found])
        return
    for one in found:
        ties = [
            *(words.role(Role(role)) for role in one.roles),
            *([one.class_name] if one.class_name else []),
            *([_("homeroom teacher of {name}").format(name=one.homeroom_of)] if one.homeroom_of else []),
            *([_("guardian of no. {ids}").format(ids=", ".join(map(str, one.guardian_of)))] if one.guardian_of else []),
            *([_("connected")] if one.connected else []),
        ]
        click.echo(f"{one.id:>6}  {one.name}  —  {', '.join(ties)}")


@click.command(help=_("Issue a one-time code and link: staff for an employee, family for a guardian."))
@click.argument("kind", type=click.Choice(["staff", "family"]))
@click.argument("person", metavar=_("NUMBER"), type=int)
@click.option("--application", help=_("Number and date of the written application: «№ 12 от 01.09.2026»."))
@click.option("--consent", type=Day(), help=_("Date of the consent to personal-data processing."))
@click.option("--json", "as_json", is_flag=True, help=_("Answer in JSON."))
@run_async
async def invite(kind: str, person: int, application: str | None, consent: datetime | None, as_json: bool) -> None:
    """Issue an invitation; a family's needs an application and a consent (О п.4.8)."""
    async with opened() as (settings, storage, clock):
        if settings.bot_token is not None:
            await Schools(storage, clock).ensure_served(PersonId(person), bot_id_of(settings))
        joining = Joining(storage, clock, settings.key())
        if kind == "staff":
            issued = await joining.issue_staff(PersonId(person))
        else:
            number, on = split_application(application or "", clock.now().date())
            issued = await joining.issue_family(
                PersonId(person),
                application=number or None,
                application_on=on,
                consent_on=consent.date() if consent else None,
            )
        link = await _deep_link(settings, issued)
        zone = await People(storage, clock).zone_of(PersonId(person))
    if as_json:
        _print_json({"person": person, **_facts(issued, link)})
        return
    _print_invitation(issued, link, zone)


async def _deep_link(settings: Settings, issued: Issued) -> str | None:
    """The link of an invitation; None while the bot's name can't be learned (no token, no network)."""
    from bot.whoami import bot_username

    username = await bot_username(settings)
    return f"https://t.me/{username}?start={issued.token}" if username else None


def _facts(issued: Issued, link: str | None) -> dict[str, Any]:
    return {
        "invitation": issued.invitation_id,
        "code": issued.code,
        "token": issued.token,
        "link": link,
        "expires_at": issued.expires_at.isoformat(),
    }


def _print_invitation(issued: Issued, link: str | None, zone: str) -> None:
    from zoneinfo import ZoneInfo

    until = issued.expires_at.astimezone(ZoneInfo(zone))
    click.echo(_("Code: {code}").format(code=issued.code))
    click.echo(_("Link: {link}").format(link=link or _("appears when the bot can be reached")))
    click.echo(_("Good until {until}, once.").format(until=f"{until:%d.%m.%Y %H:%M}"))


def _print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
