"""Who of the demo school has a phone in the pocket Telegram, by the names in its lists."""

from dataclasses import dataclass

from services.names import fold


@dataclass(frozen=True)
class Phone:
    """A phone: its label, whose it is, and its number in the pocket Telegram.

    `staff` are let in by a staff code, a `student` by a slip of their own; `at_once`: chooses to be told of marks at
    once, not in the evening.
    """

    id: int
    label: str
    name: str
    staff: bool = False
    at_once: bool = False
    student: bool = False

    @property
    def key(self) -> str:
        """The key of the person's name."""
        return fold(self.name)


TEACHER = Phone(7001, "Учитель", "Ковалёв Андрей Николаевич", staff=True)
HOMEROOM_TEACHER = Phone(7002, "Классный руководитель 7Б", "Соловьёва Елена Викторовна", staff=True)
MOTHER = Phone(7003, "Мама", "Морозова Екатерина Андреевна")
FATHER = Phone(7004, "Папа", "Иванов Николай Сергеевич", at_once=True)
DEPUTY = Phone(7005, "Завуч", "Громова Наталья Сергеевна", staff=True)
NEWCOMER = Phone(7006, "Мама, ещё не подключена", "Кузнецова Елена Владимировна")
STUDENT = Phone(7007, "Ученик", "Иванов Пётр Николаевич", student=True)
SECOND_GUARDIAN = Phone(7008, "Мама Петра", "Иванова Ольга Дмитриевна")

CONNECTED = (TEACHER, MOTHER, HOMEROOM_TEACHER, FATHER, DEPUTY, STUDENT, SECOND_GUARDIAN)
"""In the order in which they stand on the page: the lesson and the letter about it side by side."""
CHILDREN = (
    "Морозова Анастасия Романовна",
    "Морозов Арсений Романович",
    "Иванов Пётр Николаевич",
    "Кузнецов Артём Павлович",
)
"""The children of these families; on the day of the demo they are at school, so that their absence is news."""
