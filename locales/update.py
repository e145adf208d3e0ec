"""`python -m locales.update`: bot.pot from the code; new texts into every .po, texts nobody says any more out of it."""

from pathlib import Path

from babel.messages.catalog import Catalog

from locales.catalogue import HEADER, ROOT, po_files, read, texts_in_code, written


def update(root: Path = ROOT) -> None:
    """Rewrites the catalogue's files; translations stay, and nothing is guessed for a new text."""
    code = texts_in_code(root)
    (root / "locales" / "bot.pot").write_bytes(written(code))
    for locale, path in po_files(root).items():
        catalogue: Catalog = read(path, locale)
        catalogue.update(code, no_fuzzy_matching=True, update_header_comment=False)
        catalogue.header_comment = HEADER
        path.write_bytes(written(catalogue))


if __name__ == "__main__":
    update()
