"""«Настройки»: when letters come, said in words."""

from handlers.callbacks.family import (
    AskToComeBack,
    AskToLeave,
    ChooseHour,
    ChooseMode,
    OpenHours,
    OpenMenu,
    OpenPreferences,
)
from handlers.screen import Button, Screen, esc, grid, tap
from services.i18n import gettext as _
from services.preferences import EVENING_HOURS, Choice
from storage.vocabulary import DeliveryMode


def preferences(choice: Choice) -> Screen:
    """What comes and when, and the buttons that change it."""
    if not choice.consents:
        text = "\n\n".join(["<b>" + _("Settings") + "</b>", _("The consent is taken back: no letters come.")])
        return Screen(text, [[tap(_("Give consent again"), AskToComeBack())], [tap(_("Menu"), OpenMenu())]])
    mode = choice.hours.mode
    rows = [[_mode(one, mode)] for one in (DeliveryMode.INSTANT, DeliveryMode.DIGEST, DeliveryMode.IMPORTANT)]
    if mode is DeliveryMode.DIGEST:
        rows.append([tap(_("Hour: {hour}").format(hour=clock(choice.hours.digest_minute)), OpenHours())])
    rows += [[tap(_("Take consent back"), AskToLeave())], [tap(_("Menu"), OpenMenu())]]
    return Screen(_in_words(choice), rows)


def hours(choice: Choice) -> Screen:
    """The hours to choose from."""
    chosen = choice.hours.digest_minute
    buttons = [
        tap(("✓ " if minute == chosen else "") + clock(minute), ChooseHour(minute=minute)) for minute in EVENING_HOURS
    ]
    text = _("When shall the evening letter come?")
    return Screen(text, [*grid(buttons, 3), [tap(_("Back"), OpenPreferences())]])


def clock(minute: int) -> str:
    """Minutes from midnight as an hour, «18:30»."""
    return f"{minute // 60:02}:{minute % 60:02}"


def _in_words(choice: Choice) -> str:
    """«Что мне придёт»."""
    hour = clock(choice.hours.digest_minute)
    diary = {
        DeliveryMode.INSTANT: _("Marks and homework: within a minute or two of the teacher's entry."),
        DeliveryMode.DIGEST: _("Marks and homework: one letter in the evening, at {hour}, with tomorrow's lessons."),
        DeliveryMode.IMPORTANT: _("Marks and homework: no letters, they are in the diary."),
    }[choice.hours.mode]
    lines = ["<b>" + _("What comes to you") + "</b>"]
    if choice.children:
        lines.append(_("About: {names}").format(names=esc(", ".join(choice.children))))
    lines += [
        "",
        _("Absence from a lesson: at once."),
        diary.format(hour=hour) if choice.hours.mode is DeliveryMode.DIGEST else diary,
    ]
    if choice.hours.mode is not DeliveryMode.DIGEST:
        lines.append(_("Further absences of the day and late comings: at {hour}.").format(hour=hour))
    if choice.hours.quiet_from != choice.hours.quiet_until:
        quiet = _("From {since} till {until} it's quiet: only news of an absence comes.")
        lines.append(quiet.format(since=clock(choice.hours.quiet_from), until=clock(choice.hours.quiet_until)))
    if not choice.full_names:
        lines += ["", _("Letters carry first names only.")]
    return "\n".join(lines)


def _mode(mode: DeliveryMode, chosen: DeliveryMode) -> Button:
    label = {
        DeliveryMode.INSTANT: _("At once"),
        DeliveryMode.DIGEST: _("In the evening letter"),
        DeliveryMode.IMPORTANT: _("Only what's important"),
    }[mode]
    return tap(("✓ " if mode is chosen else "") + label, ChooseMode(mode=mode))
