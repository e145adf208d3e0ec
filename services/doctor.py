"""What is wrong with an installation, in words: findings of the base that the doctor reads, each good or not."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.anchors import NAME as ANCHORS
from services.audit_chain import AuditChain
from services.backups import Backups
from services.clock import Clock
from services.i18n import gettext as _
from services.i18n import ngettext
from services.outbox.holding import Holding, Standing
from storage.repositories.owner import database_now
from storage.repositories.standing_by import lease, standbys
from storage.uow import Storage
from storage.vocabulary import BotId

STUCK = timedelta(minutes=5)  # a letter that could go and hasn't
SKEW = 30  # seconds between two clocks


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; where it isn't `good`, the text says what to do. `advice`: could be better."""

    good: bool
    text: str
    advice: bool = False


async def of_the_post(storage: Storage, clock: Clock) -> list[Finding]:
    """Whether updates and letters get through."""
    now = clock.now()
    standing, losses = await Holding(storage, clock).standing()
    return [*_updates(standing), *_letters(standing, now), _lost(len(losses))]


async def of_the_owner(storage: Storage, bot_id: BotId | None, role: str | None) -> Finding:
    """Whether somebody runs the bot; `role` is what the service on this machine says of itself, None: it's silent."""
    async with storage.reading() as uow:
        held = None if bot_id is None else await lease(uow, bot_id)
    if held is None and role is None:
        return Finding(False, _("Service: it has never run on this base. Start it: ./zvonok run"))
    if held is None or held.left <= timedelta(0):
        if role is not None:
            return Finding(
                False, _("Service: it stands by, and nobody runs the bot. See its log: owner_retry, lease_not_renewed.")
            )
        return Finding(False, _("Service: it doesn't run. Start it: ./zvonok run"))
    if role == "owner":
        return Finding(True, _("Service: it runs."))
    if role == "standby":
        return Finding(True, _("Service: another machine runs the bot, this one stands by."))
    return Finding(True, _("Service: the bot is run, but on this machine nothing answers."), advice=True)


async def of_the_server(storage: Storage, now: datetime, *, several: bool) -> list[Finding]:
    """The PostgreSQL server's clock and standbys, none on SQLite; `several`: DATABASE_URL names more than one host."""
    async with storage.reading() as uow:
        there = await standbys(uow)
        skew = round(abs((await database_now(uow) - now).total_seconds()))
    if there is None:
        return []
    found = []
    if skew > SKEW:
        text = _("Clock: {seconds} s away from the database's. Switch on time synchronisation (NTP) on both machines.")
        found.append(Finding(False, text.format(seconds=skew)))
    if there.demanded and not there.connected:
        text = _("Base: its synchronous standby is gone, and entries wait for it. See docs/deployment.md.")
        found.append(Finding(False, text))
    elif several and not there.demanded:
        text = _(
            "Base: DATABASE_URL names several servers, but none is a synchronous standby: a failure would lose the "
            "last entries. Set synchronous_standby_names."
        )
        found.append(Finding(False, text))
    elif there.demanded:
        found.append(Finding(True, _("Base: every entry is on a standby before it is confirmed.")))
    else:
        found.append(Finding(True, _("Base: one server; if it is lost, so is all since the last backup."), advice=True))
    return found


async def of_the_audit(chain: AuditChain) -> Finding:
    """Whether the audit lines are as they were written."""
    verdict = await chain.verify()
    if verdict.broken_after is not None:
        text = _("Audit: a line after № {line} was changed or removed. Keep the base and find out who had access.")
        if not verdict.broken_after:
            text = _(
                "Audit: not one seal fits. Either SECRET_KEY (or secret.key) isn't the one of this base, or the first "
                "lines were changed."
            )
        return Finding(False, text.format(line=verdict.broken_after))
    if verdict.lost is not None:
        text = _(
            "Audit: the anchor of {day} is not in the base: the newest lines were removed, or sealed anew, or the base "
            "is an old copy. Keep it and the file {name}."
        )
        return Finding(False, text.format(day=f"{verdict.lost:%d.%m.%Y}", name=ANCHORS))
    said = ngettext(
        "Audit: {count} line sealed, none changed.", "Audit: {count} lines sealed, none changed.", verdict.lines
    )
    text = said.format(count=verdict.lines)
    if verdict.anchors:
        agree = ngettext("{count} anchor agrees.", "{count} anchors agree.", verdict.anchors)
        text += " " + agree.format(count=verdict.anchors)
    return Finding(True, text)


def of_backups(backups: Backups, now: datetime) -> list[Finding]:
    """Whether backups are made, encrypted and fresh. Blocks."""
    if not backups.is_set_up:
        return [Finding(False, _("Backups: none are made. Set BACKUP_DIR in .env, best on another disk."))]
    newest = next(iter(backups.all()), None)
    if newest is None:
        return [Finding(False, _("Backups: there is none yet. Make one: ./zvonok backup"))]
    hours = round((now - newest.made_at).total_seconds() / 3600)
    age = ngettext("{count} hour ago", "{count} hours ago", hours).format(count=hours) if hours else _("just now")
    found = [
        Finding(
            False, _("Backups: the newest was made {age}. See the service's log, or ./zvonok backup").format(age=age)
        )
        if backups.is_old(now)
        else Finding(True, _("Backups: the newest was made {age}.").format(age=age))
    ]
    if not backups.is_encrypted:
        found.append(Finding(False, _("Backups are not encrypted. A key for BACKUP_KEY: ./zvonok backup key")))
    if backups.has_a_wrong_key:
        text = _("Backups can't be made: BACKUP_KEY is no key. Put in the line that ./zvonok backup key prints.")
        found.append(Finding(False, text))
    return found


def _updates(standing: Standing) -> list[Finding]:
    new, dead = standing.updates.get("new", 0), standing.updates.get("dead", 0)
    found = [Finding(new < 100, _("Updates that wait to be done: {count}.").format(count=new))]
    if dead:
        text = _("Updates that failed for good: {count}. The log names them: look for “alarm update_dead”.")
        found.append(Finding(False, text.format(count=dead)))
    return found


def _letters(standing: Standing, now: datetime) -> list[Finding]:
    found = []
    if standing.paused:
        found.append(
            Finding(
                False,
                _(
                    "Post: paused after a restore or a move. Decide: ./zvonok delivery drop, or "
                    "./zvonok delivery release"
                ),
            )
        )
    elif standing.due_since is not None and now - standing.due_since > STUCK:
        minutes = (now - standing.due_since) // timedelta(minutes=1)
        text = ngettext(
            "Post: a letter has been waiting for {count} minute. See ./zvonok delivery status",
            "Post: a letter has been waiting for {count} minutes. See ./zvonok delivery status",
            minutes,
        )
        found.append(Finding(False, text.format(count=minutes)))
    else:
        found.append(Finding(True, _("Post: nothing is stuck.")))
    held = sum(standing.held.values())
    if held and not standing.paused:
        text = _("Post: {count} held. Let them go: ./zvonok delivery release")
        found.append(Finding(False, text.format(count=held)))
    if standing.unreachable:
        text = _("Items for chats that take no letters: {count}. Homeroom teachers see whose.")
        found.append(Finding(True, text.format(count=standing.unreachable)))
    return found


def _lost(count: int) -> Finding:
    if count:
        return Finding(False, _("Lost: {count}. See ./zvonok delivery status").format(count=count))
    return Finding(True, _("Lost: nothing."))
