"""What people read: refusals carry their sentences, and every sentence stands in the catalogue."""

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import bot
import handlers
import services
from locales.catalogue import placeholders
from locales.check import problems
from services.errors import SchoolError
from services.i18n import catalogue, locales, speaking

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def refusals() -> list[type[SchoolError]]:
    """Every refusal of ours, wherever it is defined."""
    for package in (bot, handlers, services):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    found: set[type[SchoolError]] = set()
    unseen = [SchoolError]
    while unseen:
        refusal = unseen.pop()
        found.add(refusal)
        unseen += refusal.__subclasses__()
    ours = (one for one in found if not one.__module__.startswith("tests."))
    return sorted(ours, key=lambda one: one.__qualname__)


def test_the_catalogue_is_complete() -> None:
    assert problems() == []


def test_every_refusal_is_said_in_every_language(refusals: list[type[SchoolError]]) -> None:
    silent = []
    for refusal in plain(refusals):
        names = placeholders(refusal.sentence)
        for locale in locales():
            with speaking(locale):
                said = refusal(**dict.fromkeys(names, "7")).say()
            assert said, refusal
            assert "{" not in said, refusal
        if catalogue("ru").gettext(refusal.sentence) == refusal.sentence:
            silent.append(refusal.__qualname__)
    assert silent == [], "nobody wrote the Russian"


def test_each_refusal_has_a_sentence_of_its_own(refusals: list[type[SchoolError]]) -> None:
    bases = {base for refusal in refusals for base in refusal.__mro__[1:]}
    said = [refusal.sentence for refusal in refusals if refusal not in bases]
    assert sorted(said) == sorted(set(said))


def plain(refusals: list[type[SchoolError]]) -> list[type[SchoolError]]:
    """Those that take the words of their one sentence; the others choose among sentences by themselves."""
    return [refusal for refusal in refusals if refusal.__init__ is SchoolError.__init__]


def test_a_text_is_said_where_the_catalogue_sees_it() -> None:
    """Texts are gathered from plain calls: one inside an f-string, or put together, would never be translated."""
    speaking_calls = {"_", "gettext", "ngettext", "pgettext", "N_"}
    hidden = []
    for package in ("bot", "handlers", "services"):
        for path in sorted((ROOT / package).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for outer in ast.walk(tree):
                for node in ast.walk(outer) if isinstance(outer, ast.JoinedStr) else (outer,):
                    if not isinstance(node, ast.Call) or getattr(node.func, "id", None) not in speaking_calls:
                        continue
                    unseen = ast.Constant if isinstance(outer, ast.JoinedStr) else ast.JoinedStr | ast.BinOp
                    if isinstance(node.args[0], unseen):
                        hidden.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert hidden == []


def raised(names: dict[str, type[SchoolError]]) -> Iterator[tuple[str, type[SchoolError], set[str]]]:
    """Where the code makes refusals: place, class and the keywords it gives; those that give `**them` are left out."""
    for package in ("bot", "handlers", "services"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call):
                    continue
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                keywords = [keyword.arg for keyword in node.keywords]
                if called in names and None not in keywords:
                    place = f"{path.relative_to(ROOT)}:{node.lineno}"
                    yield place, names[called], {keyword for keyword in keywords if keyword}


def test_a_refusal_is_given_every_word_that_its_sentence_wants(refusals: list[type[SchoolError]]) -> None:
    places = list(raised({refusal.__name__: refusal for refusal in plain(refusals)}))
    assert places
    for place, refusal, keywords in places:
        assert placeholders(refusal.sentence) <= keywords, f"{place}: {refusal.__name__}"
