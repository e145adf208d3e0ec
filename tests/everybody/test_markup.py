"""Whatever people are called or write, it is shown as it stands: no markup of theirs, and no formula in a table.

Every free text of the school gets a tag, an ampersand and a formula's beginning; then those who may open everything.
"""

import io
import zipfile
from collections.abc import Iterator

import pytest
from pydantic import ValidationError
from sqlalchemy import literal, update

from bot.sandbox.entities import parse_html
from bot.sandbox.errors import ApiError
from handlers.callbacks import every_button
from storage.models.broadcasts import Broadcast
from storage.models.family import AbsenceNote
from storage.models.journal import HomeworkFile, LessonRecord, Mark, PersonalHomework
from storage.models.people import Person
from storage.models.school import PlanTopic, School, Subject
from storage.models.threads import ThreadEntry
from tests.everybody import buttons
from tests.everybody.chats import Came, files_of
from tests.everybody.world import World
from tests.rights import declared
from tests.rights.test_rights import named

HOSTILE = "=1+1<u>&"  # a formula counts only at a cell's beginning; no text of ours underlines anything
SHOWN = "=1+1&lt;u&gt;&amp;"
TEXTS = (
    *(Person.last_name, Person.first_name, ThreadEntry.text, LessonRecord.value, PersonalHomework.value),
    *(Mark.comment, AbsenceNote.words, Broadcast.text, HomeworkFile.name, School.name, Subject.name, PlanTopic.title),
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("markup"))
    made.does(written_over(made))
    yield made
    made.close()


async def written_over(world: World) -> None:
    async with world.storage.writing() as uow:
        for column in TEXTS:
            where = column.is_not(None)
            if column is LessonRecord.value:
                where = LessonRecord.part.in_(("topic", "homework"))
            await uow.write(update(column.class_).where(where).values({column: literal(HOSTILE) + column}))


def test_nothing_that_people_write_is_markup_or_a_formula(world: World) -> None:
    shown, tables, wrong = 0, 0, []
    for button in every_button():
        may = sorted(declared.BUTTONS.get(named(button), ()))
        try:
            pressed = buttons.made(button, world.two.near).pack()
        except (ValidationError, buttons.Unknown):
            continue
        for who in may[:3]:
            came = world.does(world.chats.press(world.two.people[who], pressed))
            wrong += [f"{named(button)}, {who}: {one}" for one in faults(came)]
            shown += sum(SHOWN in text for text in texts(came))
            tables += sum(content.startswith(b"PK") for _name, content in files_of(came.calls))
    assert not wrong, "\n".join(wrong[:20])
    assert shown > 50 and tables >= 2, (shown, tables)


def texts(came: Came) -> list[str]:
    """What was to be read as HTML."""
    return [
        text
        for call in came.calls
        if getattr(call, "parse_mode", None) == "HTML"
        for text in (getattr(call, "text", None), getattr(call, "caption", None))
        if isinstance(text, str)
    ]


def faults(came: Came) -> Iterator[str]:
    """Markup that came from people, or that doesn't parse; formulas in tables."""
    for text in texts(came):
        try:
            parse_html(text)
        except ApiError as error:
            yield f"{error}: {text[:200]}"
            continue
        if "<u>" in text:
            yield f"markup of somebody's: {text[:200]}"
    for name, content in files_of(came.calls):
        if content.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(content)) as parts:
                sheets = [one for one in parts.namelist() if one.startswith("xl/worksheets/")]
                if any(b"<f>" in parts.read(one) for one in sheets):
                    yield f"a formula in {name}"
