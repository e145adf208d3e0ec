"""SQL compiled once in a process instead of once in a test, as in the service, whose engines live for long.

Each test opens engines of its own, and each engine keeps what it compiled for itself: compiling the same
statements anew was two fifths of a test's CPU.
"""

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache

MOST = 10_000  # statements; there are some two thousand in all tests


def share() -> None:
    """Give all engines of this process one cache, in which dialects of one kind are one."""
    found: LRUCache[Any, Any] = LRUCache(MOST)
    Engine._compiled_cache = property(lambda engine: found, lambda engine, own: None)  # type: ignore[assignment]
    DefaultDialect.__eq__ = lambda one, other: type(one) is type(other)  # type: ignore[method-assign]
    DefaultDialect.__hash__ = lambda one: hash(type(one))  # type: ignore[assignment, method-assign]
