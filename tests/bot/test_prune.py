"""What is forgotten, and when."""

from datetime import timedelta

from bot.prune import LetterPrune
from storage.repositories import letter_texts
from storage.uow import Storage
from tests.delivery.conftest import NOW, found
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
