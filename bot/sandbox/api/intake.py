"""getUpdates and the webhook's methods."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from bot.sandbox.errors import bad_request, refused
from bot.sandbox.params import Params
from bot.sandbox.state import Json
from bot.sandbox.updates import MAX_TIMEOUT
from bot.sandbox.webhook import DEFAULT_CONNECTIONS, WebhookSettings
from bot.sandbox.world import World

_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


def _allow(world: World, allowed: Any) -> None:
    """Remember the wanted types of updates; absent: as before; an empty list: the usual ones."""
    if allowed is None:
        return
    if not isinstance(allowed, list) or not all(isinstance(item, str) for item in allowed):
        raise bad_request("Can't parse allowed_updates: Expected an Array of String")
    world.queue.allowed = list(allowed)
    world.changed()


def _clamped(value: int, low: int, high: int) -> int:
    return max(low, min(value, high))


async def get_updates(world: World, params: Params) -> list[Json]:
    """getUpdates: long poll; 409 while a webhook is set."""
    if world.webhook.settings:
        raise refused(
            409,
            "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
        )
    _allow(world, params.get("allowed_updates"))
    first = not world.queue.polled
    limit = _clamped(params.get("limit", 100), 1, 100)
    timeout = _clamped(params.get("timeout", 0), 0, MAX_TIMEOUT)
    world.queue.polled = True
    if first:
        world.bot_changed()
    return await world.queue.take(params.get("offset", 0), limit, timeout)


def _settings(params: Params) -> WebhookSettings | None:
    """The webhook of a request; plain http and any port are fine, as for a local Bot API server."""
    url = params.get("url", "")
    if not url:
        return None
    secret = params.get("secret_token", "")
    if secret and not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    parsed = urlsplit(url)
    if parsed.scheme not in ("http", "https") or not parsed.hostname:
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    connections = _clamped(params.get("max_connections", DEFAULT_CONNECTIONS), 1, 100)
    return WebhookSettings(url, secret, connections)


async def set_webhook(world: World, params: Params) -> bool:
    """setWebhook: ends a waiting poll; without a url removes the webhook."""
    settings = _settings(params)
    _allow(world, params.get("allowed_updates"))
    if params.get("drop_pending_updates"):
        world.queue.clear()
    if settings == world.webhook.settings:
        return True
    if settings:
        world.queue.abort("terminated by setWebhook request")
    await world.webhook.set(settings)
    return True


async def delete_webhook(world: World, params: Params) -> bool:
    """deleteWebhook."""
    return await set_webhook(world, {key: value for key, value in params.items() if key == "drop_pending_updates"})


async def get_webhook_info(world: World, params: Params) -> Json:
    """getWebhookInfo."""
    return world.webhook.info()
