"""Groups: just enough of them to try their limits, their migration, and what a bot hears that is thrown out."""

from __future__ import annotations

from dataclasses import asdict
from typing import Literal

from aiohttp import web

from bot.sandbox.api.chats import message_json
from bot.sandbox.asking import Row, number, read_json, serving
from bot.sandbox.entities import clean, find_entities
from bot.sandbox.errors import ControlError
from bot.sandbox.state import Group, Json, Message, Person
from bot.sandbox.world import World

FIRST_GROUP, FIRST_SUPERGROUP = -4_000_000_001, -1_002_000_000_001

Standing = Literal["member", "left", "kicked"]


def found(world: World, title: str, members: list[Person], kind: Literal["group", "supergroup"] = "group") -> Group:
    """A new group; its first member brings the bot in, which learns of it."""
    id_ = FIRST_GROUP if kind == "group" else FIRST_SUPERGROUP
    while id_ in world.groups:
        id_ -= 1
    group = world.groups[id_] = Group(id_, title, [person.id for person in members], kind, bot="left")
    stand(world, group, members[0], "member")
    return group


def stand(world: World, group: Group, by: Person, standing: Standing) -> None:
    """A member brings the bot in, or throws it out: my_chat_member."""
    old, group.bot = group.bot, standing
    bot = world.bot.as_user()
    change = {
        "chat": group.as_chat(),
        "from": by.as_user(),
        "date": world.times.stamp(),
        "old_chat_member": {"user": bot, "status": old} | ({"until_date": 0} if old == "kicked" else {}),
        "new_chat_member": {"user": bot, "status": standing} | ({"until_date": 0} if standing == "kicked" else {}),
    }
    world.queue.add({"my_chat_member": change}, group.id)
    world.feed.publish("group", {"group": group.id})
    world.changed()


def write(world: World, group: Group, person: Person, text: str, reply_to: int | None = None) -> Message:
    """A member writes. The bot hears commands, its own name and replies to it, as bots usually do in groups."""
    text = clean(text).strip()
    if not text:
        raise ControlError(400, "bad_request", "text is missing.")
    quoted = world.chat(group.id).messages.get(reply_to) if reply_to else None
    fields = {"entities": find_entities(text, []), "reply_to": reply_to, "sender": person.id}
    message = world.post(group.id, "person", text, **fields)
    meant = text.startswith("/") or f"@{world.bot.username}" in text or (quoted and quoted.author == "bot")
    if meant and group.bot == "member":
        world.queue.add({"message": message_json(world, message)}, person.id)
    return message


def migrate(world: World, group: Group) -> Group:
    """The group becomes a supergroup: another id, which the bot learns in both chats."""
    if group.kind == "supergroup" or group.moved_to is not None:
        raise ControlError(409, "bad_request", "Only a group that stands can become a supergroup.")
    new_id = FIRST_SUPERGROUP
    while new_id in world.groups:
        new_id -= 1
    new = world.groups[new_id] = Group(new_id, group.title, list(group.members), "supergroup", bot=group.bot)
    sender = group.members[0]
    for place, told in ((group, {"migrate_to_chat_id": new.id}), (new, {"migrate_from_chat_id": group.id})):
        message = world.post(place.id, "person", "", sender=sender, service=told)
        world.queue.add({"message": message_json(world, message)}, sender)
    group.moved_to = new.id
    return new


class Groups:
    """Handlers of /sandbox/groups."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[web.RouteDef]:
        """Their routes."""
        group = "/sandbox/groups/{group}"
        table: list[Row] = [
            ("POST", "/sandbox/groups", self.found),
            ("GET", group, self.look),
            ("POST", f"{group}/send", self.send),
            ("POST", f"{group}/migrate", self.migrate),
            ("POST", f"{group}/kick", self.kick),
            ("POST", f"{group}/invite", self.invite),
        ]
        return serving(self._world, table)

    def _group(self, request: web.Request) -> Group:
        group = self._world.groups.get(number(request.match_info["group"]) or 0)
        if group is None:
            raise ControlError(404, "no_such_group", f"There is no group {request.match_info['group']}.")
        return group

    def _view(self, group: Group) -> Json:
        messages = [self._world.view(message) for message in self._world.chat(group.id).messages.values()]
        return {**asdict(group), "messages": messages}

    def _member(self, group: Group, body: Json) -> Person:
        person = self._world.person(body.get("person") or group.members[0])
        if person.id not in group.members:
            raise ControlError(400, "bad_request", f"Person {person.id} is no member of the group.")
        return person

    async def found(self, request: web.Request) -> Json:
        body = await read_json(request)
        title, members = body.get("title"), body.get("members")
        if not isinstance(title, str) or not title or not isinstance(members, list) or not members:
            raise ControlError(400, "bad_request", "A group needs a title and members.")
        return self._view(found(self._world, title, [self._world.person(id_) for id_ in members]))

    async def look(self, request: web.Request) -> Json:
        return self._view(self._group(request))

    async def send(self, request: web.Request) -> Json:
        body, group = await read_json(request), self._group(request)
        person = self._member(group, body)
        return self._world.view(write(self._world, group, person, str(body.get("text") or ""), body.get("reply_to")))

    async def migrate(self, request: web.Request) -> Json:
        return self._view(migrate(self._world, self._group(request)))

    async def kick(self, request: web.Request) -> Json:
        return await self._stand(request, "kicked")

    async def invite(self, request: web.Request) -> Json:
        return await self._stand(request, "member")

    async def _stand(self, request: web.Request, standing: Standing) -> Json:
        body, group = await read_json(request), self._group(request)
        stand(self._world, group, self._member(group, body), standing)
        return self._view(group)
