"""What the page is made of, without a browser."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import bot.sandbox

PAGE = Path(bot.sandbox.__file__).parent / "page"
FILES = sorted(PAGE.iterdir())
SCRIPTS = [path for path in FILES if path.suffix == ".js"]


class Tags(HTMLParser):
    """Attributes of all tags of the page."""

    def __init__(self) -> None:
        super().__init__()
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += attrs


def attributes() -> list[tuple[str, str | None]]:
    tags = Tags()
    tags.feed((PAGE / "index.html").read_text("utf-8"))
    return tags.attributes


def test_the_page_refers_only_to_its_own_files_and_they_exist() -> None:
    links = [str(value) for name, value in attributes() if name in ("href", "src")]
    assert links
    for link in links:
        assert link.startswith("/sandbox/page/")
        assert (PAGE / link.removeprefix("/sandbox/page/")).is_file(), link


def test_the_page_has_no_scripts_or_styles_inside_its_markup() -> None:
    names = {name for name, _ in attributes()}
    assert not {name for name in names if name.startswith("on") or name == "style"}
    assert "<style" not in (PAGE / "index.html").read_text("utf-8")


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_imports_only_its_neighbours_and_never_writes_markup(path: Path) -> None:
    text = path.read_text("utf-8")
    for imported in re.findall(r'from "([^"]+)"', text):
        assert (path.parent / imported).is_file(), imported
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_nothing_is_fetched_from_elsewhere(path: Path) -> None:
    text = path.read_text("utf-8")
    addresses = set(re.findall(r"https?://[^\s\"'`)>]+", text)) - {"http://www.w3.org/2000/svg", "https://${text.trim"}
    assert not {address for address in addresses if "${" not in address}


# Looked up by a name that comes from elsewhere: T.theme[chosen], T.bot.actions[typing], T.refusals[slug].
LOOKED_UP = r"(?:theme|actions|refusals): \{.*?\n\s*\}"


def test_every_text_of_the_page_is_used() -> None:
    texts = (PAGE / "texts.js").read_text("utf-8")
    used = "".join(path.read_text("utf-8") for path in SCRIPTS)
    named = re.sub(LOOKED_UP, "", texts, flags=re.DOTALL)
    names = set(re.findall(r"^\s*(\w+): (?:\"|\()", named, re.MULTILINE))
    assert names
    assert not {name for name in names if not re.search(rf"\.{name}\b", used)}


def test_only_the_texts_speak_russian() -> None:
    for path in SCRIPTS:
        if path.name != "texts.js":
            code = re.sub(r"//[^\n]*", "", path.read_text("utf-8"))
            assert not re.search("[а-яё]", code, re.IGNORECASE), path.name
