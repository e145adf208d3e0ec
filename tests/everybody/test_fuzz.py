"""Whatever is tapped, typed or sent, by whomever: nothing breaks, a refusal changes nothing, and a tap gets its answer.

`ZVONOK_FUZZ` says how many updates; some hundreds in every run, 10,000 in the night.
"""

import os
import random
import traceback
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from aiogram.methods import AnswerCallbackQuery

from tests.everybody import fuzz
from tests.everybody.world import World

TIMES = int(os.environ.get("ZVONOK_FUZZ", "600"))
A_ROUND = 20  # updates, before everything is put back
# What a refusal may write: that a code was wrong, and that somebody who had blocked the bot is back.
COUNTED = frozenset({"join_attempts", "telegram_account"})

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("fuzz"))
    yield made
    made.close()


def test_ten_thousand_bent_updates_break_nothing_and_leave_the_base_as_it_was(world: World) -> None:
    chance, seen, wrong = random.Random(int(os.environ.get("ZVONOK_FUZZ_SEED", "7"))), Counter[str](), []
    rows = world.rows()
    for number in range(1, TIMES + 1):
        sent = fuzz.update(chance, world, number)
        kind = next(name for name in sent if name != "update_id")
        world.chats.wire.fails = fuzz.refusal(chance)
        try:
            came = world.does(world.chats.feeds(fuzz.parsed(world, sent)))
        except Exception as error:
            seen["broken"] += 1
            place = traceback.extract_tb(error.__traceback__)[-1]
            wrong.append(f"{type(error).__name__}: {error} at {place.filename}:{place.lineno}\n{sent}")
            world.restore()
            continue
        allowed = came.refused is None or kind == "my_chat_member"
        seen[f"{kind} {'done' if allowed else 'refused'}"] += 1
        if world.touched():
            now = world.rows()
            changed = {table for table, held in now.items() if held != rows[table]}
            rows = now
            if not allowed and changed - COUNTED:
                wrong.append(f"{came.refused}, and yet {sorted(changed)} changed\n{sent}")
        wrong += [f"{what}\n{sent}" for what in unanswered(sent, came, kind)]
        if number % A_ROUND == 0:
            world.restore()
            rows = world.rows()
    print(dict(seen))
    assert not wrong, f"{len(wrong)} of {TIMES}\n\n" + "\n\n".join(wrong[:15])
    assert seen["callback_query done"] >= TIMES * 0.05 and seen["callback_query refused"] >= TIMES * 0.2, dict(seen)


def unanswered(sent: dict[str, Any], came: Any, kind: str) -> Iterator[str]:
    """What is wrong with the answer: a tap in a private chat has one, and elsewhere we are silent."""
    event = sent[kind]
    place = event.get("chat") or event.get("message", {}).get("chat") or {"type": "private"}
    answers = [call for call in came.calls if isinstance(call, AnswerCallbackQuery)]
    if place["type"] != "private" or ("from" not in event and kind == "message"):
        if came.calls:
            yield f"we spoke where we take no part: {[type(call).__name__ for call in came.calls]}"
    elif kind == "callback_query" and len(answers) != 1:
        yield f"{len(answers)} answers to a tap, by {came.handler}"
    elif kind == "message" and not came.calls and came.handler != "handlers.threads.sent_more":
        yield f"no answer to a message, by {came.handler}"
