"""Documents and pictures set by typst with its own fonts, the same bytes for the same data and day."""

import json
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

TEMPLATES = Path(__file__).parent / "templates"
DOTS_AN_INCH = 243.0  # a page 320 points wide is 1080 across


def typeset(template: str, data: Mapping[str, Any], now: datetime) -> bytes:
    """The PDF of a template for this data; blocks for tens of milliseconds, so call it in a thread.

    `now`, aware UTC, is the document's date. Only the fonts that typst carries are used: they know Cyrillic. Of what
    they don't know pictures are left out and letters are «□»: PDF/A takes no sign without its shape.
    """
    import typst  # 10 MiB that wait for the first document

    # typst takes a moment without a zone as UTC.
    stamp = int(now.astimezone(UTC).replace(microsecond=0).timestamp())
    try:
        return _pdf(template, data, stamp)
    except typst.TypstError:
        unknown = {ord(sign): "□" if sign.isalnum() else "" for sign in _signs(data) if not _is_known(sign)}
        if not unknown:
            raise
        return _pdf(template, _without(data, unknown), stamp)


def _pdf(template: str, data: Any, stamp: int = 0) -> bytes:
    import typst

    pdf = typst.compile(
        str(TEMPLATES / template),
        root=str(TEMPLATES),
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["a-2b"],
        timestamp=stamp,
    )
    assert isinstance(pdf, bytes)  # without an output path the document is returned
    return pdf


def _signs(data: Any) -> set[str]:
    """What may have no shape in the data: neither ASCII nor Cyrillic."""
    if isinstance(data, str):
        return {sign for sign in data if not (" " <= sign < "\x7f" or "Ѐ" <= sign <= "џ" or sign == "\n")}
    inner = data.values() if isinstance(data, Mapping) else data if isinstance(data, list | tuple) else ()
    return {sign for one in inner for sign in _signs(one)}


@lru_cache(maxsize=4096)
def _is_known(sign: str) -> bool:
    """Whether some font has it, a mark above or around a letter together with one: typst is asked, in milliseconds."""
    import typst

    shown = f"а{sign}" if unicodedata.category(sign).startswith("M") else sign
    try:
        _pdf("sign.typ", shown)
    except typst.TypstError:
        return False
    return True


def _without(data: Any, unknown: Mapping[int, str]) -> Any:
    if isinstance(data, str):
        return data.translate(unknown)
    if isinstance(data, Mapping):
        return {key: _without(one, unknown) for key, one in data.items()}
    return [_without(one, unknown) for one in data] if isinstance(data, list | tuple) else data


def draw(template: str, data: Mapping[str, Any], now: datetime) -> bytes:
    """The PNG of a template of one page, 320 points wide, for this data; call it in a thread, as `typeset`."""
    import typst

    picture = typst.compile(
        str(TEMPLATES / template),
        root=str(TEMPLATES),
        ignore_system_fonts=True,
        format="png",
        ppi=DOTS_AN_INCH,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        timestamp=int(now.astimezone(UTC).replace(microsecond=0).timestamp()),
    )
    assert isinstance(picture, bytes)  # one page
    return picture
