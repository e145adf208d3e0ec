"""Backups that were spoiled are refused and touch nothing; a base restored from an old one is silent until the word."""

import asyncio
import hashlib
import random
import shutil
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from bot.commands_backup import backup as make_backup
from bot.commands_backup import restore
from bot.commands_delivery import delivery
from services.backups import Backups
from services.clock import machine_now
from services.errors import SchoolError
from services.outbox.holding import Holding
from services.outbox.items import Fact, put
from storage import backup, backup_file
from storage.models.base import Base
from storage.models.delivery import Inbox
from storage.models.people import TelegramAccount
from storage.uow import Storage
from storage.vocabulary import ItemKind, PersonId
from tests.delivery.conftest import BOT, Family
from tests.delivery.crash import Scene, scene
from tests.delivery.gates.counts import COUNTS
from tests.delivery.gates.table import Row, base_of, noted

pytestmark = pytest.mark.slow

AT_NIGHT = datetime(2026, 9, 8, 1, 30, tzinfo=UTC)
BLOCK = 4096
WAITING = 20  # letters that wait in the backup
SILENT = 2.5  # seconds, in which the postman looks twice
REFUSED = "every one refused, the base as it was"
HELD = "no letter before the word; then each once"


class Spoiler:
    """Makes spoiled copies of a backup, by seeded chance."""

    def __init__(self, office: Backups, key: str | None, folder: Path) -> None:
        self.whole = office.make(AT_NIGHT).path
        self._key = key
        self._folder = folder
        self._chance = random.Random(7)

    def copy(self, kind: str) -> Path:
        """A copy, spoiled in one way."""
        folder = self._folder / "spoiled"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        path = folder / self.whole.name
        if kind == "inside":
            return self._repacked(folder)
        data = bytearray(self.whole.read_bytes())
        place = self._chance.randrange(len(data))
        if kind == "byte":
            data[place] ^= self._chance.randrange(1, 256)
        elif kind == "cut":
            del data[place:]
        elif kind == "block":
            data[place : place + BLOCK] = bytes(len(data[place : place + BLOCK]))
            data[place] = self.whole.read_bytes()[place] ^ 1
        path.write_bytes(data)
        if kind != "sum":
            beside = self.whole.with_name(self.whole.name + backup_file.SUM)
            shutil.copyfile(beside, path.with_name(path.name + backup_file.SUM))
        return path

    def _repacked(self, folder: Path) -> Path:
        """A byte of the base in it is another one, and the file around it is as it should be."""
        room = folder / "room"
        room.mkdir()
        manifest = backup_file.unpack(self.whole, room, self._key)
        (room / "packed").unlink(missing_ok=True)
        base = bytearray((room / "base").read_bytes())
        base[self._chance.randrange(len(base))] ^= self._chance.randrange(1, 256)
        (room / "base").write_bytes(base)
        return backup_file.pack(room, manifest, folder / "zvonok-20260908T013000Z", self._key)


async def contents(storage: Storage) -> str:
    """A digest of every row of every table."""
    digest = hashlib.sha256()
    async with storage.reading() as uow:
        for table in Base.metadata.sorted_tables:
            rows = (await uow.execute(select(table).order_by(*table.primary_key))).all()
            digest.update(repr([tuple(row) for row in rows]).encode())
    return digest.hexdigest()


def is_refused(office: Backups, path: Path) -> bool:
    """Whether both commands refuse it with a sentence."""
    try:
        office.verify(path)
        return False
    except SchoolError as error:
        said = error.say()
    try:
        office.restore(path, replace=True)
        return False
    except SchoolError as error:
        return error.say() == said and len(said) > 20


KINDS = ("byte", "cut", "block", "sum", "inside")


async def spoiled(storage: Storage, database_url: str, folder: Path, kinds: tuple[str, ...], mistake: str = "") -> Row:
    """So many spoiled copies are verified and restored over the base, half of them encrypted; the key is wrong too."""
    keys: tuple[str | None, ...] = (None, backup_file.new_key())
    offices = [Backups(database_url, folder / f"copies{n}", key, None) for n, key in enumerate(keys)]
    spoilers = [
        await asyncio.to_thread(Spoiler, office, key, folder) for office, key in zip(offices, keys, strict=True)
    ]
    before, taken = await contents(storage), 0
    if mistake:
        kept, backup_file.sha256 = backup_file.sha256, AnySum  # type: ignore[assignment]
    try:
        for number in range(COUNTS.corruptions):
            which = number % 2 if not mistake else 0
            path = await asyncio.to_thread(spoilers[which].copy, kinds[number // 2 % len(kinds)])
            try:
                taken += not await asyncio.to_thread(is_refused, offices[which], path)
            except UnicodeDecodeError:
                assert mistake  # a broken text is met where nobody has compared the sum before
    finally:
        if mistake:
            backup_file.sha256 = kept
    other_key = Backups(database_url, folder / "copies1", backup_file.new_key(), None)
    locked = await asyncio.to_thread(is_refused, other_key, spoilers[1].whole)
    fresh = Storage(database_url)  # the file may be another one now
    untouched = before == await contents(fresh)
    await fresh.close()
    for office, spoiler in zip(offices, spoilers, strict=True):
        await asyncio.to_thread(office.verify, spoiler.whole)
    count = COUNTS.corruptions
    measured = f"{count - taken} of {count} refused, {len(kinds)} kinds; another key {'refused' if locked else 'taken'}"
    held = not taken and locked and untouched
    name = f"spoiled backup × {count}"
    return noted(Row(name, base_of(database_url), REFUSED, held, deeds=count, measured=measured, mistake=mistake))


class AnySum(str):
    """A SHA-256 that nobody compares."""

    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False

    __hash__ = str.__hash__


async def test_a_spoiled_backup_is_refused_and_touches_nothing(
    storage: Storage, database_url: str, family: Family, tmp_path: Path
) -> None:
    row = await spoiled(storage, database_url, tmp_path, KINDS)
    assert row.good, row


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_gate_is_red_when_the_engine_alone_looks_a_backup_through(
    storage: Storage, database_url: str, family: Family, tmp_path: Path
) -> None:
    row = await spoiled(storage, database_url, tmp_path, ("inside",), "sums_not_compared")
    assert row.good, row


class Restorer:
    """The operator, who goes by the commands."""

    def __init__(self, here: Scene, folder: Path) -> None:
        self._environment = {
            "DATABASE_URL": here.database_url,
            "DATA_DIR": str(here.data),
            "BACKUP_DIR": str(folder),
            "BOT_TOKEN": "",
        }
        self._folder = folder

    async def says(self, command: click.Command, *words: str) -> None:
        """Give a command, which must succeed."""
        result = await asyncio.to_thread(CliRunner().invoke, command, words, env=self._environment)
        assert result.exit_code == 0, (result.output, result.exception)

    @property
    def newest(self) -> str:
        """The newest backup."""
        return str(max(self._folder.glob("*.tar.gz")))


async def restored(here: Scene, family: Family, folder: Path, times: int, mistake: str = "") -> Row:
    """As often, a base goes back by a morning: what families were told since is unknown to it and waits."""
    operator = Restorer(here, folder)
    early, wrong = 0, 0
    for number in range(times):
        words = [f"evening{number}-{one}" for one in range(WAITING)]
        await due_now(here, family, words)
        await operator.says(make_backup)
        service = await here.start()
        await here.quiet()
        await service.stop()
        assert await told(here, words) == [1] * WAITING
        await operator.says(restore, operator.newest, "--replace")
        await here.storage.close()
        here.storage = Storage(here.database_url)
        service = await here.start()
        assert await service.ready()
        after = f"after{number}"
        await here.tap(here.pairs[0], after)
        await all_done(here)
        await asyncio.sleep(SILENT)
        early += sum(await told(here, words)) - WAITING + sum(await told(here, [after]))
        wrong += await told_rightly(here, operator, words, after, release=number % 2 == 0)
        await service.stop()
        await asyncio.to_thread(shutil.rmtree, folder)
    measured = f"{early} letters before the word"
    name, deeds = f"restore × {times}", times * (WAITING + 2)
    held = not early and not wrong
    return noted(
        Row(name, base_of(here.database_url), HELD, held, deeds=deeds, lost=wrong, measured=measured, mistake=mistake)
    )


async def told_rightly(here: Scene, operator: Restorer, words: list[str], after: str, *, release: bool) -> int:
    """After the word: what waited is told once more or never, what comes afterwards at once; how many are not so."""
    await operator.says(delivery, *(("release",) if release else ("drop", "--yes")))
    last = f"last-{after}"
    await here.tap(here.pairs[0], last)
    await here.quiet()
    wanted = Counter(dict.fromkeys(words, 2 if release else 1) | {after: int(release), last: 1})
    found = Counter(dict(zip(wanted, await told(here, list(wanted)), strict=True)))
    return sum(found[word] != wanted[word] for word in wanted)


async def due_now(here: Scene, family: Family, words: list[str]) -> None:
    """News for the mothers, due at this moment."""
    now = machine_now()
    async with here.storage.writing() as uow:
        rows = (await uow.execute(select(TelegramAccount.chat_id, TelegramAccount.person_id))).all()
        people = {int(row.chat_id): PersonId(row.person_id) for row in rows}
        given: dict[str, Any] = {"school_id": family.school, "bot_id": BOT, "kind": ItemKind.JOINED, "priority": 2}
        when: dict[str, Any] = {"due_at": now, "cap_at": now, "expires_at": None}
        mothers = [people[pair.mother] for pair in here.pairs]
        facts = [
            Fact(**given, **when, recipient_id=mothers[n % len(mothers)], bundle=word, collapse_key=word, value=word)
            for n, word in enumerate(words)
        ]
        await put(uow, facts, now)


async def told(here: Scene, words: list[str]) -> list[int]:
    """How many letters each word came in."""
    texts = [letter.text for letter in (await here.telegram.ledger()).sent]
    return [sum(f"[{word}]" in text or f"[{word}-" in text for text in texts) for word in words]


async def all_done(here: Scene) -> None:
    """Every update has had its effect."""
    deadline = asyncio.get_running_loop().time() + 30
    while True:
        async with here.storage.reading() as uow:
            new = (await uow.execute(select(func.count()).where(Inbox.state == "new"))).scalar_one()
        if not new and not await here.telegram.pending_updates():
            return
        assert asyncio.get_running_loop().time() < deadline
        await asyncio.sleep(0.05)


async def test_a_restored_base_sends_nothing_until_the_word(
    storage: Storage, database_url: str, family: Family, tmp_path: Path
) -> None:
    async with scene(storage, database_url, family, tmp_path, 4) as here:
        row = await restored(here, family, tmp_path / "copies", COUNTS.restores)
        await here.storage.close()
    assert row.good, row


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_gate_is_red_without_the_quarantine(
    storage: Storage, database_url: str, family: Family, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing_is_held(holding: Holding) -> int:
        return 0

    monkeypatch.setattr(Holding, "quarantine", nothing_is_held)
    monkeypatch.setattr(backup, "SILENT", ())
    async with scene(storage, database_url, family, tmp_path, 4) as here:
        row = await restored(here, family, tmp_path / "copies", 1, "nothing_held")
        await here.storage.close()
    assert row.good, row
