"""A founded school on each engine."""

import pytest

from storage.uow import Storage
from tests.imports.school import ImportedSchool, founded


@pytest.fixture
async def school(storage: Storage) -> ImportedSchool:
    return await founded(storage)
