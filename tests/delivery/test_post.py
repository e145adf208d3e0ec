"""The postmen of a bot: a new owner's run begins when the former one has wholly ended."""

import asyncio
import contextlib
from typing import cast

from bot.post import Post
from bot.tasks import Tasks
from services.outbox.postman import Postman
from tests.support.waiting import eventually


class Slow:
    """A postman whose run, cancelled, still waits for the base to let go of it."""

    def __init__(self) -> None:
        self.running: list[int] = []
        self.most = 0
        self.let_go = asyncio.Event()

    async def run(self, epoch: int) -> None:
        self.running.append(epoch)
        self.most = max(self.most, len(self.running))
        try:
            await asyncio.Event().wait()
        finally:
            await self.let_go.wait()
            self.running.remove(epoch)


async def test_a_run_begins_when_the_former_has_wholly_ended() -> None:
    slow, tasks = Slow(), Tasks()
    post = Post(cast(Postman, slow))
    [first] = post.begin(tasks, 1, 1.0)
    await eventually(lambda: slow.running == [1])
    first.cancel()
    [second] = post.begin(tasks, 2, 1.0)
    await asyncio.sleep(0.02)
    assert slow.running == [1]
    slow.let_go.set()
    await eventually(lambda: slow.running == [2])
    second.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await second
    assert slow.most == 1
