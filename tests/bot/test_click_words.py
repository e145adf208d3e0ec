"""What click itself says of a command is Russian too, and its exit codes are its own."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from babel.messages.extract import extract_from_dir
from click.testing import CliRunner

from bot import click_words
from bot.__main__ import main

ENGLISH = re.compile(
    r"\b(usage|options?|commands?|arguments?|show|message|exit|confirm|required|missing|invalid|value|error|try|such"
    r"|mean|integer|text|file|person|range|aborted)\b",
    re.IGNORECASE,
)
OURS = re.compile(r"--\w+|\S+\.(?:md|toml)|`[^`]*`")  # what is spelt so in any language


def commands(command: click.Command, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The words of every command there is."""
    yield words
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from commands(inner, (*words, name))


def test_the_help_of_every_command_is_russian() -> None:
    found = list(commands(main))
    assert ("import", "roster") in found and ("delivery", "drop") in found
    for words in found:
        said = CliRunner().invoke(main, [*words, "--help"], prog_name="./zvonok")
        assert said.exit_code == 0 and said.output.startswith("Использование: ./zvonok"), words
        assert "Показать эту подсказку." in said.output
        assert ENGLISH.findall(OURS.sub("", said.output)) == [], (words, said.output)


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("--quick", "Такого параметра нет: --quick."),
        ("delivery drop --yess", "Такого параметра нет: --yess. Может быть, '--yes'?"),
        ("delivery drop --yes=1", "Параметр --yes пишется без значения."),
        ("backup lst", "Такой команды нет: lst. Может быть, 'list'?"),
        ("restore", "Не указан аргумент 'ФАЙЛ'."),
        ("restore /nowhere.age", "'ФАЙЛ': Файл не найден: /nowhere.age"),
        ("move", "Не указан параметр '--to'."),
        ("move --to", "Параметру --to нужно 1 значение."),
        ("erase somebody", "'[НОМЕР]': нужно число, а не «somebody»."),
        ("invite pupil 4", "'{staff|family}': можно только 'staff', 'family', а не «pupil»."),
        ("invite", "Не указан аргумент '{staff|family}'. Можно:\n\tstaff,\n\tfamily"),
        ("invite family 4 --consent вчера", "'--consent': день пишется так: 01.09.2026, а не «вчера»"),
        ("import plans - --for-level 12", "'--for-level': нужно 1<=x<=11, а не 12."),
        ("run now please", "Лишние слова: now please"),
    ],
)
def test_a_wrong_word_is_answered_in_russian_and_with_the_code_of_a_wrong_word(words: str, answer: str) -> None:
    said = CliRunner().invoke(main, words.split(), prog_name="./zvonok")
    assert said.exit_code == 2
    assert said.output.rstrip().endswith(answer), said.output
    assert ENGLISH.findall(OURS.sub("", said.output.replace("lst", ""))) == []


@pytest.mark.parametrize("typed", ["n\n", "да\nn\n", ""])
def test_a_question_that_is_not_answered_by_yes_breaks_off(typed: str) -> None:
    said = CliRunner().invoke(main, ["delivery", "drop"], input=typed)
    assert said.exit_code == 1 and "Прервано." in said.output
    assert ("Ответьте y (да) или n (нет)." in said.output) == ("да" in typed)


def test_the_words_translated_are_the_ones_that_click_says() -> None:
    folder = str(Path(click.__file__).parent)
    said = {
        text for _file, _line, text, *_rest in extract_from_dir(folder, [("**.py", "python")]) if isinstance(text, str)
    }
    assert set(click_words.WORDS) - said <= {"required"}  # a name's value: found where it is said
