"""The aiohttp application: webhook, health, readiness."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

WEBHOOK_PATH = "/telegram/webhook"

Readiness = Callable[[], Awaitable[tuple[bool, dict[str, Any]]]]


def make_web_app(readiness: Readiness, webhook: tuple[str, Callable[[web.Request], Any]] | None) -> web.Application:
    """Routes of ours, the webhook at its path; the host adds its own before the application starts."""
    app = web.Application(client_max_size=2 * 1024 * 1024)

    async def healthz(request: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    async def readyz(request: web.Request) -> web.Response:
        ready, facts = await readiness()
        return web.json_response({"ready": ready, **facts}, status=200 if ready else 503)

    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    if webhook is not None:
        app.router.add_post(*webhook)
    return app
