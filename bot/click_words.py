"""Click's own words in our catalogue: «Использование», «Такого параметра нет».

Click asks the standard library's gettext for them, which would want compiled files and the machine's own language.
"""

import gettext as standard
from datetime import datetime
from typing import Any

import click
from click import core, decorators, exceptions, formatting, parser, termui, types

from services import i18n
from services.i18n import N_, ngettext
from services.i18n import gettext as _

MODULES = (core, decorators, exceptions, formatting, parser, termui, types)
# What click says where our commands can bring it to; a test compares them with click's source.
WORDS = (
    N_("Usage:"),
    N_("Options"),
    N_("Commands"),
    N_("required"),
    N_("Show this message and exit."),
    N_("Confirm the action without prompting."),
    N_("Aborted!"),
    N_("Error: {message}"),
    N_("Error: invalid input"),
    N_("Try '{command} {option}' for help."),
    N_("Missing command."),
    N_("Missing argument"),
    N_("Missing option"),
    N_("Choose from:\n\t{choices}"),
    N_("No such option {name!r}."),
    N_("No such command {name!r}."),
    N_("Option {name!r} does not take a value."),
    N_("Invalid value: {message}"),
    N_("Invalid value for {param_hint}: {message}"),
    N_("{value!r} is not a valid {number_type}."),
    N_("{value} is not in the range {range}."),
    N_("{name} {filename!r} does not exist."),
    N_("{name} {filename!r} is a directory."),
    N_("{name} {filename!r} is not readable."),
    N_("{name} {filename!r} is not writable."),
    N_("file"),
)
NAMES = (N_("[OPTIONS]"), N_("COMMAND"), N_("[COMMAND]"), N_("[ARGS]..."))


def _plurals(count: int) -> tuple[str, ...]:
    """Those that go with a number; never called, only found here by the catalogue."""
    return (
        ngettext("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)", count),
        ngettext("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})", count),
        ngettext("Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments.", count),
        ngettext("{value!r} is not {choice}.", "{value!r} is not one of {choices}.", count),
    )


def speak() -> None:
    """From now on click's texts come from our catalogue, in the language that is spoken when they are said."""
    for module in MODULES:
        for name, theirs, ours in (
            ("_", standard.gettext, i18n.gettext),
            ("ngettext", standard.ngettext, i18n.ngettext),
        ):
            if getattr(module, name, None) is theirs:
                setattr(module, name, ours)
    click.Context.formatter_class = Formatter
    for kind, name in ((click.INT, _("number")), (click.IntRange, _("number")), (click.STRING, _("text"))):
        setattr(kind, "name", name)  # noqa: B010 - what stands for a value in help; IntRange has it for all


class Formatter(click.HelpFormatter):
    """Writes the names of what follows a command in our words."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """The line «Использование: …»."""
        super().write_usage(prog, " ".join(_(word) if word in NAMES else word for word in args.split(" ")), prefix)


class Day(click.DateTime):
    """A day as a word of a command: 01.09.2026 or 2026-09-01."""

    def __init__(self) -> None:
        super().__init__(["%d.%m.%Y", "%Y-%m-%d"])

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """What stands for it in help."""
        return _("DD.MM.YYYY")

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The moment the day begins."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(_("a day is written like 01.09.2026, not “{value}”").format(value=value), param, ctx)
