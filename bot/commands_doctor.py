"""`./zvonok doctor`: looks at everything an installation stands on, and says in words what is wrong."""

import asyncio
import shutil
import sys
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
import click

from bot.backups import make_backups
from bot.commands_base import make_clock, run_async
from bot.settings import Settings, http_proxy, read_settings
from services import doctor as looks
from services.audit_chain import AuditChain
from services.clock import machine_now
from services.doctor import Finding
from services.i18n import gettext as _
from storage import backup
from storage.backup import BackupFailed
from storage.schema import is_current, is_empty
from storage.uow import Storage

FREE = 1_000_000_000  # bytes on the disk of the data
SKEW = 30.0  # seconds between this machine's clock and the messenger's
PATIENCE = aiohttp.ClientTimeout(total=10)


@click.command(help=_("Look at everything the service stands on, and say what is wrong."))
@run_async
async def doctor() -> None:
    """Print one line a finding; exit code 1 if something is wrong."""
    settings = read_settings()
    found = [*await _messenger(settings), *_disk(settings), *await _base(settings)]
    found += await asyncio.to_thread(looks.of_backups, make_backups(settings), machine_now())
    for one in found:
        click.echo(("✅ " if one.good else "❌ ") + one.text)
    if not all(one.good for one in found):
        sys.exit(1)


async def _messenger(settings: Settings) -> list[Finding]:
    """The token, the way to the messenger, this machine's clock, the webhook."""
    if settings.bot_token is None:
        return [Finding(True, _("Bot: no BOT_TOKEN, so this is the demo school."))]
    base = f"{settings.bot_api_base.rstrip('/')}/bot{settings.bot_token.get_secret_value()}"
    try:
        async with aiohttp.ClientSession(timeout=PATIENCE) as session:
            me, date = await _ask(session, f"{base}/getMe", settings)
            hook, _date = await _ask(session, f"{base}/getWebhookInfo", settings) if me.get("ok") else ({}, None)
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        text = _("Bot: {base} doesn't answer ({error}). Check the network, or set TELEGRAM_PROXY.")
        return [Finding(False, text.format(base=settings.bot_api_base, error=type(error).__name__))]
    if not me.get("ok"):
        return [Finding(False, _("Bot: the token is refused. Take it anew from @BotFather and put it into BOT_TOKEN."))]
    found = [Finding(True, _("Bot: @{name} answers.").format(name=me["result"]["username"]))]
    if date is not None:
        found.append(_clock(abs((machine_now() - date).total_seconds())))
    return found + _webhook(settings, hook.get("result", {}))


async def _ask(session: aiohttp.ClientSession, url: str, settings: Settings) -> tuple[dict[str, Any], datetime | None]:
    async with session.get(url, proxy=http_proxy(settings)) as response:
        answer: dict[str, Any] = await response.json(content_type=None)
        date = response.headers.get("Date")
    return answer, None if date is None else parsedate_to_datetime(date).astimezone(UTC)


def _clock(skew: float) -> Finding:
    if skew <= SKEW:
        return Finding(True, _("Clock: right."))
    text = _("Clock: {seconds} s away from the messenger's. Switch on time synchronisation (NTP).")
    return Finding(False, text.format(seconds=round(skew)))


def _webhook(settings: Settings, hook: dict[str, Any]) -> list[Finding]:
    set_up = bool(hook.get("url"))
    if set_up != (settings.webhook_url is not None):
        text = _("Webhook: the messenger and the settings disagree. Restart the service: it sets it anew.")
        return [Finding(False, text)]
    if set_up and hook.get("last_error_message") and hook.get("pending_update_count"):
        text = _("Webhook: the messenger can't deliver {count} updates: {error}")
        return [
            Finding(False, text.format(count=hook["pending_update_count"], error=str(hook["last_error_message"])[:200]))
        ]
    return [Finding(True, _("Webhook: in order."))] if set_up else []


def _disk(settings: Settings) -> list[Finding]:
    folder = settings.data_dir
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    text = _("Disk: {free} GB free.").format(free=f"{free / 1e9:.1f}")
    return [
        Finding(free >= FREE, text if free >= FREE else text + " " + _("Make room: a full disk stops the service."))
    ]


async def _base(settings: Settings) -> list[Finding]:
    """The base: there, of this version, sound; and the post in it."""
    storage = Storage(settings.database)
    try:
        if await is_empty(storage):
            return [Finding(False, _("Base: empty. Begin with: ./zvonok school new school.toml"))]
        if not await is_current(storage):
            return [Finding(False, _("Base: of another version. Bring it up to date: ./zvonok migrate"))]
        clock = make_clock(settings)
        audit = await looks.of_the_audit(AuditChain(storage, clock, settings.key()))
        return [*await asyncio.to_thread(_sound, settings.database), audit, *await looks.of_the_post(storage, clock)]
    except Exception as error:  # whatever the driver says: the doctor must go on to the next
        text = _("Base: can't be opened ({error}). Check DATABASE_URL and whether the server runs.")
        return [Finding(False, text.format(error=type(error).__name__))]
    finally:
        await storage.close()


def _sound(database_url: str) -> list[Finding]:
    if not backup.is_sqlite(database_url):
        return [Finding(True, _("Base: PostgreSQL, of this version."))]
    try:
        backup.quick_check(database_url)
    except BackupFailed:
        return [Finding(False, _("Base: the file is damaged. Stop the service and restore a backup: ./zvonok restore"))]
    return [Finding(True, _("Base: SQLite, of this version, sound."))]
