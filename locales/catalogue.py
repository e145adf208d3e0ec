"""The catalogue of texts: what the code says, what the .po files have, and how both are written.

Msgids are English. Files carry no dates and no places in the code, so that they change only when a text does.
"""

import re
from io import BytesIO
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

HERE = Path(__file__).parent
ROOT = HERE.parent
TEMPLATE = HERE / "bot.pot"
SPEAKING = ("bot", "handlers", "services", "storage")  # folders whose texts people read
SOURCE_LOCALE = "en"  # an empty translation there means the msgid itself
HEADER = "# Звонок: the texts. Written by `python -m locales.update`; translate in ru/ and en/."
PASSING_HEADERS = re.compile(
    rb'^"(POT-Creation-Date|PO-Revision-Date|Generated-By|Report-Msgid-Bugs-To|Last-Translator|Project-Id-Version'
    rb"|Language-Team):.*\n",
    re.MULTILINE,
)
TAG = re.compile(r"</?[a-z][^<>]*>")


def texts_in_code(root: Path = ROOT) -> Catalog:
    """Every text that the code and the letters' templates mark for translation."""
    catalogue = Catalog(header_comment=HEADER, charset="utf-8")
    with (root / "locales" / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    for folder in SPEAKING:
        found = extract_from_dir(
            str(root / folder),
            [(pattern.removeprefix(f"{folder}/"), method) for pattern, method in methods],
            {pattern.removeprefix(f"{folder}/"): option for pattern, option in options.items()},
            keywords=DEFAULT_KEYWORDS,
            comment_tags=("Translators:",),
            strip_comment_tags=True,
        )
        for _, _, text, comments, context in sorted(found, key=lambda one: (one[0], one[1])):
            catalogue.add(text, auto_comments=comments, context=context)
    return catalogue


def po_files(root: Path = ROOT) -> dict[str, Path]:
    """The catalogue file of each language."""
    return {path.parent.parent.name: path for path in sorted((root / "locales").glob("*/LC_MESSAGES/bot.po"))}


def read(path: Path, locale: str | None = None) -> Catalog:
    """A catalogue file; raises babel's PoFileError on a broken one."""
    with path.open("rb") as file:
        return read_po(file, locale=locale, abort_invalid=True)


def written(catalogue: Catalog) -> bytes:
    """The file of a catalogue, sorted by msgid."""
    buffer = BytesIO()
    write_po(buffer, catalogue, no_location=True, sort_output=True, ignore_obsolete=True, width=120)
    return PASSING_HEADERS.sub(b"", buffer.getvalue())


def forms(message: Message) -> tuple[str, ...]:
    """The translations of a message: one, or one a plural form."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def msgid(message: Message) -> str:
    """What is translated; of a plural the form for many, which has every placeholder."""
    return message.id if isinstance(message.id, str) else message.id[-1]


def placeholders(text: str) -> set[str]:
    """The names between braces or in %(…)s; raises ValueError where the braces don't pair."""
    return {field for _, field, _, _ in Formatter().parse(text) if field is not None} | set(
        re.findall(r"%\((\w+)\)", text)
    )


def tags(text: str) -> list[str]:
    """The HTML tags of a text in alphabetical order: a translation may move them, not lose them."""
    return sorted(TAG.findall(text))
