"""The control API of tests: updates, the log, the ledger, faults, limits; described in docs/sandbox.md."""

from __future__ import annotations

from aiohttp import web

from bot.sandbox.asking import Row, number, read_json, serving
from bot.sandbox.errors import ControlError
from bot.sandbox.limits import Limits
from bot.sandbox.state import Json
from bot.sandbox.updates import update_type
from bot.sandbox.world import World


class Levers:
    """Handlers of what tests read and move."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        """Their routes."""
        table: list[Row] = [
            ("GET", "/sandbox/updates", self.updates),
            ("POST", "/sandbox/updates", self.inject),
            ("GET", "/sandbox/log", self.log),
            ("DELETE", "/sandbox/log", self.clear_log),
            ("GET", "/sandbox/ledger", self.ledger),
            ("DELETE", "/sandbox/ledger", self.clear_ledger),
            ("GET", "/sandbox/faults", self.faults),
            ("POST", "/sandbox/faults", self.add_fault),
            ("POST", "/sandbox/faults/mix", self.set_mix),
            ("DELETE", "/sandbox/faults", self.clear_faults),
            ("GET", "/sandbox/limits", self.limits),
            ("POST", "/sandbox/limits", self.set_limits),
            ("DELETE", "/sandbox/limits", self.lift_limits),
            ("POST", "/sandbox/reset", self.reset),
        ]
        return serving(self._world, table)

    async def updates(self, request: web.Request) -> Json:
        waiting = self._world.queue.waiting()
        rows = [{"update_id": pending.id, "type": pending.type, "person": pending.lane} for pending in waiting]
        return {"pending": len(rows), "last_update_id": self._world.queue.next_id - 1, "updates": rows}

    async def inject(self, request: web.Request) -> Json:
        body = await read_json(request)
        body.pop("update_id", None)
        type_ = update_type(body)
        if len(body) != 1 or not isinstance(body[type_], dict):
            raise ControlError(400, "bad_request", "An update has one field besides its id.")
        sender = body[type_].get("from") or body[type_].get("chat") or {}
        return {"update_id": self._world.queue.add(body, sender.get("id", 0))}

    async def log(self, request: web.Request) -> Json:
        query = request.query
        chat, after = number(query.get("chat")), number(query.get("after")) or 0
        found = self._world.calls.find(query.get("method"), chat, after)
        return {"seq": self._world.calls.count, "calls": [call.view() for call in found]}

    async def clear_log(self, request: web.Request) -> Json:
        self._world.calls.clear()
        return {}

    async def ledger(self, request: web.Request) -> Json:
        return self._world.ledger.view(number(request.query.get("after")) or 0, number(request.query.get("chat")))

    async def clear_ledger(self, request: web.Request) -> Json:
        self._world.ledger.clear()
        return {}

    async def faults(self, request: web.Request) -> Json:
        return self._world.faults.view()

    async def add_fault(self, request: web.Request) -> Json:
        self._world.faults.add(await read_json(request))
        return self._world.faults.view()

    async def set_mix(self, request: web.Request) -> Json:
        self._world.faults.set_mix(await read_json(request))
        return self._world.faults.view()

    async def clear_faults(self, request: web.Request) -> Json:
        self._world.faults.clear()
        return self._world.faults.view()

    async def limits(self, request: web.Request) -> Json:
        return self._world.limiter.view()

    async def set_limits(self, request: web.Request) -> Json:
        self._world.limiter.set(Limits.read(await read_json(request)))
        return self._world.limiter.view()

    async def lift_limits(self, request: web.Request) -> Json:
        self._world.limiter.set(None)
        return self._world.limiter.view()

    async def reset(self, request: web.Request) -> Json:
        self._world.reset()
        return {}
