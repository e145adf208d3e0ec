"""What a start loads: commands no messenger, the service nothing that waits for its first use."""

import ast
import subprocess
import sys
from pathlib import Path

import aiogram.methods
import aiogram.types
from pydantic import BaseModel

from tests.architecture.test_layers import ROOT, modules

LATER = ("alembic", "hypothesis", "openpyxl", "psycopg", "segno", "typst", "xlsxwriter")

STARTS = """
import importlib, sys
from bot.__main__ import COMMANDS

for module, _ in COMMANDS.values():
    importlib.import_module(module)
assert "aiogram" not in sys.modules, "a command imports aiogram"

import bot.app
import handlers

handlers.routers()
from aiogram.types import Game

assert not Game.__pydantic_complete__, "something imports aiogram before bot.lean"
print(*sys.modules)
"""


def test_a_start_loads_what_it_uses_at_once() -> None:
    """Commands answer without the 160 MB of aiogram; the service has aiogram unbuilt, and rare libraries not at all."""
    answer = subprocess.run([sys.executable, "-c", STARTS], cwd=ROOT, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    loaded = {name.split(".")[0] for name in answer.stdout.split()}
    assert "aiogram" in loaded
    assert not loaded & set(LATER)


def taken_from_aiogram() -> set[str]:
    """The types and methods of the Bot API that our code names."""
    found = {"Update"}
    for path in modules("bot", "handlers"):
        for node in ast.walk(ast.parse(Path(path).read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module in ("aiogram.types", "aiogram.methods"):
                found |= {alias.name for alias in node.names}
    return found


def test_what_aiogram_left_unbuilt_builds_itself() -> None:
    """bot.lean gives models the names of their fields: one that lacked any could not be built."""
    taken = [getattr(aiogram.types, name, None) or getattr(aiogram.methods, name) for name in taken_from_aiogram()]
    models = [one for one in taken if issubclass(one, BaseModel)]
    assert len(models) > 10
    for model in models:
        model.model_rebuild()
        assert model.__pydantic_complete__, model
