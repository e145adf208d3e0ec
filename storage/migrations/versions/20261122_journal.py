"""The journal by its clocks"""

import sqlalchemy as sa
from alembic import op

from storage.models.base import UtcDateTime

revision = '20261122_journal'
down_revision = '20260901_first'
branch_labels = None
depends_on = None

ADDED = (
    ("mark", "request_id"),
    ("lesson_work", "checked_by"),
    ("lesson_work", "checked_at"),
    ("lesson_record", "way"),
    ("lesson_plan", "curriculum_hours"),
    ("lesson", "moved_from_id"),
)


def _add_reference(table: str, column: str, target: str) -> None:
    """Add a column that refers to another table's id, in place.

    Batch mode would make the table anew, and SQLite refuses to drop the old one while rows refer to it.
    """
    kind = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    constraint = f"fk_{table}_{column}"
    op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind} CONSTRAINT {constraint} REFERENCES {target} (id)")


def upgrade() -> None:
    op.create_table('staff_leave',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('school_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('since_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=True),
    sa.Column('made_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('made_at', UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['made_by'], ['person.id'], name=op.f('fk_staff_leave_made_by')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_staff_leave_person_id')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_staff_leave_school_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_leave'))
    )
    with op.batch_alter_table('staff_leave', schema=None) as batch_op:
        batch_op.create_index('ix_staff_leave_person', ['person_id'], unique=False)

    op.create_table('result_receipt',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('school_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('class_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('subject_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('scope', sa.String(length=32), nullable=False),
    sa.Column('received_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('made_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('made_at', UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['class_id'], ['school_class.id'], name=op.f('fk_result_receipt_class_id')),
    sa.ForeignKeyConstraint(['made_by'], ['person.id'], name=op.f('fk_result_receipt_made_by')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_result_receipt_school_id')),
    sa.ForeignKeyConstraint(['subject_id'], ['subject.id'], name=op.f('fk_result_receipt_subject_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_result_receipt')),
    sa.UniqueConstraint('class_id', 'subject_id', 'scope', name=op.f('uq_result_receipt_class_id_subject_id_scope'))
    )
    op.create_table('term_mark',
    sa.Column('student_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('subject_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('scope', sa.String(length=32), nullable=False),
    sa.Column('rev', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('class_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('value', sa.String(length=8), nullable=True),
    sa.Column('issued', sa.Boolean(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('author_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('entered_at', UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['person.id'], name=op.f('fk_term_mark_author_id')),
    sa.ForeignKeyConstraint(['class_id'], ['school_class.id'], name=op.f('fk_term_mark_class_id')),
    sa.ForeignKeyConstraint(['student_id'], ['person.id'], name=op.f('fk_term_mark_student_id')),
    sa.ForeignKeyConstraint(['subject_id'], ['subject.id'], name=op.f('fk_term_mark_subject_id')),
    sa.PrimaryKeyConstraint('student_id', 'subject_id', 'scope', 'rev', name=op.f('pk_term_mark'))
    )
    with op.batch_alter_table('term_mark', schema=None) as batch_op:
        batch_op.create_index('ix_term_mark_class', ['class_id', 'scope', 'subject_id'], unique=False)
        batch_op.create_index('ix_term_mark_entered', ['entered_at'], unique=False)

    op.create_table('verification',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('school_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('class_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('for_on', sa.Date(), nullable=False),
    sa.Column('made_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('made_at', UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['class_id'], ['school_class.id'], name=op.f('fk_verification_class_id')),
    sa.ForeignKeyConstraint(['made_by'], ['person.id'], name=op.f('fk_verification_made_by')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_verification_school_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_verification')),
    sa.UniqueConstraint('class_id', 'kind', 'for_on', name=op.f('uq_verification_class_id_kind_for_on'))
    )
    op.create_table('correction_request',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('school_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('target', sa.String(length=64), nullable=False),
    sa.Column('lesson_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('class_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('subject_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('student_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('seen', sa.BigInteger(), nullable=False),
    sa.Column('former', sa.String(length=8), nullable=True),
    sa.Column('wanted', sa.String(length=8), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('asked_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('asked_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('decided_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('decided_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('decision', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['asked_by'], ['person.id'], name=op.f('fk_correction_request_asked_by')),
    sa.ForeignKeyConstraint(['class_id'], ['school_class.id'], name=op.f('fk_correction_request_class_id')),
    sa.ForeignKeyConstraint(['decided_by'], ['person.id'], name=op.f('fk_correction_request_decided_by')),
    sa.ForeignKeyConstraint(['lesson_id'], ['lesson.id'], name=op.f('fk_correction_request_lesson_id')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_correction_request_school_id')),
    sa.ForeignKeyConstraint(['student_id'], ['person.id'], name=op.f('fk_correction_request_student_id')),
    sa.ForeignKeyConstraint(['subject_id'], ['subject.id'], name=op.f('fk_correction_request_subject_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_correction_request'))
    )
    with op.batch_alter_table('correction_request', schema=None) as batch_op:
        batch_op.create_index('ix_correction_request_school', ['school_id', 'state'], unique=False)
        batch_op.create_index('ix_correction_request_student', ['student_id'], unique=False)
        batch_op.create_index('ix_correction_request_lesson', ['lesson_id'], unique=False)
        batch_op.create_index('uq_correction_request_open', ['target', 'student_id'], unique=True, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))

    op.create_table('homework_file',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('lesson_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('student_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('file_id', sa.Text(), nullable=False),
    sa.Column('unique_id', sa.String(length=64), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=True),
    sa.Column('author_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('added_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('removed_at', UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['author_id'], ['person.id'], name=op.f('fk_homework_file_author_id')),
    sa.ForeignKeyConstraint(['lesson_id'], ['lesson.id'], name=op.f('fk_homework_file_lesson_id')),
    sa.ForeignKeyConstraint(['student_id'], ['person.id'], name=op.f('fk_homework_file_student_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_homework_file'))
    )
    with op.batch_alter_table('homework_file', schema=None) as batch_op:
        batch_op.create_index('ix_homework_file_lesson', ['lesson_id'], unique=False)

    op.create_table('personal_homework',
    sa.Column('lesson_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('student_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('rev', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('value', sa.Text(), nullable=True),
    sa.Column('way', sa.String(length=16), nullable=True),
    sa.Column('author_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('entered_at', UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['person.id'], name=op.f('fk_personal_homework_author_id')),
    sa.ForeignKeyConstraint(['lesson_id'], ['lesson.id'], name=op.f('fk_personal_homework_lesson_id')),
    sa.ForeignKeyConstraint(['student_id'], ['person.id'], name=op.f('fk_personal_homework_student_id')),
    sa.PrimaryKeyConstraint('lesson_id', 'student_id', 'rev', name=op.f('pk_personal_homework'))
    )
    with op.batch_alter_table('personal_homework', schema=None) as batch_op:
        batch_op.create_index('ix_personal_homework_student', ['student_id', 'lesson_id'], unique=False)

    op.create_table('substitution',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('school_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('lesson_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('absent_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('substitute_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('made_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('made_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('ended_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('ended_by', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.ForeignKeyConstraint(['absent_id'], ['person.id'], name=op.f('fk_substitution_absent_id')),
    sa.ForeignKeyConstraint(['ended_by'], ['person.id'], name=op.f('fk_substitution_ended_by')),
    sa.ForeignKeyConstraint(['lesson_id'], ['lesson.id'], name=op.f('fk_substitution_lesson_id')),
    sa.ForeignKeyConstraint(['made_by'], ['person.id'], name=op.f('fk_substitution_made_by')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_substitution_school_id')),
    sa.ForeignKeyConstraint(['substitute_id'], ['person.id'], name=op.f('fk_substitution_substitute_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_substitution'))
    )
    with op.batch_alter_table('substitution', schema=None) as batch_op:
        batch_op.create_index('ix_substitution_school', ['school_id', 'made_at'], unique=False)
        batch_op.create_index('ix_substitution_lesson', ['lesson_id'], unique=False)
        batch_op.create_index('uq_substitution_in_force', ['lesson_id', 'absent_id'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))

    _add_reference("lesson", "moved_from_id", "lesson")
    op.add_column("lesson_plan", sa.Column("curriculum_hours", sa.BigInteger(), nullable=True))
    op.add_column("lesson_record", sa.Column("way", sa.String(length=16), nullable=True))
    op.add_column("lesson_work", sa.Column("checked_at", UtcDateTime(timezone=True), nullable=True))
    _add_reference("lesson_work", "checked_by", "person")
    _add_reference("mark", "request_id", "correction_request")
    op.create_index("ix_person_role_person", "person_role", ["person_id"])
    op.create_index(
        "ix_item_reminder",
        "item",
        ["created_at"],
        sqlite_where=sa.text("kind = 'reminder'"),
        postgresql_where=sa.text("kind = 'reminder'"),
    )
    op.create_index(
        "ix_lesson_moved_from",
        "lesson",
        ["moved_from_id"],
        sqlite_where=sa.text("moved_from_id IS NOT NULL"),
        postgresql_where=sa.text("moved_from_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_lesson_moved_from", table_name="lesson")
    op.drop_index("ix_item_reminder", table_name="item")
    op.drop_index("ix_person_role_person", table_name="person_role")
    for table, column in ADDED:
        op.drop_column(table, column)
    with op.batch_alter_table('substitution', schema=None) as batch_op:
        batch_op.drop_index('uq_substitution_in_force', sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
        batch_op.drop_index('ix_substitution_lesson')
        batch_op.drop_index('ix_substitution_school')

    op.drop_table('substitution')
    with op.batch_alter_table('personal_homework', schema=None) as batch_op:
        batch_op.drop_index('ix_personal_homework_student')

    op.drop_table('personal_homework')
    with op.batch_alter_table('homework_file', schema=None) as batch_op:
        batch_op.drop_index('ix_homework_file_lesson')

    op.drop_table('homework_file')
    with op.batch_alter_table('correction_request', schema=None) as batch_op:
        batch_op.drop_index('uq_correction_request_open', sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
        batch_op.drop_index('ix_correction_request_lesson')
        batch_op.drop_index('ix_correction_request_student')
        batch_op.drop_index('ix_correction_request_school')

    op.drop_table('correction_request')
    op.drop_table('verification')
    with op.batch_alter_table('term_mark', schema=None) as batch_op:
        batch_op.drop_index('ix_term_mark_entered')
        batch_op.drop_index('ix_term_mark_class')

    op.drop_table('term_mark')
    op.drop_table('result_receipt')
    with op.batch_alter_table('staff_leave', schema=None) as batch_op:
        batch_op.drop_index('ix_staff_leave_person')

    op.drop_table('staff_leave')
