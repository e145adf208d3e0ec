"""What the people who run the service see of it: numbers, log lines, alarms; never a name, a text or a secret."""

import asyncio
import json
import logging
from datetime import timedelta
from typing import Any

import pytest

from bot.alarms import Alarms
from bot.metrics import Metrics
from bot.observability import JsonFormatter
from services.outbox import items
from services.outbox.experience import Counts
from storage.repositories.load import load
from storage.uow import Storage
from tests.delivery.conftest import BOT, NOW, found
from tests.support.waiting import eventually


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
    async with storage.reading() as uow:
        waiting = await load(uow, BOT, NOW)
    metrics = Metrics()
    metrics.taps.observe(0.02)
    text = metrics.read(waiting, Counts(sent=5, told_to_wait=1), owner=True).decode()
    priority = family.fact("mark:1:1").priority
    for line in (
        f'zvonok_items_due{{priority="{priority}"}} 2.0',
        f'zvonok_items_oldest_seconds{{priority="{priority}"}} 120.0',
        'zvonok_inbox{state="new"} 0.0',
        'zvonok_letters{outcome="sent"} 5.0',
        'zvonok_letters{outcome="told_to_wait"} 1.0',
        "zvonok_owner 1.0",
        'zvonok_update_seconds_bucket{le="0.025"} 1.0',
    ):
        assert line in text


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
