"""A balancer before several nodes: each request goes to the next of them, and to another where one is silent."""

import itertools
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web

from tests.support.waiting import PATIENCE

SILENT_AFTER = 1.0  # seconds without an answer; who was frozen may store the update yet, as a double


class Balancer:
    """Passes what is posted to it on; `taken` counts by node what was answered 2xx."""

    def __init__(self, nodes: Sequence[str] = ()) -> None:
        self.nodes = list(nodes)
        self.url = ""
        self.taken: Counter[str] = Counter()
        self._next = itertools.count()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        """Its address, while it runs."""
        app = web.Application()
        app.router.add_post("/{path:.*}", self._pass_on)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        limit = aiohttp.ClientTimeout(total=PATIENCE, sock_connect=SILENT_AFTER, sock_read=SILENT_AFTER)
        async with aiohttp.ClientSession(timeout=limit) as self._session:
            yield self.url
        await runner.cleanup()

    async def _pass_on(self, request: web.Request) -> web.Response:
        body = await request.read()
        headers = {name: value for name, value in request.headers.items() if name.startswith(("X-", "Content-Type"))}
        first = next(self._next)
        status = 502
        for place in range(len(self.nodes)):
            node = self.nodes[(first + place) % len(self.nodes)]
            try:
                async with self._session.post(node + request.path, data=body, headers=headers) as response:
                    await response.read()
            except (aiohttp.ClientError, TimeoutError):
                continue
            status = response.status
            if status < 300:
                self.taken[node] += 1
                break
        return web.Response(status=status)
