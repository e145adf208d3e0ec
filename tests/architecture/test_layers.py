"""The tree of the house: who may import whom, and how long a module may be."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("bot", "handlers", "services", "storage", "locales")
LONGEST = 400  # lines
LIBRARIES_OF_THE_SANDBOX = {"aiohttp", "multidict", "yarl"}  # the last two are aiohttp's own types
EDGE_LIBRARIES = ("aiogram", "aiohttp", "apscheduler")
LEGACY = "storage/migrations/versions/"  # one migration may be as long as the tables are many


def modules(*packages: str) -> list[Path]:
    return [path for package in packages for path in sorted((ROOT / package).rglob("*.py"))]


def imports(path: Path) -> set[str]:
    """The modules that a file imports, wherever in it, and the names it takes out of them, in full."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def test_the_import_contracts_hold() -> None:
    answer = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--no-cache",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.parametrize("path", modules(*PACKAGES), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_fits_into_one_reading(path: Path) -> None:
    if LEGACY not in path.as_posix():
        assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


def test_the_pocket_telegram_imports_only_itself_and_aiohttp() -> None:
    allowed = set(sys.stdlib_module_names) | LIBRARIES_OF_THE_SANDBOX
    for path in modules("bot/sandbox"):
        strangers = {
            name for name in imports(path) if name.split(".")[0] not in allowed and not name.startswith("bot.sandbox")
        }
        assert not strangers, f"{path.relative_to(ROOT)} imports {strangers}"


def test_handlers_do_not_import_their_siblings() -> None:
    shared = {"__init__", "callbacks", "files", "filters", "scene", "screen", "staff_letters"}
    siblings = {f"handlers.{path.stem}" for path in (ROOT / "handlers").glob("*.py")} - {
        f"handlers.{name}" for name in shared
    }
    for path in sorted((ROOT / "handlers").glob("*.py")):
        if path.stem != "__init__":
            assert not imports(path) & siblings, path.name


@pytest.mark.parametrize("package", ["services", "storage"])
def test_the_core_starts_without_the_libraries_of_the_edge(package: str) -> None:
    """Importing aiogram costs seconds and 160 MB: no module of the core may drag it in, by whatever way."""
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in modules(package)
        if LEGACY not in path.as_posix() and path.name != "env.py"
    ]
    program = (
        f"import importlib, sys\nfor name in {names!r}: importlib.import_module(name)\n"
        f"print(*sorted(set({EDGE_LIBRARIES!r}) & set(sys.modules)))"
    )
    answer = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.split() == []


def test_the_archive_alone_speaks_sql() -> None:
    for path in modules("handlers", "services"):
        assert not {name for name in imports(path) if name.split(".")[0] == "sqlalchemy"}, path
