"""The two schools' base with everybody's chats, put back into its first state in a moment."""

import asyncio
import sqlite3
from collections.abc import Coroutine, Iterable
from pathlib import Path
from typing import Any, TypeVar

from aiogram.methods import TelegramMethod

from services.actor import Actor
from storage.uow import Storage
from tests.everybody import canaries
from tests.everybody.chats import Chats
from tests.everybody.schools import Two, found_two
from tests.everybody.sight import may_be_written_to, may_see
from tests.school import ZONE
from tests.support import databases

Value = TypeVar("Value")
# What looking around may change: who came, what is awaited of them, which letter was read.
LOOKING = frozenset({"visit", "draft", "thread_read", "inbox"})


class World:
    """Runs everything in one loop of its own, so that one base serves many tests."""

    def __init__(self, folder: Path) -> None:
        self._loop = asyncio.Runner()
        path = folder / "everybody.db"
        self.storage = Storage(databases.sqlite_file(path))
        self.two: Two = self.does(found_two(self.storage))
        self.clock = self.two.far.cast.clock = self.two.near.cast.clock
        self.chats = Chats(self.storage, self.clock)
        self.faces: dict[int, Actor | None] = {}  # where who is who is asked once
        self._began_at = self.clock.now()
        self._eye = sqlite3.connect(path, isolation_level=None)
        self._first = sqlite3.connect(":memory:", isolation_level=None)
        self._eye.backup(self._first)
        self._seen = self._touched = self._version()
        self._rows = self.rows()

    def does(self, work: Coroutine[Any, Any, Value]) -> Value:
        """Wait for a piece of work."""
        return self._loop.run(work)

    def changed(self, since: dict[str, list[tuple[Any, ...]]] | None = None) -> set[str]:
        """The tables that differ from the first state, or from `rows` before; what looking changes is left out."""
        if self._version() == self._seen:
            return set()
        now = self.rows()
        return {table for table, rows in now.items() if rows != (since or self._rows)[table]}

    def leaks(self, presser: int, calls: Iterable[TelegramMethod[Any]]) -> dict[int, set[str]]:
        """The canaries that chats received of calls without the right to them; an answer goes to who pressed."""
        heard = {chat or presser: said for chat, said in canaries.heard(calls).items()}
        wrong = {who: self.not_for(who, said) for who, said in heard.items()}
        return {who: said for who, said in wrong.items() if said}

    def not_for(self, who: int, said: set[str]) -> set[str]:
        """Those of the canaries that somebody has no right to today."""
        today = self.clock.now().astimezone(ZONE).date()
        return {one for one in said if not may_see(self._eye, self.two, who, one, today)}

    def not_to_be_written(self, guardian: int, said: set[str]) -> set[str]:
        """Those of the canaries that a guardian may not be told of by e-mail or on paper today."""
        today = self.clock.now().astimezone(ZONE).date()
        return {one for one in said if not may_be_written_to(self._eye, self.two, guardian, one, today)}

    def mailbox_of(self, contact: int) -> int:
        """Whose mailbox a contact is."""
        owner: int = self._eye.execute("SELECT person_id FROM contact WHERE id = ?", (contact,)).fetchone()[0]
        return owner

    def sheets(self) -> list[tuple[int, int, str]]:
        """The printed sheets there are: number, guardian, and what stands on it."""
        return self._eye.execute(
            "SELECT s.id, s.guardian_id, l.payload FROM print_sheet s JOIN letter l ON l.id = s.letter_id"
        ).fetchall()

    def touched(self) -> bool:
        """Whether anything was written since this was asked before."""
        before, self._touched = self._touched, self._version()
        return before != self._touched

    def restore(self) -> None:
        """Bring the first state back."""
        self.clock.set(self._began_at)
        if self._version() != self._seen:
            self._first.backup(self._eye)
            self._seen = self._touched = self._version()

    def close(self) -> None:
        """End it all."""
        self.does(self.chats.bot.session.close())
        self.does(self.storage.close())
        self._eye.close()
        self._first.close()
        self._loop.close()

    def _version(self) -> int:
        version: int = self._eye.execute("PRAGMA data_version").fetchone()[0]
        return version

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row there is, by table, but for what only looking around changes."""
        tables = [row[0] for row in self._eye.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        found = {}
        for table in set(tables) - LOOKING:
            columns = [row[1] for row in self._eye.execute(f"PRAGMA table_info({table})")]
            kept = ", ".join(f'"{one}"' for one in columns if one != "last_seen_at")
            found[table] = self._eye.execute(f"SELECT {kept} FROM {table} ORDER BY rowid").fetchall()
        return found
