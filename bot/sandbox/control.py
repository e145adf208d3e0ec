"""The control API of people and of the clock; described in docs/sandbox.md."""

from __future__ import annotations

import inspect
from datetime import datetime
from typing import Any

from aiohttp import web
from aiohttp.web_request import FileField

from bot.sandbox import acts
from bot.sandbox.asking import Row, number, read_json, serving
from bot.sandbox.callbacks import Tap
from bot.sandbox.errors import ControlError
from bot.sandbox.params import MAX_REQUEST_BYTES, Upload
from bot.sandbox.state import Json, Message, Person
from bot.sandbox.world import World

ANSWER_TIMEOUT = 15.0
_PERSON_FIELDS = {
    "id": int,
    "first_name": str,
    "last_name": str,
    "username": str,
    "label": str,
    "language_code": str,
}


class Control:
    """Handlers of /sandbox/people and /sandbox/clock."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        """Routes of what people do, and of the clock."""
        person = "/sandbox/people/{person}"
        table: list[Row] = [
            ("GET", "/sandbox/state", self.state),
            ("POST", "/sandbox/people", self.put_person),
            ("GET", f"{person}/messages", self.messages),
            ("POST", f"{person}/start", self.start),
            ("POST", f"{person}/send", self.send),
            ("POST", f"{person}/file", self.file),
            ("POST", f"{person}/album", self.album),
            ("POST", f"{person}/tap", self.tap),
            ("POST", f"{person}/tap-again", self.tap_again),
            ("POST", f"{person}/tap-raw", self.tap_raw),
            ("POST", f"{person}/block", self.block),
            ("POST", f"{person}/unblock", self.unblock),
            ("POST", f"{person}/deactivate", self.deactivate),
            ("POST", f"{person}/vanish", self.vanish),
            ("POST", f"{person}/forward", self.forward),
            ("POST", f"{person}/friend", self.friend),
            ("POST", f"{person}/read", self.read),
            ("GET", "/sandbox/clock", self.clock),
            ("POST", "/sandbox/clock", self.move_clock),
        ]
        return serving(self._world, table)

    def _person(self, request: web.Request) -> Person:
        raw = request.match_info["person"]
        return self._world.person(int(raw) if raw.isdecimal() else 0)

    # People

    async def state(self, request: web.Request) -> Json:
        world = self._world
        people = [world.person_view(person) for person in world.people.values()]
        clock = world.times.clock_state()
        return {"seq": world.feed.seq, "bot": world.bot_view(), "people": people, "clock": clock}

    async def put_person(self, request: web.Request) -> Json:
        body = await read_json(request)
        for name, value in body.items():
            kind = _PERSON_FIELDS.get(name)
            if kind is None or not isinstance(value, kind | None if name not in ("id", "first_name") else kind):
                raise ControlError(400, "bad_request", f"«{name}» is unknown or of a wrong type.")
        if not body.get("first_name") and body.get("id") not in self._world.people:
            raise ControlError(400, "bad_request", "A person needs a first_name.")
        return self._world.person_view(self._world.put_person(body))

    async def messages(self, request: web.Request) -> Json:
        chat = self._world.chat(self._person(request).id)
        views = [self._world.view(message) for message in chat.messages.values()]
        return {"seq": self._world.feed.seq, "messages": views, "reply_keyboard": chat.reply_keyboard}

    async def start(self, request: web.Request) -> Json:
        body = await read_json(request)
        payload = str(body.get("payload") or "")
        return self._world.view(acts.start(self._world, self._person(request), payload))

    async def send(self, request: web.Request) -> Json:
        body = await read_json(request)
        text = body.get("text")
        if not isinstance(text, str):
            raise ControlError(400, "bad_request", "text is missing.")
        return self._world.view(acts.send(self._world, self._person(request), text, body.get("reply_to")))

    async def file(self, request: web.Request) -> Json:
        return self._world.view((await self._send_files(request))[0])

    async def album(self, request: web.Request) -> Json:
        return {"messages": [self._world.view(message) for message in await self._send_files(request)]}

    async def _send_files(self, request: web.Request) -> list[Message]:
        person = self._person(request)
        form = await request.clone(client_max_size=MAX_REQUEST_BYTES).post()
        files: list[acts.Attachment] = []
        for kind, field in form.items():
            if isinstance(field, FileField) and kind in ("document", "photo"):
                with field.file as file:
                    files.append(acts.Attachment(kind, Upload(field.filename, field.content_type, file.read())))
        if not files:
            raise ControlError(400, "bad_request", "A file needs a part «document» or «photo».")
        reply_to, caption = form.get("reply_to"), str(form.get("caption") or "")
        return acts.send_files(self._world, person, files, caption, number(reply_to))

    async def tap(self, request: web.Request) -> Json:
        body = await read_json(request)
        begun, button = acts.tap(self._world, self._person(request), body)
        if begun is None:
            return {"query_id": None, "answer": None, "url": button.get("url"), "start": button.get("start")}
        return await self._tap_result(begun, body)

    async def tap_again(self, request: web.Request) -> Json:
        query_id = (await read_json(request)).get("query_id")
        return {"update_id": acts.tap_again(self._world, self._person(request), query_id)}

    async def tap_raw(self, request: web.Request) -> Json:
        body = await read_json(request)
        person = self._person(request)
        begun = acts.tap_raw(self._world, person, body.get("message_id"), body.get("data", ""))
        return await self._tap_result(begun, body)

    async def _tap_result(self, begun: Tap, body: Json) -> Json:
        answer = None
        if body.get("wait"):
            answer = await acts.wait_for_answer(begun, _seconds(body.get("timeout")))
        return {"query_id": begun.query_id, "answer": answer, "url": None, "start": None}

    async def block(self, request: web.Request) -> Json:
        acts.block(self._world, self._person(request))
        return self._world.person_view(self._person(request))

    async def unblock(self, request: web.Request) -> Json:
        acts.unblock(self._world, self._person(request))
        return self._world.person_view(self._person(request))

    async def deactivate(self, request: web.Request) -> Json:
        person = self._person(request)
        person.deactivated = True
        self._world.person_changed(person)
        return self._world.person_view(person)

    async def vanish(self, request: web.Request) -> Json:
        person = self._person(request)
        person.vanished = True
        self._world.person_changed(person)
        return self._world.person_view(person)

    async def forward(self, request: web.Request) -> Json:
        body = await read_json(request)
        message = acts.forward(self._world, self._person(request), body.get("message_id"), body.get("to", "bot"))
        return self._world.view(message)

    async def friend(self, request: web.Request) -> Json:
        text = (await read_json(request)).get("text")
        if not isinstance(text, str):
            raise ControlError(400, "bad_request", "text is missing.")
        return self._world.view(acts.friend_writes(self._world, self._person(request), text))

    async def read(self, request: web.Request) -> Json:
        person = self._person(request)
        if person.unread:
            person.unread = 0
            self._world.person_changed(person)
        return self._world.person_view(person)

    # The clock

    async def clock(self, request: web.Request) -> Json | None:
        return self._world.times.clock_state()

    async def move_clock(self, request: web.Request) -> Json | None:
        clock = self._world.times.clock
        if clock is None:
            raise ControlError(409, "no_clock", "The host program gave no clock.")
        body = await read_json(request)
        try:
            if "jump" in body:
                await _maybe(clock.jump(str(body["jump"])))
            elif "advance_seconds" in body:
                await _maybe(clock.advance(float(body["advance_seconds"])))
            else:
                await _maybe(clock.set(_moment(body.get("set"))))
        except (ValueError, TypeError, KeyError) as error:
            reason = str(error) if isinstance(error, ValueError) else None
            raise ControlError(400, "bad_clock", f"The clock refused: {error}", reason=reason) from None
        state = self._world.times.clock_state()
        self._world.feed.publish("clock", state or {})
        return state


def _seconds(value: Any) -> float:
    """The timeout of a request in seconds."""
    if value is None:
        return ANSWER_TIMEOUT
    if not isinstance(value, int | float) or value <= 0:
        raise ControlError(400, "bad_request", "timeout is a number of seconds above 0.")
    return float(value)


async def _maybe(result: Any) -> None:
    """Await what the host's clock returned, if it is a coroutine."""
    if inspect.isawaitable(result):
        await result


def _moment(text: Any) -> datetime:
    moment = datetime.fromisoformat(str(text))
    if moment.tzinfo is None:
        raise ValueError("the moment needs an offset")
    return moment
