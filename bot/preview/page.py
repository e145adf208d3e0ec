"""The page of what people saw."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot.sandbox.seen import Answer, Message
from services.i18n import gettext as _


@dataclass(frozen=True)
class Shot:
    """A message as it stood at one moment; `html` is safe, made by the pocket Telegram from entities."""

    title: str
    html: Markup
    rows: Sequence[Sequence[str]]
    silent: bool
    document: str | None
    answer: str | None


@dataclass
class Album:
    """The shots, by whose phone they are of, in the order in which they were taken."""

    chapters: dict[str, list[Shot]] = field(default_factory=dict)

    def take(self, chapter: str, title: str, message: Message, answer: Answer | None = None) -> None:
        """Keep a message as it stands."""
        shot = Shot(
            title=title,
            html=Markup(message.html),  # noqa: S704 - see Shot
            rows=[[button.text for button in row] for row in message.button_rows],
            silent=message.silent,
            document=message.document.name if message.document else None,
            answer=answer.text if answer is not None else None,
        )
        self.chapters.setdefault(chapter, []).append(shot)

    def write(self, path: Path) -> None:
        """The page, with everything it needs in it."""
        templates = FileSystemLoader(Path(__file__).parent)
        environment = Environment(loader=templates, autoescape=True, undefined=StrictUndefined)
        words = {"title": _("Screens and letters"), "silent": _("silently"), "answer": _("answer to the tap")}
        page = environment.get_template("page.html.j2").render(chapters=self.chapters, words=words)
        path.write_text(page, encoding="utf-8")
