"""The two schools for tests of single conversations."""

from collections.abc import Iterator

import pytest

from tests.everybody.world import World


@pytest.fixture(scope="package")
def shared_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("everybody"))
    yield made
    made.close()


@pytest.fixture
def world(shared_world: World) -> World:
    shared_world.restore()
    return shared_world
