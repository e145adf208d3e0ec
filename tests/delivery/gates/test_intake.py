"""A rush of updates at the webhook: each is answered when it is committed, and soon; none is lost or done twice.

They come at a rate of their own, over as many connections as Telegram opens, whether the door keeps up or not; the time
of an answer counts from the moment at which the update was to come.
"""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, TCPConnector
from sqlalchemy import select

from bot.web.app import WEBHOOK_PATH
from bot.web.webhook import SECRET_HEADER
from storage.models.delivery import Inbox
from storage.uow import Storage
from tests.delivery.conftest import Family
from tests.delivery.crash import SECRET, Scene, scene
from tests.delivery.gates.counts import COUNTS
from tests.delivery.gates.table import Row, allowed, base_of, most, ms, noted

pytestmark = pytest.mark.slow

CONNECTIONS = 40  # as many as Telegram opens
RATE = 100  # a second: what two thousand people tapping every twenty seconds make
PEOPLE = 50
WITHIN = 0.05
BESIDE = 20.0  # among all other tests: the service, its base and who posts share two cores with them
MUST = f"p99 ≤ {WITHIN * 1000:.0f} ms, lost 0, twice 0"


def update(number: int) -> dict[str, Any]:
    """Something edited: it passes the door, a lane and the middlewares, and then there is nothing to do."""
    user = 2002 + 2 * (number % PEOPLE)
    person = {"id": user, "is_bot": False, "first_name": "Анна"}
    chat = {"id": user, "type": "private"}
    message = {"message_id": number, "date": 1, "edit_date": 2, "chat": chat, "from": person, "text": "5"}
    return {"update_id": number, "edited_message": message}


async def rush(address: str, updates: int) -> list[float]:
    """Post them at their rate; how long each answer took from the moment it was due."""
    took: list[float] = []
    loop = asyncio.get_running_loop()
    url = address + WEBHOOK_PATH

    async def one(session: ClientSession, number: int, due_at: float) -> None:
        body = json.dumps(update(number))
        async with session.post(url, data=body, headers={SECRET_HEADER: SECRET}) as answer:
            assert answer.status == 200
        took.append(loop.time() - due_at)

    async with ClientSession(connector=TCPConnector(limit=CONNECTIONS)) as session, asyncio.TaskGroup() as all_of_them:
        began = loop.time()
        for number in range(1, updates + 1):
            due_at = began + number / RATE
            await asyncio.sleep(max(due_at - loop.time(), 0.0))
            all_of_them.create_task(one(session, number, due_at))
    return took


async def at_the_door(here: Scene, updates: int, mistake: str = "") -> Row:
    """The rush, and what the base holds of it."""
    address = here.by_webhook()
    here.more_environment["LOG_LEVEL"] = "WARNING"
    service = await here.start("", mistake)
    assert await service.ready()
    took = await rush(address, updates)
    await here.quiet()
    await service.stop()
    async with here.storage.reading() as uow:
        stored = [row.update_id for row in await uow.execute(select(Inbox.update_id).where(Inbox.state == "done"))]
    lost, slow = updates - len(set(stored)), most(took, 0.99)
    measured = f"p50 {ms(most(took, 0.5))}, p99 {ms(slow)}"
    return noted(
        Row(
            f"intake: {updates:,} at {RATE}/s",
            base_of(here.database_url),
            MUST,
            lost == 0 and len(stored) == updates and slow <= allowed(WITHIN, BESIDE),
            deeds=updates,
            lost=lost,
            twice=len(stored) - len(set(stored)),
            measured=measured,
            mistake=mistake,
        )
    )


async def test_a_rush_is_stored_before_it_is_answered_and_soon(
    storage: Storage, database_url: str, family: Family, tmp_path: Path
) -> None:
    async with scene(storage, database_url, family, tmp_path, PEOPLE) as here:
        row = await at_the_door(here, COUNTS.updates)
    assert row.good, row


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_gate_is_red_when_updates_wait_for_company(
    storage: Storage, database_url: str, family: Family, tmp_path: Path
) -> None:
    async with scene(storage, database_url, family, tmp_path, PEOPLE) as here:
        row = await at_the_door(here, 150, "waits_for_company")
    assert row.good, row
