"""«Запросить исправление» of a term mark: the wanted value, the reason, and that it is asked."""

from handlers.callbacks.finals import AskForTermMark, AskForTermValue, OpenTermMark, SendTermRequest, WhySign
from handlers.screen import Button, Screen, esc, grid, tap
from handlers.screens.finals import ON_THE_WIRE, heading, on_the_wire, open_grid
from services.corrections.reasons import Why, why
from services.finals.asking import Asked, WantedChoice
from services.finals.sheets import Place
from services.i18n import gettext as _

MARKS_A_ROW = 5
REASONS = {
    WhySign.SLIP: Why.SLIP,
    WhySign.OTHER_STUDENT: Why.OTHER_STUDENT,
    WhySign.APPEAL: Why.APPEAL,
    WhySign.REWRITTEN: Why.REWRITTEN,
    WhySign.LATE: Why.LATE,
}


def wanted_choice(choice: WantedChoice) -> Screen:
    """What should stand instead of an issued term mark?"""
    row, wire = choice.row, on_the_wire(choice.sheet.place)

    def want(value: str) -> AskForTermValue:
        sign = ON_THE_WIRE.get(value, value)
        return AskForTermValue(student=row.name.id, value=sign, seen=row.rev, **wire)

    lines = [f"<b>{esc(row.name.full)}</b>", heading(choice.sheet)]
    lines.append(_("{value} stands here now.").format(value=f"<b>{esc(row.value or '')}</b>"))
    lines.append(_("What should stand here?"))
    rows = grid((tap(value, want(value)) for value in choice.values), MARKS_A_ROW)
    rows.append([tap(_("Back"), OpenTermMark(student=row.name.id, page=0, **wire))])
    return Screen("\n".join(lines), rows)


def why_choice(choice: WantedChoice, value: str) -> Screen:
    """Why? A tap on a reason sends the request."""
    row, wire = choice.row, on_the_wire(choice.sheet.place)
    sign = ON_THE_WIRE.get(value, value)
    lines = [f"<b>{esc(row.name.full)}</b>", heading(choice.sheet)]
    lines.append(f"{esc(row.value or '')} → <b>{esc(value)}</b>")
    lines.append(_("Why? A tap sends the request to the deputy head."))

    def send(which: WhySign) -> Button:
        said = why(REASONS[which])
        request = SendTermRequest(student=row.name.id, value=sign, why=which, seen=row.rev, **wire)
        return tap(said[:1].upper() + said[1:], request)

    rows = [[send(which)] for which in WhySign]
    rows.append([tap(_("Back"), AskForTermMark(student=row.name.id, **wire))])
    return Screen("\n".join(lines), rows)


def asked(done: Asked, place: Place) -> Screen:
    """It is asked, and what comes next."""
    view = done.view
    lines = [f"<b>{esc(view.student.full)}</b>", f"{esc(view.class_name)} · {esc(view.subject)}, {view.what}"]
    lines.append(f"{esc(view.former or '')} → <b>{esc(view.wanted or '')}</b>")
    if done.told:
        lines.append(_("The request is with the deputy head. The decision will come here."))
    else:
        lines.append(
            _("The request is written down, but no deputy head is connected to the bot: tell them about it yourself.")
        )
    return Screen("\n".join(lines), [[tap(_("Back"), open_grid(place))]])
