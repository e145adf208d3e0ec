"""Documents and pictures set by typst with its own fonts, the same bytes for the same data and day."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

TEMPLATES = Path(__file__).parent / "templates"
DOTS_AN_INCH = 243.0  # a page 320 points wide is 1080 across


def typeset(template: str, data: Mapping[str, Any], now: datetime) -> bytes:
    """The PDF of a template for this data; blocks for tens of milliseconds, so call it in a thread.

    `now`, aware UTC, is the document's date. Only the fonts that typst carries are used: they know Cyrillic.
    """
    import typst  # 10 MiB that wait for the first document

    # typst takes a moment without a zone as UTC.
    pdf = typst.compile(
        str(TEMPLATES / template),
        root=str(TEMPLATES),
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["a-2b"],
        timestamp=int(now.astimezone(UTC).replace(microsecond=0).timestamp()),
    )
    assert isinstance(pdf, bytes)  # without an output path the document is returned
    return pdf


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
