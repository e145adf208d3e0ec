"""«Кто подключён»: families and students of a class, confirming, disconnecting, slips."""

from collections.abc import Awaitable, Callable, Sequence

from aiogram import Bot
from aiogram.types import BufferedInputFile, CallbackQuery

from handlers.callbacks.access import (
    AskForStudentSlips,
    AskToDisconnectStudent,
    ConfirmStudent,
    DisconnectStudent,
    OpenAccess,
    OpenStudentAccess,
    OpenStudents,
    PrintStudentSlip,
    PrintStudentSlips,
    RefuseGuardian,
    RefuseStudent,
)
from handlers.callbacks.homeroom import (
    AskForSlips,
    AskToDisconnect,
    ConfirmGuardian,
    Disconnect,
    OpenGuardian,
    OpenGuardians,
    PrintSlip,
    PrintSlips,
)
from handlers.filters import Known
from handlers.scene import Scene
from handlers.screen import answer, show
from handlers.screens import access as screens
from services import words
from services.actor import Actor
from services.homeroom import Homeroom, Slips
from services.i18n import gettext as _
from services.invitations import Issued
from services.reports.slips import Slip, slips_pdf
from services.student_access import StudentAccess, StudentSlips, StudentsView
from storage.vocabulary import ClassId, PersonId


async def open_access(
    query: CallbackQuery, callback_data: OpenAccess, bot: Bot, actor: Actor, homeroom: Homeroom
) -> None:
    """Who of a class is connected."""
    await show(bot, query, screens.access(await homeroom.access(actor, ClassId(callback_data.school_class))))


async def open_guardians(
    query: CallbackQuery, callback_data: OpenGuardians, bot: Bot, actor: Actor, homeroom: Homeroom
) -> None:
    """Those who stand alike."""
    view = await homeroom.access(actor, ClassId(callback_data.school_class))
    await show(bot, query, screens.guardians(view, callback_data.standing, callback_data.page))


async def open_guardian(
    query: CallbackQuery, callback_data: OpenGuardian, bot: Bot, actor: Actor, homeroom: Homeroom
) -> None:
    """One guardian."""
    class_id = ClassId(callback_data.school_class)
    view, family = await homeroom.family(actor, class_id, PersonId(callback_data.guardian))
    await show(bot, query, screens.guardian(class_id, family, led=view.led))


async def confirm_guardian(
    query: CallbackQuery, callback_data: ConfirmGuardian, bot: Bot, actor: Actor, homeroom: Homeroom
) -> None:
    """The person is known."""
    class_id = ClassId(callback_data.school_class)
    family = await homeroom.confirm(actor, class_id, PersonId(callback_data.guardian))
    await show(bot, query, screens.guardian(class_id, family), _("Confirmed"))


async def refuse_guardian(
    query: CallbackQuery, callback_data: RefuseGuardian, bot: Bot, actor: Actor, homeroom: Homeroom
) -> None:
    """That phone stays outside."""
    class_id = ClassId(callback_data.school_class)
    family = await homeroom.refuse(actor, class_id, PersonId(callback_data.guardian))
    await show(bot, query, screens.guardian(class_id, family), _("Not confirmed"))


async def ask_to_disconnect(
    query: CallbackQuery, callback_data: AskToDisconnect, bot: Bot, actor: Actor, homeroom: Homeroom
) -> None:
    """Are you sure?"""
    class_id = ClassId(callback_data.school_class)
    _view, family = await homeroom.family(actor, class_id, PersonId(callback_data.guardian))
    await show(bot, query, screens.ask_to_disconnect(class_id, family))


async def disconnect(
    query: CallbackQuery, callback_data: Disconnect, bot: Bot, actor: Actor, homeroom: Homeroom
) -> None:
    """The account ends."""
    class_id = ClassId(callback_data.school_class)
    view, family = await homeroom.disconnect(actor, class_id, PersonId(callback_data.guardian))
    await show(bot, query, screens.guardian(class_id, family, led=view.led), _("Disconnected"))


async def ask_for_slips(
    query: CallbackQuery, callback_data: AskForSlips, bot: Bot, actor: Actor, homeroom: Homeroom
) -> None:
    """For whom slips are printed."""
    await show(bot, query, screens.ask_for_slips(await homeroom.view(actor, ClassId(callback_data.school_class))))


async def print_slips(
    query: CallbackQuery, callback_data: PrintSlips, bot: Bot, actor: Actor, homeroom: Homeroom
) -> None:
    """Slips of all who aren't connected."""
    await _print_guardians(query, bot, actor, await homeroom.slips(actor, ClassId(callback_data.school_class)))


async def print_slip(
    query: CallbackQuery, callback_data: PrintSlip, bot: Bot, actor: Actor, homeroom: Homeroom
) -> None:
    """The slip of one guardian."""
    class_id = ClassId(callback_data.school_class)
    await _print_guardians(query, bot, actor, await homeroom.slips(actor, class_id, PersonId(callback_data.guardian)))


async def open_students(
    query: CallbackQuery, callback_data: OpenStudents, bot: Bot, actor: Actor, student_access: StudentAccess
) -> None:
    """The students of a class."""
    view = await student_access.view(actor, ClassId(callback_data.school_class))
    await show(bot, query, screens.students(view, callback_data.page))


async def open_student(
    query: CallbackQuery, callback_data: OpenStudentAccess, bot: Bot, actor: Actor, student_access: StudentAccess
) -> None:
    """One student."""
    view = await student_access.view(actor, ClassId(callback_data.school_class))
    await show(bot, query, screens.student(view, PersonId(callback_data.student)))


async def confirm_student(
    query: CallbackQuery, callback_data: ConfirmStudent, bot: Bot, actor: Actor, student_access: StudentAccess
) -> None:
    """It is the student's own phone."""
    await _change_student(query, callback_data, bot, actor, student_access.confirm, _("Confirmed"))


async def refuse_student(
    query: CallbackQuery, callback_data: RefuseStudent, bot: Bot, actor: Actor, student_access: StudentAccess
) -> None:
    """That phone stays outside."""
    await _change_student(query, callback_data, bot, actor, student_access.refuse, _("Not confirmed"))


async def ask_to_disconnect_student(
    query: CallbackQuery, callback_data: AskToDisconnectStudent, bot: Bot, actor: Actor, student_access: StudentAccess
) -> None:
    """Are you sure?"""
    view = await student_access.view(actor, ClassId(callback_data.school_class))
    await show(bot, query, screens.ask_to_disconnect_student(view, PersonId(callback_data.student)))


async def disconnect_student(
    query: CallbackQuery, callback_data: DisconnectStudent, bot: Bot, actor: Actor, student_access: StudentAccess
) -> None:
    """The account ends."""
    await _change_student(query, callback_data, bot, actor, student_access.disconnect, _("Disconnected"))


async def _change_student(
    query: CallbackQuery,
    place: ConfirmStudent | RefuseStudent | DisconnectStudent,
    bot: Bot,
    actor: Actor,
    change: Callable[[Actor, ClassId, PersonId], Awaitable[StudentsView]],
    toast: str,
) -> None:
    student_id = PersonId(place.student)
    view = await change(actor, ClassId(place.school_class), student_id)
    await show(bot, query, screens.student(view, student_id), toast)


async def ask_for_student_slips(
    query: CallbackQuery, callback_data: AskForStudentSlips, bot: Bot, actor: Actor, student_access: StudentAccess
) -> None:
    """For which students slips are printed."""
    view = await student_access.view(actor, ClassId(callback_data.school_class))
    await show(bot, query, screens.ask_for_student_slips(view))


async def print_student_slips(
    query: CallbackQuery, callback_data: PrintStudentSlips, bot: Bot, actor: Actor, student_access: StudentAccess
) -> None:
    """Slips of all students who aren't connected."""
    slips = await student_access.slips(actor, ClassId(callback_data.school_class))
    await _print_students(query, bot, actor, slips)


async def print_student_slip(
    query: CallbackQuery, callback_data: PrintStudentSlip, bot: Bot, actor: Actor, student_access: StudentAccess
) -> None:
    """The slip of one student."""
    class_id = ClassId(callback_data.school_class)
    await _print_students(
        query, bot, actor, await student_access.slips(actor, class_id, PersonId(callback_data.student))
    )


async def _print_guardians(query: CallbackQuery, bot: Bot, actor: Actor, slips: Slips) -> None:
    people = [
        (", ".join(one.family.children), one.family.name, words.relation(one.family.relation), one.issued)
        for one in slips.slips
    ]
    bare = slips.without_papers
    name = _("Slips {name}.pdf").format(name=slips.class_name)
    await _print(query, bot, actor, slips, people, bare, name, screens.slips_caption)


async def _print_students(query: CallbackQuery, bot: Bot, actor: Actor, slips: StudentSlips) -> None:
    people = [(line.short_name, _("The student's own slip"), "", issued) for line, issued in slips.slips]
    name = _("Student slips {name}.pdf").format(name=slips.class_name)
    await _print(query, bot, actor, slips, people, slips.without_papers, name, screens.student_slips_caption)


async def _print(
    query: CallbackQuery,
    bot: Bot,
    actor: Actor,
    slips: Slips | StudentSlips,
    people: Sequence[tuple[str, str, str, Issued]],
    without_papers: Sequence[str],
    name: str,
    caption: Callable[[int, str], str],
) -> None:
    """Set the slips and send them. They are kept nowhere: who lost the document presses again and gets new codes."""
    if not people:
        await answer(bot, query, _("Everybody who may have a slip is connected."), alert=True)
        return
    await answer(bot, query, _("Making the document…"))
    username = (await bot.me()).username
    until = words.day_and_month(people[0][3].expires_at.astimezone(actor.zone).date())
    cards = [
        Slip(
            child=child,
            class_name=slips.class_name,
            holder=holder,
            relation=relation,
            link=f"https://t.me/{username}?start={issued.token}",
            code=issued.code,
            expires=until,
            bot=f"@{username}",
        )
        for child, holder, relation, issued in people
    ]
    document = await slips_pdf(slips.school, slips.class_name, cards, without_papers, slips.now)
    said = caption(len(cards), until)
    await bot.send_document(query.from_user.id, BufferedInputFile(document, name), caption=said)


def router() -> Scene:
    """The router of this scene, a new one at every call."""
    made = Scene(name="access")
    made.callback_query.filter(Known())
    made.callback_query.register(open_access, OpenAccess.filter())
    made.callback_query.register(open_guardians, OpenGuardians.filter())
    made.callback_query.register(open_guardian, OpenGuardian.filter())
    made.callback_query.register(confirm_guardian, ConfirmGuardian.filter())
    made.callback_query.register(refuse_guardian, RefuseGuardian.filter())
    made.callback_query.register(ask_to_disconnect, AskToDisconnect.filter())
    made.callback_query.register(disconnect, Disconnect.filter())
    made.callback_query.register(ask_for_slips, AskForSlips.filter())
    made.callback_query.register(print_slips, PrintSlips.filter())
    made.callback_query.register(print_slip, PrintSlip.filter())
    made.callback_query.register(open_students, OpenStudents.filter())
    made.callback_query.register(open_student, OpenStudentAccess.filter())
    made.callback_query.register(confirm_student, ConfirmStudent.filter())
    made.callback_query.register(refuse_student, RefuseStudent.filter())
    made.callback_query.register(ask_to_disconnect_student, AskToDisconnectStudent.filter())
    made.callback_query.register(disconnect_student, DisconnectStudent.filter())
    made.callback_query.register(ask_for_student_slips, AskForStudentSlips.filter())
    made.callback_query.register(print_student_slips, PrintStudentSlips.filter())
    made.callback_query.register(print_student_slip, PrintStudentSlip.filter())
    return made
