"""The words of context.md: tables stand in it, and the words not used are not used."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from storage.models import Base

ROOT = Path(__file__).resolve().parents[2]
GLOSSARY = (ROOT / "context.md").read_text(encoding="utf-8")
AVOIDED = {
    *("grade", "period", "parent", "pupil", "notification"),
    *("manager", "helper", "util", "utils", "processor"),
}
# Telegram and aSc have their own words for their own things.
THEIR_WORDS = ("bot/sandbox/", "services/imports/asc")


def defined_names(path: Path) -> Iterator[tuple[int, str]]:
    """Names that a module gives: its own, its classes, functions, arguments and variables."""
    yield 1, path.stem
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id


def words_of(name: str) -> set[str]:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().split("_")
    return {word if word == "utils" else word.removesuffix("s") for word in words}


def test_the_words_not_used_are_not_used() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for package in ("bot", "handlers", "services", "storage", "locales")
        for path in sorted((ROOT / package).rglob("*.py"))
        if not path.relative_to(ROOT).as_posix().startswith(THEIR_WORDS)
        for line, name in defined_names(path)
        if words_of(name) & AVOIDED
    ]
    assert found == []


def test_the_glossary_knows_every_table() -> None:
    tables = {mapper.class_.__name__ for mapper in Base.registry.mappers}
    assert {name for name in tables if not re.search(rf"\b{name}\b", GLOSSARY)} == set()
