"""The two schools, founded once for all the presses of a worker."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from services.actor import Actor, Visitor
from services.directory import Directory
from tests.everybody.world import World


@pytest.fixture(scope="package")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("everybody"))
    remember_faces(made.chats.offices["directory"], made.faces)
    yield made
    made.close()


def remember_faces(directory: Directory, known: dict[int, Actor | None]) -> None:
    """Who is who is asked once: it gives no right, every press begins in the same state, and a third of it is saved."""
    asks = directory.actor

    async def actor(visitor: Visitor) -> Actor | None:
        if visitor.user_id not in known:
            known[visitor.user_id] = await asks(visitor)
        found = known[visitor.user_id]
        return None if found is None else replace(found, seq=visitor.seq)

    directory.actor = actor  # type: ignore[method-assign]
