"""«Настройки»: when letters come, said in words."""

from handlers.callbacks.contacts import OpenContacts
from handlers.callbacks.family import (
    AskToComeBack,
    AskToLeave,
    ChooseHour,
    ChooseMode,
    OpenHours,
    OpenMenu,
    OpenPreferences,
)
from handlers.callbacks.preferences import (
    ChooseKind,
    ChooseLanguage,
    ChooseQuietFrom,
    ChooseQuietUntil,
    NoQuiet,
    OpenKind,
    OpenKinds,
    OpenLanguages,
    OpenQuiet,
)
from handlers.screen import Button, Screen, esc, grid, tap
from services.i18n import N_
from services.i18n import gettext as _
from services.letters.promise import Promise, promises, quiet
from services.letters.promise import clock as clock
from services.preferences import EVENING_HOURS, QUIET_FROM, QUIET_UNTIL, Choice, Language
from services.rules.quiet_hours import Way
from storage.vocabulary import DeliveryMode, ItemKind

LANGUAGES = {Language.RUSSIAN: "Русский", Language.ENGLISH: "English"}  # each calls itself
KINDS = {
    ItemKind.MARK: N_("Marks"),
    ItemKind.HOMEWORK: N_("Homework"),
    ItemKind.TIMETABLE: N_("Substitutions"),
    ItemKind.RISK: N_("Low term mark"),
    ItemKind.WEEKLY: N_("The week"),
    ItemKind.BROADCAST: N_("Announcements"),
}
WAYS = {
    None: N_("As usual"),
    Way.AT_ONCE: N_("At once"),
    Way.EVENING: N_("In the evening"),
    Way.NEVER: N_("No letters"),
}
WISHES = {DeliveryMode.INSTANT: Way.AT_ONCE, DeliveryMode.DIGEST: Way.EVENING, DeliveryMode.IMPORTANT: Way.NEVER}


def preferences(choice: Choice) -> Screen:
    """What comes and when, and the buttons that change it."""
    if not choice.consents and not choice.student:
        text = "\n\n".join(["<b>" + _("Settings") + "</b>", _("The consent is taken back: no letters come.")])
        return Screen(text, [[tap(_("Give consent again"), AskToComeBack())], [tap(_("Menu"), OpenMenu())]])
    mode = choice.hours.mode
    rows = []
    if not choice.student:
        rows += [[_mode(one, mode)] for one in (DeliveryMode.INSTANT, DeliveryMode.DIGEST, DeliveryMode.IMPORTANT)]
    rows += [
        [tap(_("Hour: {hour}").format(hour=clock(choice.hours.digest_minute)), OpenHours())],
        [tap(_quiet_label(choice), OpenQuiet())],
        [tap(_("By kind"), OpenKinds()), tap(LANGUAGES[Language(choice.locale)], OpenLanguages())],
    ]
    if choice.children and not choice.student:
        rows.append([tap(_("How letters come"), OpenContacts())])
    if not choice.student:
        rows.append([tap(_("Take consent back"), AskToLeave())])
    return Screen(_in_words(choice), [*rows, [tap(_("Menu"), OpenMenu())]])


def hours(choice: Choice) -> Screen:
    """The hours to choose from."""
    chosen = choice.hours.digest_minute
    buttons = [tap(_ticked(clock(minute), minute == chosen), ChooseHour(minute=minute)) for minute in EVENING_HOURS]
    text = _("When shall the evening letter come?")
    return Screen(text, [*grid(buttons, 3), [tap(_("Back"), OpenPreferences())]])


def quiet_hours(choice: Choice) -> Screen:
    """From when till when it is quiet."""
    since, until = choice.hours.quiet_from, choice.hours.quiet_until
    none = since == until
    lines = ["<b>" + _("Quiet hours") + "</b>", "", quiet(choice.hours, student=choice.student) or _("There are none.")]
    lines.append(_("The upper row is the beginning, the lower one the end."))
    begins = [
        tap(_ticked(clock(minute), not none and minute == since), ChooseQuietFrom(minute=minute))
        for minute in QUIET_FROM
    ]
    ends = [
        tap(_ticked(clock(minute), not none and minute == until), ChooseQuietUntil(minute=minute))
        for minute in QUIET_UNTIL
    ]
    rows = [begins, ends, [tap(_ticked(_("No quiet hours"), none), NoQuiet())], [tap(_("Back"), OpenPreferences())]]
    return Screen("\n".join(lines), rows)


def kinds(choice: Choice) -> Screen:
    """The kinds that may come another way than by the mode."""
    lines = ["<b>" + _("By kind") + "</b>", "", _("“As usual” is what “Settings” says for all letters.")]
    if not choice.student:
        always = _(
            "News of absence, term marks and correspondence always come: the school has to let you know of them, "
            "and you answer for the child."
        )
        lines += ["", always]
    rows = [
        [tap(f"{_(KINDS[kind])}: {_(WAYS[_wish(choice, kind)]).lower()}", OpenKind(kind=kind))] for kind in choice.kinds
    ]
    return Screen("\n".join(lines), [*rows, [tap(_("Back"), OpenPreferences())]])


def kind(choice: Choice, which: ItemKind) -> Screen:
    """How one kind comes, and how it may."""
    told = [one.sentence for one in _promises(choice) if one.kind is which]
    text = "\n".join(["<b>" + _(KINDS[which]) + "</b>", "", *(esc(one) for one in told)])
    wish = _wish(choice, which)
    ways: tuple[Way | None, ...] = (None, *choice.ways(which))
    rows = [[tap(_ticked(_(WAYS[way]), way is wish), ChooseKind(kind=which, way=way))] for way in ways]
    return Screen(text, [*rows, [tap(_("Back"), OpenKinds())]])


def languages(choice: Choice) -> Screen:
    """The languages at hand."""
    buttons = [
        tap(_ticked(LANGUAGES[one], one.value == choice.locale), ChooseLanguage(language=one)) for one in Language
    ]
    return Screen(_("In which language shall the bot speak and write?"), [buttons, [tap(_("Back"), OpenPreferences())]])


def _in_words(choice: Choice) -> str:
    """«Что мне придёт»."""
    lines = ["<b>" + _("What comes to you") + "</b>"]
    if choice.children and not choice.student:
        lines.append(_("About: {names}").format(names=esc(", ".join(choice.children))))
    lines += ["", *(esc(one.sentence) for one in _promises(choice))]
    if choice.hours.mode is DeliveryMode.DIGEST and not choice.student:
        lines.append(_("The letter at {hour} is one for all: with tomorrow's lessons.").format(hour=_hour(choice)))
    if (still := quiet(choice.hours, student=choice.student)) is not None:
        lines += ["", esc(still)]
    if not choice.full_names and not choice.student:
        lines += ["", _("Letters carry first names only.")]
    return "\n".join(lines)


def _promises(choice: Choice) -> list[Promise]:
    return promises(choice.hours, choice.regulation, student=choice.student)


def _hour(choice: Choice) -> str:
    return clock(choice.hours.digest_minute)


def _quiet_label(choice: Choice) -> str:
    since, until = choice.hours.quiet_from, choice.hours.quiet_until
    return (
        _("No quiet hours")
        if since == until
        else _("Quiet: {since}–{until}").format(since=clock(since), until=clock(until))
    )


def _wish(choice: Choice, which: ItemKind) -> Way | None:
    wish = choice.hours.kinds.get(which)
    return None if wish is None else WISHES[wish]


def _ticked(label: str, chosen: bool) -> str:
    return ("✓ " if chosen else "") + label


def _mode(mode: DeliveryMode, chosen: DeliveryMode) -> Button:
    label = {
        DeliveryMode.INSTANT: _("At once"),
        DeliveryMode.DIGEST: _("In the evening letter"),
        DeliveryMode.IMPORTANT: _("Only what's important"),
    }[mode]
    return tap(_ticked(label, mode is chosen), ChooseMode(mode=mode))
