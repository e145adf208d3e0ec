"""The one table of column headers that sheets are understood by, with every accepted variant (docs/imports.md).

Headers are compared by letters and digits only: case, ё/е, spaces, dots and line breaks don't matter.
«{n}» stands for 1, 2 or 3.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from services.imports.tables import Sheet
from services.names import header_key

GUARDIANS = 3
"""Guardians a row may name."""

HEAD_WITHIN = 15
"""The header is looked for in so many first rows: titles and dates often stand above it."""


class Form(StrEnum):
    """What a sheet is a list of."""

    STUDENTS = "students"
    STAFF = "staff"
    HOMEROOMS = "homerooms"
    PLANS = "plans"


@dataclass(frozen=True)
class Column:
    """A column: its field in our terms, the header of the samples, other accepted headers, and what it holds.

    `slot`: the field belongs to a guardian: to the one of its number, or to the nearest guardian on its left, or to the
    only one of the row where the header doesn't say whose it is.
    """

    field: str
    title: str
    variants: tuple[str, ...]
    holds: str
    slot: bool = False


STUDENTS = (
    Column(
        "student",
        "ФИО ученика",
        ("ФИО", "Ученик", "Обучающийся", "Учащийся", "ФИО обучающегося", "ФИО учащегося", "ФИО ребёнка", "Ребёнок",
         "Фамилия, имя, отчество", "Фамилия Имя Отчество", "Фамилия, имя", "Фамилия Имя", "Фамилия и имя"),
        "фамилия, имя, отчество в одной ячейке",
    ),
    Column("last", "Фамилия", ("Фамилия ученика", "Фамилия обучающегося"), "если имя в трёх столбцах"),
    Column("first", "Имя", ("Имя ученика", "Имя обучающегося"), "если имя в трёх столбцах"),
    Column("middle", "Отчество", ("Отчество ученика", "Отчество обучающегося"), "если имя в трёх столбцах"),
    Column(
        "class",
        "Класс",
        ("Класс обучения", "Класс, буква", "Наименование класса", "Класс ученика"),
        "7Б, «7 Б», 7-Б; без столбца — имя листа, если это класс",
    ),
    Column("birth", "Дата рождения", ("Д.р.", "Дата рожд.", "Родился", "ДР"), "дата"),
    Column(
        "number",
        "№ личного дела",
        ("Номер личного дела", "Личное дело", "Личное дело №", "ID ученика", "Код ученика", "ID"),
        "различает однофамильцев и переживает смену фамилии",
    ),
    Column(
        "since", "Зачислен с", ("Дата зачисления", "Зачислен", "Прибыл", "Дата прибытия"), "дата; раньше года не бывает"
    ),
    Column(
        "until", "Выбыл", ("Дата выбытия", "Отчислен", "Дата отчисления", "Выбыл с"), "первый день без ученика"
    ),
    Column(
        "subgroups", "Подгруппы", ("Подгруппа", "Группы", "Группа"), "через запятую: «Английский 1, мальчики»"
    ),
    Column("student_phone", "Телефон ученика", ("Телефон обучающегося", "Мобильный ученика"), "телефон"),
    Column("student_email", "E-mail ученика", ("Почта ученика", "Эл. почта ученика"), "адрес"),
    Column(
        "guardian",
        "Родитель {n}",
        ("ФИО родителя {n}", "Родитель {n} ФИО", "Родитель {n} (ФИО)", "Законный представитель {n}",
         "ФИО законного представителя {n}", "Представитель {n}", "Родитель (законный представитель) {n}",
         "ФИО родителя (законного представителя) {n}", "Опекун {n}", "Мать", "ФИО матери", "Мама", "Отец", "ФИО отца",
         "Папа"),
        "фамилия, имя, отчество; номер можно не писать",
        slot=True,
    ),
    Column(
        "relation",
        "Кем приходится {n}",
        ("Степень родства {n}", "Родство {n}", "Кем приходится родитель {n}", "Родитель {n} кем приходится",
         "Статус родителя {n}"),
        "мать, отец, опекун, бабушка…",
        slot=True,
    ),
    Column(
        "phone",
        "Телефон родителя {n}",
        ("Телефон {n}", "Родитель {n} телефон", "Тел. {n}", "Тел. родителя {n}", "Мобильный телефон {n}",
         "Мобильный {n}", "Сотовый телефон {n}", "Контактный телефон {n}", "Телефон законного представителя {n}",
         "Телефон матери", "Телефон отца", "Телефон мамы", "Телефон папы"),
        "по телефону узнаём одного родителя у нескольких детей",
        slot=True,
    ),
    Column(
        "email",
        "E-mail родителя {n}",
        ("E-mail {n}", "Родитель {n} e-mail", "Почта {n}", "Эл. почта {n}", "Электронная почта {n}",
         "Адрес электронной почты {n}", "Электронная почта родителя {n}", "Почта родителя {n}", "E-mail матери",
         "E-mail отца", "Почта матери", "Почта отца"),
        "адрес",
        slot=True,
    ),
    Column(
        "application",
        "№ заявления {n}",
        ("Номер заявления {n}", "Заявление {n}", "Заявление № {n}", "Заявление (№, дата) {n}",
         "Родитель {n} № заявления", "№ заявления родителя {n}"),
        "номер, можно с датой: «15 от 28.08.2026»",
        slot=True,
    ),
    Column(
        "application_on",
        "Дата заявления {n}",
        ("Заявление от {n}", "Родитель {n} дата заявления", "Дата заявления родителя {n}"),
        "дата",
        slot=True,
    ),
    Column(
        "consent_on",
        "Дата согласия {n}",
        ("Согласие {n}", "Согласие от {n}", "Согласие на обработку персональных данных {n}", "Согласие на ОПД {n}",
         "Дата согласия на обработку персональных данных {n}", "Родитель {n} дата согласия",
         "Дата согласия родителя {n}"),
        "дата; без неё и заявления код семье не выдаётся",
        slot=True,
    ),
)  # fmt: skip

STAFF = (
    Column(
        "staff",
        "ФИО сотрудника",
        ("Сотрудник", "ФИО", "ФИО работника", "Работник", "ФИО педагога", "Педагог", "ФИО учителя", "Учитель",
         "Фамилия, имя, отчество", "Фамилия Имя Отчество"),
        "фамилия, имя, отчество в одной ячейке",
    ),
    Column("last", "Фамилия", (), "если имя в трёх столбцах"),
    Column("first", "Имя", (), "если имя в трёх столбцах"),
    Column("middle", "Отчество", (), "если имя в трёх столбцах"),
    Column(
        "roles",
        "Должность",
        ("Роль", "Роли", "Должности", "Роль в школе"),
        "через запятую: учитель, завуч, директор, секретарь, администратор журнала, воспитатель",
    ),
    Column(
        "homeroom",
        "Классное руководство",
        ("Классный руководитель", "Кл. руководство", "Классное рук-во", "Кл. рук."),
        "класс",
    ),
    Column("phone", "Телефон", ("Мобильный телефон", "Контактный телефон", "Сотовый телефон"), "телефон"),
    Column("email", "E-mail", ("Почта", "Электронная почта", "Эл. почта", "Адрес электронной почты"), "адрес"),
    Column("number", "Табельный номер", ("Таб. №", "№ табельный", "ID"), "различает тёзок"),
    Column("birth", "Дата рождения", ("Д.р.", "ДР"), "дата"),
    Column("until", "Уволен", ("Дата увольнения", "Уволен с"), "первый день без ролей"),
)  # fmt: skip

HOMEROOMS = (
    Column("class", "Класс", ("Наименование класса",), "7Б"),
    Column(
        "teacher",
        "Классный руководитель",
        ("ФИО классного руководителя", "Кл. руководитель", "Кл. рук.", "Учитель", "ФИО учителя"),
        "полное имя, или инициалы, если подходят одному",
    ),
)

PLANS = (
    Column(
        "subject", "Предмет", ("Наименование предмета", "Учебный предмет", "Дисциплина", "Название предмета"), "предмет"
    ),
    Column(
        "level",
        "Параллель",
        ("Класс", "Год обучения", "Классы", "Параллель (класс)"),
        "7, «7 класс»; план один на параллель",
    ),
    Column(
        "order",
        "№",
        ("№ п/п", "№ урока", "Номер урока", "Номер", "Урок", "Урок №", "№ занятия", "N", "N п/п"),
        "номер по порядку; «5-6» — тема на два часа",
    ),
    Column(
        "topic",
        "Тема",
        ("Тема урока", "Темы уроков", "Тема занятия", "Название темы", "Содержание", "Наименование темы",
         "Наименование разделов и тем", "Тема урока (раздел)"),
        "тема",
    ),
    Column(
        "curriculum",
        "Часов в год",
        ("Часы в год", "Часов по учебному плану", "Часы по учебному плану", "Учебный план", "Всего часов в год"),
        "часы предмета за год по учебному плану, в любой строке; без столбца считаются по расписанию",
    ),
    Column(
        "hours", "Часы", ("Кол-во часов", "Количество часов", "Часов", "Час", "Число часов", "Кол. часов"), "целое, 1"
    ),
    Column(
        "work",
        "Вид работы",
        ("Вид контроля", "Форма контроля", "Виды работ", "Контроль", "Вид, форма контроля", "Виды, формы контроля"),
        "контрольная, самостоятельная, диктант…",
    ),
)  # fmt: skip

FORMS: dict[Form, tuple[Column, ...]] = {
    Form.STUDENTS: STUDENTS,
    Form.STAFF: STAFF,
    Form.HOMEROOMS: HOMEROOMS,
    Form.PLANS: PLANS,
}

_NEEDED: dict[Form, tuple[frozenset[str], ...]] = {
    Form.STUDENTS: (frozenset({"student"}), frozenset({"last", "first"})),
    Form.STAFF: (frozenset({"staff", "roles"}), frozenset({"last", "first", "roles"})),
    Form.HOMEROOMS: (frozenset({"class", "teacher"}),),
    Form.PLANS: (frozenset({"topic"}),),
}


@dataclass(frozen=True)
class Heading:
    """One understood column of a sheet: its place from 0, the field, the guardian's number, the header as written."""

    index: int
    field: str
    slot: int
    text: str
    mother_or_father: str = ""


@dataclass
class Head:
    """An understood header: the form, its row, its columns, and headers nobody knows."""

    form: Form
    row: int
    columns: list[Heading]
    unknown: list[str] = field(default_factory=list)

    def has(self, name: str) -> bool:
        """Whether a field has a column."""
        return any(column.field == name for column in self.columns)


def find_head(sheet: Sheet, forms: Sequence[Form]) -> Head | None:
    """The header of a sheet, taken for the form that needs its columns and knows most of them; None if none does."""
    best: tuple[int, int] = (0, 0)
    found: Head | None = None
    for number, cells in sheet["rows"][:HEAD_WITHIN]:
        for form in forms:
            head = _read_head(form, number, cells)
            fields = {column.field for column in head.columns}
            if not any(needed <= fields for needed in _NEEDED[form]):
                continue
            known = (len(head.columns), -number)
            if known > best:
                best, found = known, head
    return found


def _read_head(form: Form, row: int, cells: Sequence[str]) -> Head:
    names = _names(form)
    head = Head(form, row, [])
    last_guardian = 0
    slots_of: dict[str, int] = {}
    seen: set[tuple[str, int]] = set()
    for index, text in enumerate(cells):
        if not text.strip():
            continue
        meant = names.get(header_key(text))
        if meant is None:
            head.unknown.append(text)
            continue
        column, slot = meant
        relation = _mother_or_father(text)
        named = bool(slot or relation)
        if column.field == "guardian":
            slot = slot or last_guardian + 1
            last_guardian = slot
            slots_of[relation] = slot
        elif column.slot:
            slot = slot or (slots_of.get(relation, 0) if relation else 0) or last_guardian
            own = next((one for one in FORMS[form] if one.field == f"student_{column.field}"), None)
            if not slot and own is not None:  # a telephone with no guardian on its left is the student's
                column = own
            elif not named and any((column.field, before) not in seen for before in range(1, last_guardian)):
                slot = 0  # one telephone after two guardians: whose it is, each row must leave no doubt
        if (column.field, slot) in seen or slot > GUARDIANS:
            head.unknown.append(text)
            continue
        seen.add((column.field, slot))
        head.columns.append(Heading(index, column.field, slot, text.strip(), relation))
    return head


def _names(form: Form) -> dict[str, tuple[Column, int]]:
    """Every accepted header of a form: its column and the guardian's number it names, 0 for none."""
    return {header_key(text): (column, slot) for column in FORMS[form] for text, slot in spellings(column)}


def spellings(column: Column) -> Iterator[tuple[str, int]]:
    """The headers of a column, written out, with the guardian's number each names."""
    for text in (column.title, *column.variants):
        if "{n}" in text:
            yield text.replace("{n}", "").strip(), 0
            for slot in range(1, GUARDIANS + 1):
                yield text.replace("{n}", str(slot)), slot
        else:
            yield text, 0


def _mother_or_father(text: str) -> str:
    """Whether a header itself says mother or father."""
    key = header_key(text)
    if "мат" in key or "мам" in key:
        return "mother"
    return "father" if "отец" in key or "отца" in key or "пап" in key else ""
