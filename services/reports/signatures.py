"""The signature sheet of finals: a line a student, dated and signed by a guardian (М Регл. 3)."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from services import words
from services.finals.reading import ClassReading, FamilyReading
from services.i18n import gettext as _
from services.reports.typeset import typeset


async def signatures_pdf(view: ClassReading, families: Sequence[FamilyReading], now: datetime) -> bytes:
    """PDF/A: who has answered already is printed with the date, the others have lines to sign."""
    data = {
        "title": _("Acquaintance with results"),
        "school": view.school,
        "about": _("Class {name}, {scope}").format(name=view.name, scope=view.scope_words),
        "text": _("By signing I confirm that I have seen my child's results."),
        "columns": ["№", _("Student"), _("Guardian"), _("Date"), _("Signature")],
        "rows": [[str(number), *_row(one)] for number, one in enumerate(families, 1)],
        "empty": _("Nobody to sign."),
        "signed": _("Homeroom teacher"),
    }
    return await asyncio.to_thread(typeset, "signatures.typ", data, now)


def _row(one: FamilyReading) -> list[str]:
    read = [who for who in one.guardians if who.read_at is not None]
    if not read:
        return [one.student.usual, ", ".join(who.name.initials for who in one.guardians), "", ""]
    first = read[0]
    assert first.read_at is not None
    how = _("on paper") if first.signed else _("electronically")
    day = first.read_at.strftime("%d.%m.%Y")
    return [one.student.usual, first.name.initials, day, how]


def file_name(view: ClassReading) -> str:
    """«Подписи 7Б, 1-я четверть.pdf»."""
    return _("Signatures {name}, {scope}.pdf").format(name=view.name, scope=view.scope_words)


def caption(view: ClassReading) -> str:
    """What stands under the document."""
    day = words.day_and_month(view.today)
    return _("Signature sheet of {name}, {scope}, as of {day}.").format(name=view.name, scope=view.scope_words, day=day)
