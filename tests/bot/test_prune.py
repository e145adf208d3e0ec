"""What is forgotten, and when."""

from datetime import timedelta

from sqlalchemy import insert, select

from bot.prune import DoorPrune, LetterPrune
from storage.models.people import Draft, JoinAttempts
from storage.repositories import letter_texts
from storage.uow import Storage
from tests.delivery.conftest import BOT, NOW, found
from tests.delivery.post import at_work


async def test_the_text_of_a_letter_goes_after_a_month_and_that_it_was_told_stays(storage: Storage) -> None:
    family = await found(storage)
    async with at_work(storage) as post:
        await post.put(family.fact("mark:1:1"))
        await post.settled(1)
        prune = LetterPrune(storage)
        await prune(NOW + timedelta(days=29))
        assert (await post.letters())[0].payload["text"] == "mark:1:1=5"
        await prune(NOW + timedelta(days=31))
        [letter] = await post.letters()
        assert (letter.payload, letter.state) == ({}, "sent")
        assert await post.states() == {"mark:1:1": ("told", None)}
    async with storage.reading() as uow:
        assert [one.tells for one in await letter_texts.old(uow, 0, NOW + timedelta(days=31))] == [False]


async def test_wrong_codes_and_unanswered_questions_go_after_a_day_and_the_locked_door_stays_locked(
    storage: Storage,
) -> None:
    async with storage.writing() as uow:
        for user, hours in ((1, 30), (2, 23)):
            last = NOW - timedelta(hours=hours)
            await uow.execute(insert(JoinAttempts).values(bot_id=BOT, user_id=user, failed=5, last_at=last))
            typed = {"purpose": "letter_or_line", "data": {"text": "…"}, "created_at": last, "expires_at": last}
            await uow.execute(insert(Draft).values(bot_id=BOT, user_id=user, **typed))
    prune = DoorPrune(storage)

    async def left() -> list[list[int]]:
        async with storage.reading() as uow:
            return [[row[0] for row in await uow.execute(select(model.user_id))] for model in (JoinAttempts, Draft)]

    await prune(NOW)
    assert await left() == [[2], [2]]
    await prune(NOW)  # finds nothing, and looks again in an hour
    await prune(NOW + timedelta(minutes=59))
    assert await left() == [[2], [2]]
    await prune(NOW + timedelta(hours=2))
    assert await left() == [[], []]
