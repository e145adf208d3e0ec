"""«Журнал замещения уроков» of a week or month."""

from datetime import date, timedelta

from handlers.callbacks.arrangements import OpenArrangements, OpenSubstitutionJournal, PrintSubstitutions
from handlers.screen import ROWS_OF_NAMES, Screen, esc, pager, tap
from services import words
from services.i18n import gettext as _
from services.i18n import ngettext
from services.reports.substitutions import span
from services.rules.short_names import initials
from services.substitutions.journal import JournalLine, SubstitutionJournal

SIGNS = {True: "✅", False: "▫", None: "🕓"}


def week_of(day: date) -> tuple[date, date]:
    """Monday and Sunday of a day's week."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def month_of(day: date) -> tuple[date, date]:
    """The first and last day of a day's month."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def journal(view: SubstitutionJournal, *, month: bool, page: int) -> Screen:
    """The lines of a page, the way to the weeks or months beside, and onto paper."""
    count = len(view.lines)
    title = _("Journal of substitutions")
    lines = [f"<b>{title}</b>", span(view.since, view.until)]
    if count:
        counted = ngettext("{count} lesson substituted", "{count} lessons substituted", count).format(count=count)
        missing = sum(one.complete is False for one in view.lines)
        if missing:
            counted += ", " + ngettext(
                "{count} record incomplete (▫)", "{count} records incomplete (▫)", missing
            ).format(count=missing)
        lines += [counted, ""]
    else:
        lines += ["", _("There were no substitutions.")]
    pages = max(1, -(-count // ROWS_OF_NAMES))
    page = min(page, pages - 1)
    lines += [_line(one) for one in view.lines[page * ROWS_OF_NAMES : (page + 1) * ROWS_OF_NAMES]]
    on = view.since.isoformat()
    rows = pager(page, pages, lambda number: OpenSubstitutionJournal(day=on, month=month, page=number))
    before, after = view.since - timedelta(days=1), view.until + timedelta(days=1)
    other = _("Week") if month else _("Month")
    rows.append(
        [
            tap("←", OpenSubstitutionJournal(day=before.isoformat(), month=month, page=0)),
            tap(other, OpenSubstitutionJournal(day=on, month=not month, page=0)),
            tap("→", OpenSubstitutionJournal(day=after.isoformat(), month=month, page=0)),
        ]
    )
    if count:
        rows.append(
            [
                tap(_("To print (PDF)"), PrintSubstitutions(day=on, month=month, table=False)),
                tap(_("Table (XLSX)"), PrintSubstitutions(day=on, month=month, table=True)),
            ]
        )
    return Screen("\n".join(lines), [*rows, [tap(_("Back"), OpenArrangements())]])


def _line(one: JournalLine) -> str:
    absent, substitute = (initials(who.last, who.first) for who in (one.absent, one.substitute))
    where = f"{words.short_day(one.on_date)} · {one.slot} · {one.audience} {one.subject}"
    return f"{SIGNS[one.complete]} {esc(where)}: {esc(absent)} → {esc(substitute)}"
