"""`python -m locales.check`: every text of the code stands translated in every language, with its placeholders."""

import sys
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError

from locales.catalogue import (
    ROOT,
    SOURCE_LOCALE,
    forms,
    msgid,
    placeholders,
    po_files,
    read,
    tags,
    texts_in_code,
    written,
)

REQUIRED = ("en", "ru")


def problems(root: Path = ROOT) -> list[str]:
    """What is wrong with the catalogue, a line each; empty when nothing is."""
    code = texts_in_code(root)
    template = root / "locales" / "bot.pot"
    found = []
    if not template.exists() or template.read_bytes() != written(code):
        found.append("bot.pot is not what the code says: run python -m locales.update")
    files = po_files(root)
    found += [f"{locale}: no bot.po" for locale in REQUIRED if locale not in files]
    for locale, path in files.items():
        try:
            found += [f"{locale}: {problem}" for problem in problems_of(read(path, locale), code, locale)]
        except PoFileError as error:
            found.append(f"{locale}: {error}")
    return found


def problems_of(catalogue: Catalog, code: Catalog, locale: str) -> list[str]:
    """What is wrong with one language."""
    found = []
    for wanted in code:
        if not wanted.id:
            continue
        message = catalogue.get(wanted.id, wanted.context)
        problem = problem_of(message, wanted, locale)
        if problem:
            found.append(f"{problem}: {msgid(wanted)!r}")
    strays = [message for message in catalogue if message.id and code.get(message.id, message.context) is None]
    return found + [f"nobody says it any more: {msgid(message)!r}" for message in strays]


def problem_of(message: Message | None, wanted: Message, locale: str) -> str | None:
    """What is wrong with one translation."""
    if message is None:
        return "missing"
    if message.fuzzy:
        return "fuzzy, look at it and take the mark away"
    if isinstance(message.id, str) != isinstance(wanted.id, str):
        return "plural in one place and not in the other"
    if not any(forms(message)) and locale == SOURCE_LOCALE:
        return None
    if not all(forms(message)):
        return "not translated"
    source = msgid(wanted)
    for form in forms(message):
        try:
            if placeholders(form) != placeholders(source):
                return f"placeholders differ in {form!r}"
        except ValueError:
            return f"braces don't pair in {form!r}"
        if tags(form) != tags(source):
            return f"HTML tags differ in {form!r}"
    return None


def main() -> int:
    """Prints the problems; the exit code tells whether there are any."""
    found = problems()
    for problem in found:
        print(problem, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
