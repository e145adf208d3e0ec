"""Slips of a class: for everybody a QR code, a link and a code to come in by, on one printable document."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from io import BytesIO

from services.i18n import gettext as _
from services.reports.typeset import typeset


@dataclass(frozen=True, slots=True)
class Slip:
    """One person's way in: a guardian's with the relation, a student's own, an employee's without a child.

    `expires` is said in words, `bot` is the bot's @name.
    """

    child: str
    class_name: str
    holder: str
    relation: str
    link: str
    code: str
    expires: str
    bot: str


async def slips_pdf(
    school: str, class_name: str, slips: Sequence[Slip], without_papers: Sequence[str], now: datetime
) -> bytes:
    """PDF/A: eight slips a page to cut apart, then whom no code was made for, having no application or consent.

    Names and codes are in it: it goes to the homeroom teacher only and is kept nowhere.
    """
    data = {
        "school": school,
        "class_name": class_name,
        "slips": [{**asdict(slip), "qr": qr_svg(slip.link)} for slip in slips],
        "without_papers": list(without_papers),
        "words": _words(class_name),
    }
    return await asyncio.to_thread(typeset, "slips.typ", data, now)


def qr_svg(link: str) -> str:
    """A QR code as SVG; level M survives a fold and a poor printer."""
    import segno  # 4 MiB, for invitations alone

    out = BytesIO()
    segno.make(link, error="m", micro=False).save(out, kind="svg", border=0, xmldecl=False, svgns=True)
    return out.getvalue().decode("utf-8")


def qr_png(link: str) -> bytes:
    """A QR code as a picture for a chat, with the white margin that cameras want."""
    import segno

    out = BytesIO()
    segno.make(link, error="m", micro=False).save(out, kind="png", scale=10, border=4)
    return out.getvalue()


def _words(class_name: str) -> dict[str, str]:
    return {
        "title": _("Slips of class {name}").format(name=class_name),
        "heading": _("Electronic diary"),
        "scan": _("Scan the QR code with your phone's camera and press “Start”."),
        "type": _("No camera? Write to {bot} and type the code:"),
        "once": _("Good once, until {expires}. Don't show it to others."),
        "without_papers": _("No code: the application or the consent isn't recorded"),
        "bring": _("The code appears once both are recorded at the school's office."),
    }
