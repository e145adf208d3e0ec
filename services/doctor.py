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
from storage.uow import Storage

STUCK = timedelta(minutes=5)  # a letter that could go and hasn't


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; where it isn't `good`, the text says what to do."""

    good: bool
    text: str


async def of_the_post(storage: Storage, clock: Clock) -> list[Finding]:
    """Whether the service runs, and whether updates and letters get through."""
    now = clock.now()
    standing, losses = await Holding(storage, clock).standing()
    return [_runs(standing), *_updates(standing), *_letters(standing, now), _lost(len(losses))]


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
    return Finding(True, said.format(count=verdict.lines))


def of_backups(backups: Backups, now: datetime) -> list[Finding]:
    """Whether backups are made, encrypted and fresh. Blocks."""
    if not backups.is_set_up:
        return [Finding(False, _("Backups: none are made. Set BACKUP_DIR in .env, best on another disk."))]
    newest = next(iter(backups.all()), None)
    if newest is None:
        return [Finding(False, _("Backups: there is none yet. Make one: ./zvonok backup"))]
    hours = round((now - newest.made_at).total_seconds() / 3600)
    age = ngettext("{count} hour ago", "{count} hours ago", hours).format(count=hours)
    found = [
        Finding(
            False, _("Backups: the newest was made {age}. See the service's log, or ./zvonok backup").format(age=age)
        )
        if backups.is_old(now)
        else Finding(True, _("Backups: the newest was made {age}.").format(age=age))
    ]
    if not backups.is_encrypted:
        found.append(Finding(False, _("Backups are not encrypted. A key for BACKUP_KEY: ./zvonok backup key")))
    return found


def _runs(standing: Standing) -> Finding:
    if standing.owned_until is None:
        return Finding(False, _("Service: it has never run on this base. Start it: ./zvonok run"))
    if standing.owned_until <= standing.base_now:
        return Finding(False, _("Service: it doesn't run. Start it: ./zvonok run"))
    return Finding(True, _("Service: it runs."))


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
                _("Post: paused after a restore. Decide: ./zvonok delivery drop, or ./zvonok delivery release"),
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
