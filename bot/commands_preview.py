"""The command that writes every screen and letter into one page."""

import tempfile
from pathlib import Path

import click

from bot.commands_base import run_async
from bot.settings import read_settings
from services.i18n import gettext as _


@click.command(help=_("Write every screen and letter into one page."))
@click.argument(
    "file", metavar=_("[FILE]"), required=False, type=click.Path(dir_okay=False, writable=True, path_type=Path)
)
@run_async
async def preview(file: Path | None) -> None:
    """Live a demo day in a base of its own that is thrown away, and write down what the phones showed."""
    from bot.commands_run import demo_settings
    from bot.preview.walk import default_path, walk

    settings = read_settings()
    path = file or default_path(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        alone = settings.model_copy(update={"data_dir": Path(folder), "http_port": 0, "bot_token": None})
        album = await walk(demo_settings(alone))
    album.write(path)
    click.echo(_("Written: {path}").format(path=path))
