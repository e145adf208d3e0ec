"""What a quick line would write, and whom an ambiguous name means."""

from handlers.callbacks.lessons import ConfirmLine, DropLine, PickName
from handlers.screen import Screen, esc, grid, tap
from handlers.screens.lessons import heading, lesson_card, place
from services import words
from services.i18n import gettext as _
from services.quick_line import LineCard, LineMark, LineWritten
from services.rules.short_names import Named

CANDIDATES = 8


def line_card(card: LineCard) -> Screen:
    """The line shown back: a tap writes it all."""
    lines = [f"{heading(card.title)}, {place(card.title)}"]
    if card.changed:
        lines.append(_("The journal has changed meanwhile. Now it would be:"))
    if card.absent:
        lines.append(_("absent: {names}").format(names=_names([*card.absent])))
    if card.late:
        lines.append(_("late: {names}").format(names=_names([*card.late])))
    for (kind, ordinal), marks in card.marks.items():
        lines.append(f"{words.work_kind(kind, ordinal)}: {', '.join(map(_mark, marks))}")
    if card.unknown:
        said = ", ".join(f"«{esc(one)}»" for one in card.unknown)
        lines.append(_("Not understood: {words}").format(words=said))
    drop = tap(_("Cancel"), DropLine(line=card.line))
    if card.asked is not None:
        lines += ["", _("Who is “{name}”?").format(name=esc(card.asked.typed))]
        place_in_line = card.asked.place
        choices = [
            tap(one.usual, PickName(line=card.line, asked=place_in_line, student=one.id))
            for one in card.asked.candidates[:CANDIDATES]
        ]
        return Screen("\n".join(lines), [*grid(choices, 1), [drop]])
    if not card.writes:
        return Screen("\n".join(lines), [[drop]])
    return Screen("\n".join(lines), [[tap(_("Write it down"), ConfirmLine(line=card.line))], [drop]])


def written(done: LineWritten) -> Screen:
    """The lesson's card after the line is written; the line again where the journal has changed meanwhile."""
    if done.line is not None:
        return line_card(done.line)
    assert done.card is not None
    return lesson_card(done.card, _("Written down."))


def written_toast(done: LineWritten) -> str:
    """What the answer to the confirmation says."""
    return _("Written down.") if done.line is None else _("The journal has changed meanwhile. Look at the line again.")


def _names(people: list[Named]) -> str:
    return ", ".join(esc(one.usual) for one in people)


def _mark(mark: LineMark) -> str:
    before = f"{esc(mark.former)} → " if mark.former is not None and mark.former != mark.value else ""
    return f"{esc(mark.student.usual)} — {before}{esc(mark.value)}"
