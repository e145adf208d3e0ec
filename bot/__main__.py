"""The command line: `./zvonok …`. Heavy parts are imported by the command that needs them."""

import importlib
import os
import sys
from typing import IO, Any

import click
from pydantic import ValidationError

from bot import click_words
from bot.memory import undisturbed
from services.errors import SchoolError
from services.i18n import gettext as _

COMMANDS = {
    "run": ("bot.commands_run", "run"),
    "demo-data": ("bot.commands_run", "demo_data"),
    "migrate": ("bot.commands_run", "migrate"),
    "school": ("bot.commands_school", "school"),
    "people": ("bot.commands_school", "people"),
    "invite": ("bot.commands_school", "invite"),
    "import": ("bot.commands_import", "import_"),
    "doctor": ("bot.commands_doctor", "doctor"),
    "backup": ("bot.commands_backup", "backup"),
    "verify": ("bot.commands_backup", "verify"),
    "restore": ("bot.commands_backup", "restore"),
    "move": ("bot.commands_move", "move"),
    "erase": ("bot.commands_erase", "erase"),
    "delivery": ("bot.commands_delivery", "delivery"),
    "preview": ("bot.commands_preview", "preview"),
}


class Said(click.ClickException):
    """A sentence for who gave the command, without click's own word before it."""

    def show(self, file: IO[Any] | None = None) -> None:
        """Print it where errors go."""
        click.echo(self.message, file=file, err=file is None)


class NoSuchCommand(Said):
    """The first word is no command."""

    exit_code = click.UsageError.exit_code


class Lazy(click.Group):
    """A group whose commands are imported when called: aiogram alone costs seconds."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name."""
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name]
        with undisturbed():
            command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the words begin with. Raises NoSuchCommand."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            text = _("There is no such command: {name}. All of them: ./zvonok --help")
            raise NoSuchCommand(text.format(name=args[0]))
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what a person can mend is said in one sentence."""
        try:
            return super().invoke(ctx)
        except SchoolError as error:
            raise Said(error.say()) from None
        except ValidationError as error:
            first = error.errors()[0]
            name = "_".join(str(part) for part in first["loc"]).upper()
            text = _("The settings can't be used: {problem}")
            raise Said(text.format(problem=f"{name} {first['msg']}".strip())) from None
        except (click.UsageError, Said):
            raise
        except click.ClickException as error:
            raise Said(error.message) from None


click_words.speak()  # before the commands are made: some of it is said while they are


@click.group(
    cls=Lazy,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=_("Zvonok: a school's electronic journal and diary in Telegram."),
    epilog=_("Besides these: test [--fast], gates and check for developers, bench for measuring."),
)
def main() -> None:
    """The group of all commands."""


if __name__ == "__main__":
    os.umask(0o077)  # bases, keys and copies are for nobody but who runs this
    sys.exit(main(prog_name="./zvonok"))
