"""What the doctor asks of the messenger and of the service on this machine: token, clock, webhook, alarms, health."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp

from bot.settings import Settings, http_proxy
from services.clock import machine_now
from services.doctor import Finding
from services.i18n import gettext as _
from services.i18n import ngettext

SKEW = 30.0  # seconds between two clocks
PATIENCE = aiohttp.ClientTimeout(total=10)
MANY = 100  # updates that wait at the messenger
RECENT = timedelta(hours=1)
TICK_LATE = 180  # seconds
NO_SUCH_BOT = (401, 404)


async def of_the_messenger(settings: Settings) -> list[Finding]:
    """The token, the way to the messenger, this machine's clock, the webhook, the chat of alarms."""
    if settings.bot_token is None:
        if settings.is_demo:
            return [Finding(True, _("Bot: no BOT_TOKEN, so this is the demo school."))]
        text = _("Bot: no BOT_TOKEN: ./zvonok run shows the demo school, not this base. Take a token from @BotFather.")
        return [Finding(False, text)]
    base = f"{settings.bot_api_base.rstrip('/')}/bot{settings.bot_token.get_secret_value()}"
    try:
        async with aiohttp.ClientSession(timeout=PATIENCE) as session:
            me, date = await _ask(session, f"{base}/getMe", settings)
            if not me.get("ok"):
                return [_refused(settings, me)]
            hook, _date = await _ask(session, f"{base}/getWebhookInfo", settings)
            told = await _support(session, base, settings)
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        text = _("Bot: {base} doesn't answer ({error}). Check the network, or set TELEGRAM_PROXY.")
        return [Finding(False, text.format(base=settings.bot_api_base, error=type(error).__name__))]
    found = [Finding(True, _("Bot: @{name} answers.").format(name=me["result"]["username"]))]
    if date is not None:
        found.append(_clock(abs((machine_now() - date).total_seconds())))
    return [*found, *webhook(settings, hook.get("result", {}), machine_now()), told]


async def _ask(session: aiohttp.ClientSession, url: str, settings: Settings) -> tuple[dict[str, Any], datetime | None]:
    async with session.get(url, proxy=http_proxy(settings)) as response:
        answer: dict[str, Any] = await response.json(content_type=None)
        date = response.headers.get("Date")
    return answer, None if date is None else parsedate_to_datetime(date).astimezone(UTC)


def _refused(settings: Settings, answer: dict[str, Any]) -> Finding:
    code = answer.get("error_code")
    if code in NO_SUCH_BOT:
        return Finding(False, _("Bot: the token is refused. Take it anew from @BotFather and put it into BOT_TOKEN."))
    text = _("Bot: {base} answers {code}. Try again in a minute.")
    return Finding(False, text.format(base=settings.bot_api_base, code=code))


def _clock(skew: float) -> Finding:
    if skew <= SKEW:
        return Finding(True, _("Clock: right."))
    text = _("Clock: {seconds} s away from the messenger's. Switch on time synchronisation (NTP).")
    return Finding(False, text.format(seconds=round(skew)))


def webhook(settings: Settings, hook: dict[str, Any], now: datetime) -> list[Finding]:
    """Whether updates come the way the settings mean, and how many wait."""
    address, waiting = str(hook.get("url") or ""), int(hook.get("pending_update_count") or 0)
    wanted = settings.webhook_url
    if bool(address) != (wanted is not None) or (wanted is not None and not address.startswith(wanted.rstrip("/"))):
        text = _("Webhook: the messenger and the settings disagree. Restart the service: it sets it anew.")
        return [Finding(False, text)]
    failed_at = datetime.fromtimestamp(int(hook.get("last_error_date") or 0), UTC)
    if hook.get("last_error_message") and (waiting or now - failed_at < RECENT):
        text = _("Webhook: the messenger could not deliver at {time}, {count} updates wait: {error}")
        if not waiting:
            text = _("Webhook: in order; at {time} the messenger could not deliver, and has done so since: {error}")
        at, said = f"{failed_at:%d.%m %H:%M} UTC", str(hook["last_error_message"])[:200]
        return [Finding(not waiting, text.format(time=at, count=waiting, error=said), advice=not waiting)]
    if waiting > MANY:
        text = _("Bot: {count} updates wait at the messenger. Does the service run?")
        return [Finding(False, text.format(count=waiting))]
    return [Finding(True, _("Webhook: in order."))] if address else []


async def _support(session: aiohttp.ClientSession, base: str, settings: Settings) -> Finding:
    """Whether somebody is told of troubles: the bot sees the chat it is to write to."""
    if settings.support_chat is None:
        return Finding(True, _("Alarms: told to nobody but the log. Set SUPPORT_CHAT."), advice=True)
    answer, _date = await _ask(session, f"{base}/getChat?chat_id={settings.support_chat}", settings)
    if answer.get("ok") or "chat" not in str(answer.get("description")):  # a server of another kind may not tell
        return Finding(True, _("Alarms: go to SUPPORT_CHAT."))
    return Finding(False, _("Alarms: the bot can't write to SUPPORT_CHAT. Add it to that chat, or press Start there."))


async def of_this_process(settings: Settings) -> dict[str, Any] | None:
    """What the service on this machine answers at /readyz; None: nothing answers."""
    url = f"http://{settings.local_host}:{settings.http_port}/readyz"
    try:
        async with aiohttp.ClientSession(timeout=PATIENCE) as session, session.get(url) as response:
            facts: dict[str, Any] = await response.json(content_type=None)
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return None
    return facts if isinstance(facts, dict) and "role" in facts else None


def of_its_post(facts: dict[str, Any]) -> list[Finding]:
    """What its answer says of the post and the clock's jobs, where something is wrong."""
    found: list[Finding] = []
    if facts.get("role") != "owner":
        return found
    senders = facts.get("senders", {})
    if senders.get("telegram") is False:
        found.append(
            Finding(False, _("Post: nothing goes to the messenger. See the log: bot_refused, postman_failed."))
        )
    if senders.get("email") is False:
        text = _("Post: the mail server refuses us. Check SMTP_URL and MAIL_FROM; the log says what it answered.")
        found.append(Finding(False, text))
    age = facts.get("last_tick_seconds")
    if isinstance(age, int) and age > TICK_LATE:
        text = ngettext(
            "Reminders: not looked after for {count} minute. See the log: tick_failed.",
            "Reminders: not looked after for {count} minutes. See the log: tick_failed.",
            age // 60,
        )
        found.append(Finding(False, text.format(count=age // 60)))
    return found
