"""The files around the code say what the code does: settings, image, lock."""

import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from bot.settings import SECRETS, Settings
from tests.architecture.test_layers import PACKAGES, imports, modules

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
COMPOSE_ONLY = {"POSTGRES_PASSWORD"}
MAY_BE_ABSENT = {"uvloop"}  # bot/loop.py does without
BESIDE = {"markupsafe", "multidict", "pydantic", "yarl"}  # jinja2's, aiohttp's and aiogram's own


def names_in_the_example() -> list[str]:
    return re.findall(r"^([A-Z_]+)=", EXAMPLE, re.MULTILINE)


def test_the_example_names_every_setting_once() -> None:
    names = names_in_the_example()
    assert len(names) == len(set(names))
    assert set(names) - COMPOSE_ONLY == {name.upper() for name in Settings.model_fields}


def test_the_example_as_it_stands_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in names_in_the_example():
        monkeypatch.delenv(name, raising=False)
    assert Settings(_env_file=ROOT / ".env.example") == Settings(_env_file=None)


def test_every_setting_of_the_example_is_explained_in_russian() -> None:
    for block in EXAMPLE.split("\n\n")[1:]:
        comment, *_ = block.splitlines()
        assert re.match(r"# [А-Я].*", comment), block


def test_the_example_tells_which_secrets_may_stand_in_files() -> None:
    told = re.search(r"Секреты \(([A-Z_, ]+)\)", EXAMPLE)
    assert told
    assert set(told.group(1).split(", ")) == set(SECRETS)


def test_the_image_copies_what_there_is_and_what_it_may() -> None:
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = [
        word
        for line in (ROOT / "Dockerfile").read_text().splitlines()
        if line.startswith("COPY ") and "--from" not in line
        for word in line.split()[1:-1]
    ]
    assert copied
    for word in copied:
        assert (ROOT / word).exists(), word
    assert set(copied) == allowed


def test_the_image_has_every_package_of_ours() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    roots = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["root_packages"]
    for package in roots:
        assert f"COPY {package} {package}\n" in dockerfile


def test_every_library_of_the_lock_is_pinned_and_hashed() -> None:
    pinned = re.split(r"^(?=\S)", LOCK.replace("\\\n", " "), flags=re.MULTILINE)
    libraries = [entry for entry in pinned if entry.strip() and not entry.startswith("#")]
    assert len(libraries) > 30
    for entry in libraries:
        assert re.match(r"[A-Za-z0-9_.-]+==\S+ ", entry), entry
        assert "--hash=sha256:" in entry, entry


def test_the_lock_names_no_address() -> None:
    assert "://" not in LOCK


def test_every_library_that_pyproject_names_is_in_the_lock() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    locked = {canonical(name) for name in re.findall(r"^([A-Za-z0-9_.-]+)==", LOCK, re.MULTILINE)}
    assert {canonical(re.split(r"[\[<>=!~]", library)[0]) for library in wanted} <= locked


def test_the_image_gets_every_library_that_the_service_imports() -> None:
    """What stands among the developers' libraries alone is not in the image, and the service would not start."""
    running = {
        canonical(re.split(r"[\[<>=!~]", library)[0])
        for library in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    }
    distributions = packages_distributions()
    apart = sys.stdlib_module_names | set(PACKAGES) | MAY_BE_ABSENT
    for path in modules(*PACKAGES):
        for name in {whole.split(".")[0] for whole in imports(path)} - apart:
            given = {canonical(one) for one in distributions[name]}
            assert given & (running | BESIDE), f"{path.relative_to(ROOT)} imports {name}"


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
