"""The state on disk: one JSON file, replaced atomically, files beside it."""

from __future__ import annotations

import asyncio
import json
import logging
import os
from dataclasses import asdict
from pathlib import Path

from bot.sandbox.events import dumps
from bot.sandbox.state import Chat, Group, Json, Message, Person
from bot.sandbox.webhook import WebhookSettings
from bot.sandbox.world import World

logger = logging.getLogger(__name__)

VERSION = 1
DEBOUNCE = 0.5
# A snapshot may be some seconds old when the process is killed: numbers given out since are never given again.
UPDATE_ID_LEAP = 10_000
MESSAGE_ID_LEAP = 100


def files_beside(state_file: Path) -> Path:
    """The directory of the files that belong to a state file."""
    return state_file.with_name(state_file.stem + ".files")


def to_json(world: World) -> Json:
    """Everything worth keeping."""
    chats = [
        {
            "person_id": chat.person_id,
            "next_id": chat.next_id,
            "reply_keyboard": chat.reply_keyboard,
            "messages": [message.to_saved() for message in chat.messages.values()],
        }
        for chat in world.chats.values()
    ]
    return {
        "version": VERSION,
        "bot_id": world.bot.id,
        "people": [asdict(person) for person in world.people.values()],
        "groups": [asdict(group) for group in world.groups.values()],
        "chats": chats,
        "commands": world.menus.commands,
        "menu_buttons": world.menus.buttons,
        "next_update_id": world.queue.next_id,
        "allowed_updates": world.queue.allowed,
        "updates": world.queue.to_saved(),
        "webhook": asdict(world.webhook.settings) if world.webhook.settings else None,
        "files": world.files.to_saved(),
    }


def restore(world: World, saved: Json) -> None:
    """Fill a new world from a snapshot of the same bot; another bot's is left alone."""
    if saved.get("version") != VERSION or saved.get("bot_id") != world.bot.id:
        logger.warning("snapshot_ignored version=%s", saved.get("version"))
        return
    world.people = {row["id"]: Person(**row) for row in saved["people"]}
    world.groups = {row["id"]: Group(**row) for row in saved.get("groups", [])}
    for row in saved["chats"]:
        messages = {message["id"]: Message.from_saved(message) for message in row["messages"]}
        next_id = row["next_id"] + MESSAGE_ID_LEAP
        world.chats[row["person_id"]] = Chat(row["person_id"], next_id, messages, row["reply_keyboard"])
    world.menus.commands = saved["commands"]
    world.menus.buttons = saved["menu_buttons"]
    world.queue.allowed = saved["allowed_updates"]
    world.queue.restore(saved["next_update_id"] + UPDATE_ID_LEAP, saved["updates"])
    world.files.restore(saved["files"])
    if saved["webhook"]:
        world.webhook.settings = WebhookSettings(**saved["webhook"])


class Snapshot:
    """Keeps a world in a file: reads it at the start, writes DEBOUNCE seconds after a change and at the end."""

    def __init__(self, world: World, path: Path) -> None:
        self._world = world
        self._path = path
        self._dirty = asyncio.Event()
        self._written = asyncio.Lock()

    def load(self) -> None:
        """Restore the world if there is a file; one that can't be read is set aside, not overwritten."""
        try:
            restore(self._world, json.loads(self._path.read_text()))
        except FileNotFoundError:
            pass
        except (ValueError, KeyError, TypeError):
            logger.exception("snapshot_unreadable")
            self._path.rename(self._path.with_suffix(".unreadable"))
        self._world.on_change = self._dirty.set

    async def keep(self) -> None:
        """Write after changes, for ever."""
        while True:
            await self._dirty.wait()
            await asyncio.sleep(DEBOUNCE)
            await self.save()

    async def save(self) -> None:
        """Write now."""
        async with self._written:
            self._dirty.clear()
            text = dumps(to_json(self._world))
            await asyncio.to_thread(self._write, text)

    def _write(self, text: str) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        fresh.write_text(text)
        os.replace(fresh, self._path)
