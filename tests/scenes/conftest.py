"""The world of a scene: founded, its service open; on SQLite and by polling unless the scene makes its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.scenes.founding import founded_copy
from tests.scenes.world import World, world_of


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """The school of data/ on Monday after lessons; nobody is connected yet. At the end no news may have got lost."""
    async with world_of(founded_copy(tmp_path / "zvonok.db"), tmp_path) as world:
        await world.opens_service()
        yield world
        if world.app is not None:
            assert not await world.losses()
            assert not await world.failures()
