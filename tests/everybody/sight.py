"""Who may see what, asked of the base by plain SQL: the tests' own word on it, none of the service's."""

import sqlite3
from datetime import date

from tests.everybody.schools import Two

HOLDS = "{0}.since_on <= :today AND ({0}.until_on IS NULL OR {0}.until_on > :today)"
TIED = f"""
SELECT 1 FROM guardianship g WHERE g.guardian_id = :who AND g.student_id = :student AND {HOLDS.format("g")}
AND g.application IS NOT NULL AND g.consent_on IS NOT NULL AND g.awaiting_since IS NULL
"""
GUARDS = TIED + "AND EXISTS (SELECT 1 FROM consent c WHERE c.person_id = :who AND c.revoked_at IS NULL)"
OFFICE = f"""
SELECT 1 FROM person_role r JOIN person p ON p.id = :student AND p.school_id = r.school_id
WHERE r.person_id = :who AND r.role IN ('deputy', 'director', 'administrator', 'secretary') AND {HOLDS.format("r")}
"""
EMPLOYED = f"""
EXISTS (SELECT 1 FROM person_role r WHERE r.person_id = :who AND r.role NOT IN ('guardian', 'student')
AND {HOLDS.format("r")})
"""
TEACHES = f"""
SELECT 1 FROM lesson_teacher t JOIN lesson_audience a ON a.lesson_id = t.lesson_id
JOIN enrollment e ON e.class_id = a.class_id AND e.student_id = :student
WHERE t.teacher_id = :who AND {HOLDS.format("e")} AND {EMPLOYED} AND (a.subgroup_id IS NULL OR EXISTS (
SELECT 1 FROM subgroup_member m WHERE m.subgroup_id = a.subgroup_id AND m.student_id = :student))
"""
LEADS = f"""
SELECT 1 FROM homeroom h JOIN enrollment e ON e.class_id = h.class_id AND e.student_id = :student
WHERE h.teacher_id = :who AND {HOLDS.format("h")} AND {EMPLOYED}
"""
IN_CLASS = f"SELECT student_id FROM enrollment e WHERE e.class_id = :class AND {HOLDS.format('e')}"
THREAD = """
SELECT 1 FROM thread t WHERE t.id = :thread AND (t.teacher_id = :who OR t.family_id = :who OR EXISTS (
SELECT 1 FROM thread_entry n WHERE n.thread_id = t.id AND (n.author_id = :who OR n.to_id = :who)))
"""
TO_OFFICE = """
SELECT 1 FROM thread t JOIN person_role r ON r.school_id = t.school_id
WHERE t.id = :thread AND r.person_id = :who AND r.role IN ('deputy', 'director')
AND (t.teacher_id IS NULL OR t.complained_at IS NOT NULL)
"""


def may_see(base: sqlite3.Connection, two: Two, who: int, canary: str, today: date) -> bool:
    """Whether somebody may receive this canary today."""
    asked = {"who": who, "today": today.isoformat()}
    if canary in two.threads:
        return _any(base, (THREAD, TO_OFFICE), asked | {"thread": two.threads[canary]})
    if canary in two.classes:
        students = base.execute(IN_CLASS, asked | {"class": two.classes[canary]}).fetchall()
        return any(_student(base, asked | {"student": row[0]}) for row in students)
    return _student(base, asked | {"student": two.children[canary]})


def may_be_written_to(base: sqlite3.Connection, two: Two, who: int, canary: str, today: date) -> bool:
    """Whether a guardian may receive this canary by e-mail or on paper, where the paper's consent is enough."""
    asked = {"who": who, "today": today.isoformat()}
    if canary in two.classes:
        students = base.execute(IN_CLASS, asked | {"class": two.classes[canary]}).fetchall()
        return any(_any(base, (TIED,), asked | {"student": row[0]}) for row in students)
    if canary in two.threads:
        return _any(base, (THREAD,), asked | {"thread": two.threads[canary]})
    return _any(base, (TIED,), asked | {"student": two.children[canary]})


def _student(base: sqlite3.Connection, asked: dict[str, object]) -> bool:
    return asked["who"] == asked["student"] or _any(base, (GUARDS, OFFICE, TEACHES, LEADS), asked)


def _any(base: sqlite3.Connection, questions: tuple[str, ...], asked: dict[str, object]) -> bool:
    return any(base.execute(one, asked).fetchone() for one in questions)
