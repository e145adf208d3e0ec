"""The catalogue's check: what it must not let pass."""

import shutil
from pathlib import Path

import pytest

from locales.check import problems
from locales.update import update

HERE = Path(__file__).resolve().parents[2]
SAID = """
from services.i18n import N_, gettext as _, ngettext

sentence = N_("Hello, {name}!")
_("<b>Bell</b>")
ngettext("{count} lesson", "{count} lessons", 2)
"""
TRANSLATED = """
msgid "Hello, {name}!"
msgstr "Здравствуйте, {name}!"

msgid "<b>Bell</b>"
msgstr "<b>Звонок</b>"

msgid "{count} lesson"
msgid_plural "{count} lessons"
msgstr[0] "{count} урок"
msgstr[1] "{count} урока"
msgstr[2] "{count} уроков"
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "services").mkdir()
    (tmp_path / "services" / "said.py").write_text(SAID)
    (tmp_path / "services" / "letters" / "templates").mkdir(parents=True)
    for locale in ("en", "ru"):
        folder = tmp_path / "locales" / locale / "LC_MESSAGES"
        folder.mkdir(parents=True)
        (folder / "bot.po").write_text(
            (HERE / "locales" / locale / "LC_MESSAGES" / "bot.po").read_text().split("\n\n")[0]
        )
    shutil.copy(HERE / "locales" / "babel.cfg", tmp_path / "locales")
    russian(tmp_path).write_text(russian(tmp_path).read_text() + "\n" + TRANSLATED)
    update(tmp_path)
    return tmp_path


def russian(root: Path) -> Path:
    return root / "locales" / "ru" / "LC_MESSAGES" / "bot.po"


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_a_whole_catalogue_has_no_problems(root: Path) -> None:
    assert problems(root) == []


def test_an_update_changes_nothing_where_nothing_was_said_anew(root: Path) -> None:
    before = russian(root).read_bytes()
    update(root)
    assert russian(root).read_bytes() == before


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('"Здравствуйте, {name}!"', '""', "not translated"),
        ('"Здравствуйте, {name}!"', '"Здравствуйте, {nome}!"', "placeholders differ"),
        ('"Здравствуйте, {name}!"', '"Здравствуйте, {name!"', "braces don't pair"),
        ('"<b>Звонок</b>"', '"<b>Звонок<b>"', "HTML tags differ"),
        ('"{count} урока"', '""', "not translated"),
        ('"{count} уроков"', '"много уроков"', "placeholders differ"),
        ('msgid "<b>Bell</b>"', '#, fuzzy\nmsgid "<b>Bell</b>"', "fuzzy"),
        ('msgid "<b>Bell</b>"', 'msgid "<b>Knell</b>"', "missing"),
        ('msgid "<b>Bell</b>"', 'msgid "<b>Knell</b>"', "nobody says it any more"),
    ],
)
def test_a_wrong_translation_is_named(root: Path, old: str, new: str, problem: str) -> None:
    change(russian(root), old, new)
    assert any(problem in found for found in problems(root)), problems(root)


def test_a_new_text_in_the_code_asks_for_an_update_and_a_translation(root: Path) -> None:
    change(root / "services" / "said.py", "<b>Bell</b>", "<b>Knell</b>")
    found = problems(root)
    assert "bot.pot is not what the code says: run python -m locales.update" in found
    assert "ru: missing: '<b>Knell</b>'" in found
    update(root)
    assert problems(root) == ["ru: not translated: '<b>Knell</b>'"]


def test_the_letters_templates_are_read_too(root: Path) -> None:
    template = root / "services" / "letters" / "templates" / "absence.j2"
    template.write_text("{% trans name=name %}{{ name }} is absent{% endtrans %}")
    assert any("is absent" in found for found in problems(root))
