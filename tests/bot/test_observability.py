"""What the people who run the service see of it: numbers, log lines, alarms; never a name, a text or a secret."""

import asyncio
import json
import logging
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.alarms import Alarms
from bot.metrics import Metrics, Reading, Sender
from bot.observability import JsonFormatter
from services.outbox import items
from services.outbox.experience import Counts
from storage.repositories import owner
from storage.repositories.load import load
from storage.repositories.standing_by import Standbys, lease
from storage.uow import Storage
from tests.delivery.conftest import BOT, NOW, found
from tests.support.waiting import eventually

ROOT = Path(__file__).parents[2]


class Heard:
    """The bot's side of the support chat."""

    def __init__(self) -> None:
        self.told: list[tuple[int, str]] = []

    async def send_message(self, chat: int, text: str) -> None:
        self.told.append((chat, text))


async def test_an_alarm_is_told_to_the_support_chat_once_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.alarms.BETWEEN", 0.0)
    bot = Heard()
    told: Any = bot
    running = asyncio.ensure_future(Alarms(told, 77).run())
    await asyncio.sleep(0)
    log = logging.getLogger("zvonok.postman")
    for number in (1, 2):
        log.critical("alarm letter_dead letter=%d", number)
    log.critical("alarm token_refused bot=42")
    log.critical("not an alarm of ours")
    await eventually(lambda: len(bot.told) == 2)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert [chat for chat, _text in bot.told] == [77, 77]
    assert "letter_dead letter=1" in bot.told[0][1] and "token_refused bot=42" in bot.told[1][1]
    log.critical("alarm heard_by_nobody")
    assert len(bot.told) == 2


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
