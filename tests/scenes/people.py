"""Names of the school of data/, as scenes call them."""

TEACHER = "Вишневская Галина Павловна"
HOMEROOM_TEACHER = "Кузнецова Вера Андреевна"
COLLEAGUE = "Соловьёв Сергей Михайлович"
HOMEROOM_OF_7A = "Чехов Антон Павлович"
SUBSTITUTE = "Лобачевский Николай Иванович"
DEPUTY = "Громова Инна Сергеевна"
ADMINISTRATOR = "Орлова Анна Сергеевна"

# Of the first, the middle and the last of the list; the middle one has both.
MOTHER_OF_FIRST = "Абдурахманова Зарема Исаевна"
MOTHER_OF_MIDDLE = "Константинопольская Стелла Марковна"
FATHER_OF_MIDDLE = "Константинопольский Герман Львович"
MOTHER_OF_LAST = "Яковлева Надежда Львовна"

MOTHER_LARINA = "Ларина Прасковья Ивановна"
FATHER_LARIN = "Ларин Дмитрий Иванович"
MOTHER_ONEGINA = "Онегина Мария Львовна"
MOTHER_OF_TWO = "Рождественская Светлана Андреевна"
MOTHER_IVANOVA = "Иванова Светлана Игоревна"  # of Илья, one of two Ивановы
MOTHER_PETROVA = "Петрова Раиса Максимовна"
MOTHER_WITHOUT_PAPERS = "Фёдорова Любовь Семёновна"
MOTHER_OF_7A = "Чацкая Анна Ильинична"
MOTHER_OF_1A = "Первоклашкина Вера Олеговна"
