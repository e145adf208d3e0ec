"""What the people who run the service see of it: numbers, log lines, alarms; never a name, a text or a secret."""

import asyncio
import json
import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiogram.exceptions import TelegramNetworkError

from bot.alarm_words import WORDS
from bot.alarms import Alarms
from bot.health import Health, Look
from bot.metrics import Metrics, Reading, Sender
from bot.observability import JsonFormatter
from bot.scheduler import Metronome
from bot.settings import Settings
from bot.watch import TROUBLES, Watch
from services.channels.mail_outcomes import Reply, Step, judge
from services.clock import StoppedClock
from services.outbox import items
from services.outbox.experience import Counts, Experience
from services.outbox.holding import Holding
from services.outbox.limits import Limits
from services.outbox.outcomes import Outcome
from services.outbox.pace import Pace
from storage.models.delivery import Inbox
from storage.repositories import owner
from storage.repositories.load import load
from storage.repositories.standing_by import Standbys, lease
from storage.uow import Storage
from storage.vocabulary import Channel, LetterState
from tests.delivery.conftest import BOT, NOW, add, found
from tests.support.waiting import eventually

ROOT = Path(__file__).parents[2]


SENT, RETURNED, UNKNOWN = LetterState.SENT, LetterState.RETURNED, LetterState.UNKNOWN
LETTER: Any = SimpleNamespace(id=1, address="1001", copy=0)


class Carrier:
    """A postman, as health sees one."""

    def __init__(self, channel: Channel, *, works: bool = True) -> None:
        self.channel = channel
        self.works = works
        self.experience = Experience(Pace(Limits()))


def made(storage: Storage, postmen: list[Carrier]) -> Health:
    clock, post = StoppedClock(NOW), SimpleNamespace(postmen=postmen)
    settings = Settings(_env_file=None, bot_token="42:TEST", data_dir="/")
    told: Any = post
    return Health(settings, storage, clock, BOT, told, Metronome(clock, ()))


async def add_update(storage: Storage) -> None:
    """One that waits for a minute."""
    minute_ago = NOW - timedelta(minutes=1)
    async with storage.writing() as uow:
        await add(uow, Inbox, bot_id=BOT, update_id=1, lane=1, payload="{}", state="new", received_at=minute_ago)


class Heard:
    """The bot's side of the support chat."""

    def __init__(self) -> None:
        self.told: list[tuple[int, str]] = []

    async def send_message(self, chat: int, text: str) -> None:
        self.told.append((chat, text))


class Deaf(Heard):
    """The same behind a network that fails at first."""

    failures = 2

    async def send_message(self, chat: int, text: str) -> None:
        if self.failures:
            self.failures -= 1
            raise TelegramNetworkError(method=None, message="down")  # type: ignore[arg-type]
        await super().send_message(chat, text)


@asynccontextmanager
async def listening(monkeypatch: pytest.MonkeyPatch, bot: Any) -> AsyncIterator[None]:
    monkeypatch.setattr("bot.alarms.GATHER", 0.05)
    monkeypatch.setattr("bot.alarms.AGAIN", 0.01)
    running = asyncio.ensure_future(Alarms(bot, 77, "node-1").run())
    await asyncio.sleep(0)
    try:
        yield
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_alarms_that_come_together_are_one_letter_in_words_with_ids_only(monkeypatch: pytest.MonkeyPatch) -> None:
    bot, log = Heard(), logging.getLogger("zvonok.postman")
    async with listening(monkeypatch, bot):
        for number in range(1000):
            log.critical("alarm letter_dead letter=%d", number)
        log.critical("alarm updates_dead count=%d the process died of them", 3)
        log.critical("alarm letter_not_composed items=%s", [4, 5])
        log.critical("not an alarm of ours")
        await eventually(lambda: bool(bot.told))
    assert bot.told == [
        (
            77,
            "⚠️ Звонок: Письмо отправить нельзя; семья — в списке классного руководителя.\nletter_dead letter=0\n\n"
            "⚠️ Звонок: Чьё-то нажатие выполнить не удалось, человеку об этом сказано. Сообщите разработчикам номер и "
            "место из журнала.\nupdates_dead count=3\n\n"
            "⚠️ Звонок: Письмо не составляется; его новости ждут. Сообщите разработчикам их номера.\n"
            "letter_not_composed items=[4, 5]\n\nnode-1",
        )
    ]
    log.critical("alarm heard_by_nobody")
    assert len(bot.told) == 1


async def test_the_same_alarm_is_told_again_after_an_hour_with_how_often_it_was_heard(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bot, log = Heard(), logging.getLogger("zvonok.lanes")
    async with listening(monkeypatch, bot):
        for _ in range(5):
            log.critical("alarm storage_down lanes pause")
        await eventually(lambda: len(bot.told) == 1)
        monkeypatch.setattr("bot.alarms.AGAIN_AFTER", 0.0)
        log.critical("alarm storage_down lanes pause")
        await eventually(lambda: len(bot.told) == 2)
    assert "прошлого письма" not in bot.told[0][1]
    assert "После прошлого письма об этом: ещё 4 раза." in bot.told[1][1]


async def test_an_alarm_waits_for_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    bot = Deaf()
    async with listening(monkeypatch, bot):
        logging.getLogger("zvonok.lanes").critical("alarm storage_down lanes pause")
        await eventually(lambda: len(bot.told) == 1)


def test_every_alarm_of_the_code_has_its_words_and_its_line_in_the_operators_table() -> None:
    sources = [path for name in ("bot", "handlers", "services", "storage") for path in (ROOT / name).rglob("*.py")]
    written = {
        word for path in sources for word in re.findall(r'critical\(\s*"alarm (\w+)', path.read_text(encoding="utf-8"))
    }
    table = (ROOT / "docs" / "operation.md").read_text(encoding="utf-8")
    assert written | {one.word for one in TROUBLES} == set(WORDS)
    assert {word for word in WORDS if f"`{word}`" not in table} == set()


WELL = Look(
    at=NOW,
    base=True,
    owner=True,
    served=True,
    standbys=Standbys(demanded=True, connected=1),
    skew=timedelta(seconds=1),
    ticked=timedelta(seconds=5),
    backups=True,
    backup_age=timedelta(hours=25),
    disk={"data": 5 * 10**9},
)
STANDBY: dict[str, Any] = {"owner": False, "ticked": None}
MISSING: dict[str, tuple[dict[str, Any], str | None]] = {
    "all is well": ({}, None),
    "the base is silent": ({"base": False, "served": False, "standbys": None}, "base_unreachable "),
    "nobody runs the bot": (STANDBY | {"served": False}, "nobody_runs "),
    "the other runs it": (STANDBY | {"backup_age": timedelta(hours=99)}, None),
    "the standby is gone": ({"standbys": Standbys(demanded=True, connected=0)}, "standby_missing "),
    "the standby is gone, and the lease with it": (
        STANDBY | {"served": False, "standbys": Standbys(demanded=True, connected=0)},
        "standby_missing ",
    ),
    "no standby was promised": ({"standbys": Standbys(demanded=False, connected=0)}, None),
    "no backup tonight": ({"backup_age": timedelta(hours=26, minutes=30)}, "no_backup hours=26"),
    "no room": ({"disk": {"data": 10**9, "backups": 10**8}}, "disk_full place=backups"),
    "the clocks differ": ({"skew": timedelta(seconds=31)}, "clock_off seconds=31"),
    "no tick": ({"ticked": timedelta(minutes=4)}, "ticks_stand seconds=240"),
}


@pytest.mark.parametrize(("changes", "alarm"), MISSING.values(), ids=list(MISSING))
def test_what_is_missing_for_long_is_said_once_and_again_after_a_day(
    changes: dict[str, Any], alarm: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    health: Any = None
    watch, look = Watch(health), replace(WELL, **changes)
    watch.judge(look)
    assert caplog.messages == []
    for _ in range(50):
        watch.judge(look)
    said = [] if alarm is None else [f"alarm {alarm}"]
    assert caplog.messages == said
    watch.judge(replace(look, at=NOW + timedelta(days=1)))
    assert caplog.messages == said * 2
    watch.judge(WELL)
    watch.judge(look)
    assert caplog.messages == said * 2


async def test_a_process_looks_at_its_own_base_and_disk(storage: Storage, tmp_path: Path) -> None:
    await found(storage)
    settings = Settings(_env_file=None, bot_token="42:TEST", data_dir=tmp_path / "data")
    post: Any = None  # a look asks nothing of the postmen
    health = Health(settings, storage, StoppedClock(NOW), BOT, post, Metronome(StoppedClock(NOW), ()))
    look = await health.look()
    assert (look.base, look.served, look.backups) == (True, False, False)
    assert look.disk["data"] > 0 and look.skew is not None and look.skew < timedelta(minutes=1)
    assert (look.standbys is None) == (storage.writer.dialect.name == "sqlite")
    await storage.close()


async def test_the_numbers_tell_what_waits_since_when_and_what_became_of_letters(storage: Storage) -> None:
    family = await found(storage)
    due: dict[str, Any] = {"due_at": NOW - timedelta(minutes=2), "cap_at": NOW, "expires_at": NOW + timedelta(hours=1)}
    async with storage.writing() as uow:
        await items.put(uow, [family.fact("mark:1:1", **due), family.fact("mark:2:1", **due)], NOW)
        await owner.acquire(uow, BOT, "somebody", timedelta(minutes=5))
    async with storage.reading() as uow:
        waiting = await load(uow, BOT, NOW)
        held = await lease(uow, BOT)
    metrics = Metrics()
    metrics.taps.observe(0.02)
    sender = Sender(works=True, oldest_due=timedelta(minutes=2), counts=Counts(sent=5, told_to_wait=1))
    text = metrics.read(
        Reading(
            waiting,
            {"telegram": sender},
            owner=True,
            lease=held,
            standbys=Standbys(demanded=True, connected=1),
            ticked=timedelta(seconds=4),
            backups=True,
            backup_age=timedelta(hours=1),
            disk={"data": 5},
        )
    ).decode()
    priority = family.fact("mark:1:1").priority
    for line in (
        f'zvonok_items_due{{channel="telegram",priority="{priority}"}} 2.0',
        f'zvonok_items_oldest_seconds{{channel="telegram",priority="{priority}"}} 120.0',
        'zvonok_items_due{channel="email",priority="1"} 0.0',
        'zvonok_oldest_due_seconds{channel="telegram"} 120.0',
        'zvonok_inbox{state="new"} 0.0',
        'zvonok_letters_total{channel="telegram",outcome="sent"} 5.0',
        'zvonok_letters_total{channel="telegram",outcome="told_to_wait"} 1.0',
        'zvonok_sender_up{channel="telegram"} 1.0',
        "zvonok_owner 1.0",
        "zvonok_owner_epoch 1.0",
        "zvonok_paused 0.0",
        "zvonok_base_standbys 1.0",
        "zvonok_tick_age_seconds 4.0",
        "zvonok_backup_age_seconds 3600.0",
        'zvonok_disk_free_bytes{place="data"} 5.0',
        'zvonok_update_seconds_bucket{le="0.025"} 1.0',
    ):
        assert line in text


async def test_what_the_operator_holds_and_what_failed_moves_its_number(storage: Storage) -> None:
    family = await found(storage)
    await add_update(storage)
    async with storage.writing() as uow:
        await items.put(uow, [family.fact("mark:1:1")], NOW)
        await owner.acquire(uow, BOT, "somebody", timedelta(minutes=5))
    await Holding(storage, StoppedClock(NOW)).quarantine()
    health = made(storage, [Carrier(Channel.TELEGRAM), Carrier(Channel.EMAIL)])
    first = (await health.read()).decode()
    for line in (
        "zvonok_items_held 1.0",
        "zvonok_paused 1.0",
        'zvonok_inbox{state="new"} 1.0',
        "zvonok_inbox_oldest_seconds 60.0",
        'zvonok_letters_total{channel="telegram",outcome="told_to_wait"} 0.0',
        "zvonok_backup_age_seconds +Inf",
        "zvonok_owner 0.0",
    ):
        assert line in first
    mail = Carrier(Channel.EMAIL, works=False)
    for slug, state in (("http_429", RETURNED), ("dropped", UNKNOWN), ("ok", SENT)):
        mail.experience.note(LETTER, Outcome(state, slug))
    second = (await made(storage, [Carrier(Channel.TELEGRAM), mail]).read()).decode()
    for outcome in ("told_to_wait", "unknown", "sent", "returned"):
        assert f'zvonok_letters_total{{channel="email",outcome="{outcome}"}} 1.0' in second
    assert 'zvonok_sender_up{channel="email"} 0.0' in second


async def test_the_owner_is_ready_with_all_its_senders_and_who_stands_by_without_any(storage: Storage) -> None:
    await found(storage)
    health = made(storage, [Carrier(Channel.TELEGRAM), Carrier(Channel.EMAIL, works=False)])
    ready, facts = await health.readiness()
    assert (ready, facts["role"], facts["served"]) == (True, "standby", False)
    health.owns = lambda: True
    ready, facts = await health.readiness()
    assert (ready, facts["role"], facts["senders"]) == (False, "owner", {"telegram": True, "email": False})
    await storage.close()


async def test_a_mail_server_that_refuses_us_is_down_until_it_takes_a_letter() -> None:
    experience = Experience(Pace(Limits()))
    refusal = judge(Reply(Step.LOGIN, 535, "5.7.8 no"), "")
    experience.note(LETTER, refusal)
    assert experience.refused
    experience.note(LETTER, Outcome(RETURNED, "not_sent", network=True))
    assert experience.refused
    experience.note(LETTER, Outcome(SENT, "ok"))
    assert not experience.refused


def test_every_number_that_an_alert_asks_for_is_told() -> None:
    told = {family.name + ("_total" if family.type == "counter" else "") for family in Metrics()._registry.collect()}
    asked = set(re.findall(r"zvonok_\w+", (ROOT / "deploy" / "alerts.yml").read_text(encoding="utf-8")))
    assert {name.removesuffix("_bucket").removesuffix("_count") for name in asked} <= told


def test_a_line_of_the_json_log_is_an_action_and_ids_without_secrets_or_messages_of_errors() -> None:
    formatter = JsonFormatter(["hidden-word"])
    try:
        raise ValueError("Ларина Анна hidden-word")
    except ValueError as error:
        record = logging.LogRecord(
            "zvonok.x", logging.ERROR, "x.py", 1, "letter_lost letter=%d hidden-word", (7,), (type(error), error, None)
        )
    line = json.loads(formatter.format(record))
    assert (line["action"], line["ids"], line["level"]) == ("letter_lost", "letter=7 ***", "ERROR")
    assert "ValueError" in line["trace"] and "Ларина" not in json.dumps(line, ensure_ascii=False)
