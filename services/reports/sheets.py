"""A class's print: a page for signatures, and a sheet for each guardian on paper and student (О 1.6; В 4.6.7)."""

import asyncio

from services import words
from services.i18n import gettext as _
from services.printing.office import Printed
from services.reports.typeset import typeset


async def sheets_pdf(printed: Printed) -> bytes:
    """PDF/A: the register of the hand-over first, then the sheets as they were frozen, each on a page of its own.

    Families' data is in it: it goes to the homeroom teacher only. Each sheet holds its own child and no other.
    """
    data = {
        "title": _("Printed information, class {name}").format(name=printed.class_name),
        "school": printed.school,
        "days": words.days(printed.batch.since_on, printed.batch.until_on),
        "text": _("Printed information received:"),
        "columns": ["№", _("Student"), _("Guardian"), _("Date"), _("Signature")],
        "rows": [
            [str(number), " ".join(one.student), one.content["guardian"]]
            for number, one in enumerate(printed.sheets, 1)
        ],
        "signed": _("Homeroom teacher"),
        "sheets": [one.content for one in printed.sheets],
    }
    return await asyncio.to_thread(typeset, "sheets.typ", data, printed.now)
