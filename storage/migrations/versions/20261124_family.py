"""The family: contacts, notes, acknowledgements, visits, printed sheets, broadcasts"""

import sqlalchemy as sa
from alembic import op

from storage.models.base import UtcDateTime

revision = '20261124_family'
down_revision = '20261123_threads'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('audit_seal',
    sa.Column('id', ID, autoincrement=True, nullable=False),
    sa.Column('up_to', sa.BigInteger(), nullable=False),
    sa.Column('lines', sa.BigInteger(), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.Column('at', UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_seal')),
    sa.UniqueConstraint('up_to', name=op.f('uq_audit_seal_up_to'))
    )
    op.create_table('absence_note',
    sa.Column('id', ID, autoincrement=True, nullable=False),
    sa.Column('school_id', ID, nullable=False),
    sa.Column('student_id', ID, nullable=False),
    sa.Column('guardian_id', ID, nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=False),
    sa.Column('reason', sa.String(length=16), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('created_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('decided_by', ID, nullable=True),
    sa.Column('decided_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['decided_by'], ['person.id'], name=op.f('fk_absence_note_decided_by')),
    sa.ForeignKeyConstraint(['guardian_id'], ['person.id'], name=op.f('fk_absence_note_guardian_id')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_absence_note_school_id')),
    sa.ForeignKeyConstraint(['student_id'], ['person.id'], name=op.f('fk_absence_note_student_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_absence_note'))
    )
    op.create_index('ix_absence_note_student', 'absence_note', ['student_id', 'from_on'], unique=False)
    op.create_table('acknowledgement',
    sa.Column('id', ID, autoincrement=True, nullable=False),
    sa.Column('school_id', ID, nullable=False),
    sa.Column('person_id', ID, nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('subject', sa.String(length=64), nullable=False),
    sa.Column('on_paper', sa.Boolean(), nullable=False),
    sa.Column('at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('entered_by', ID, nullable=True),
    sa.ForeignKeyConstraint(['entered_by'], ['person.id'], name=op.f('fk_acknowledgement_entered_by')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_acknowledgement_person_id')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_acknowledgement_school_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_acknowledgement')),
    sa.UniqueConstraint('person_id', 'kind', 'subject', name=op.f('uq_acknowledgement_person_id_kind_subject'))
    )
    op.create_index('ix_acknowledgement_subject', 'acknowledgement', ['kind', 'subject'], unique=False)
    op.create_table('broadcast',
    sa.Column('id', ID, autoincrement=True, nullable=False),
    sa.Column('school_id', ID, nullable=False),
    sa.Column('author_id', ID, nullable=False),
    sa.Column('audience', sa.JSON(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('files', sa.JSON(), nullable=True),
    sa.Column('question', sa.JSON(), nullable=True),
    sa.Column('asks_reading', sa.Boolean(), nullable=False),
    sa.Column('urgent', sa.Boolean(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('rev', sa.BigInteger(), nullable=False),
    sa.Column('created_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('send_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('sent_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('ended_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('closed_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('reminded_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('pause_reason', sa.String(length=16), nullable=True),
    sa.Column('past_attempts', sa.BigInteger(), nullable=False),
    sa.Column('past_errors', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['person.id'], name=op.f('fk_broadcast_author_id')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_broadcast_school_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_broadcast'))
    )
    op.create_index('ix_broadcast_author', 'broadcast', ['author_id', 'id'], unique=False)
    op.create_index('ix_broadcast_state', 'broadcast', ['state', 'send_at'], unique=False)
    op.create_table('contact',
    sa.Column('id', ID, autoincrement=True, nullable=False),
    sa.Column('school_id', ID, nullable=False),
    sa.Column('person_id', ID, nullable=False),
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('address', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('given_on', sa.Date(), nullable=False),
    sa.Column('rank', sa.BigInteger(), nullable=False),
    sa.Column('confirm_hash', sa.String(length=64), nullable=True),
    sa.Column('asked_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('confirmed_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('stopped_at', UtcDateTime(timezone=True), nullable=True),
    sa.Column('stopped_reason', sa.String(length=32), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_contact_person_id')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_contact_school_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contact')),
    sa.UniqueConstraint('confirm_hash', name=op.f('uq_contact_confirm_hash'))
    )
    op.create_index('uq_contact_stands', 'contact', ['person_id', 'channel'], unique=True, sqlite_where=sa.text('stopped_at IS NULL'), postgresql_where=sa.text('stopped_at IS NULL'))
    op.create_table('visit',
    sa.Column('person_id', ID, autoincrement=False, nullable=False),
    sa.Column('on_date', sa.Date(), nullable=False),
    sa.Column('school_id', ID, nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_visit_person_id')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_visit_school_id')),
    sa.PrimaryKeyConstraint('person_id', 'on_date', name=op.f('pk_visit'))
    )
    op.create_index('ix_visit_day', 'visit', ['school_id', 'on_date'], unique=False)
    op.create_table('briefing',
    sa.Column('id', ID, autoincrement=True, nullable=False),
    sa.Column('school_id', ID, nullable=False),
    sa.Column('class_id', ID, nullable=False),
    sa.Column('student_id', ID, nullable=True),
    sa.Column('teacher_id', ID, nullable=False),
    sa.Column('on_date', sa.Date(), nullable=False),
    sa.Column('way', sa.String(length=16), nullable=False),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('entered_at', UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['class_id'], ['school_class.id'], name=op.f('fk_briefing_class_id')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_briefing_school_id')),
    sa.ForeignKeyConstraint(['student_id'], ['person.id'], name=op.f('fk_briefing_student_id')),
    sa.ForeignKeyConstraint(['teacher_id'], ['person.id'], name=op.f('fk_briefing_teacher_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_briefing'))
    )
    op.create_index('ix_briefing_class', 'briefing', ['class_id', 'on_date'], unique=False)
    op.create_table('broadcast_answer',
    sa.Column('id', ID, autoincrement=True, nullable=False),
    sa.Column('broadcast_id', ID, nullable=False),
    sa.Column('person_id', ID, nullable=False),
    sa.Column('rev', sa.BigInteger(), nullable=False),
    sa.Column('option', sa.BigInteger(), nullable=False),
    sa.Column('at', UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['broadcast_id'], ['broadcast.id'], name=op.f('fk_broadcast_answer_broadcast_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_broadcast_answer_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_broadcast_answer')),
    sa.UniqueConstraint('broadcast_id', 'person_id', 'rev', name=op.f('uq_broadcast_answer_broadcast_id_person_id_rev'))
    )
    op.create_table('broadcast_recipient',
    sa.Column('broadcast_id', ID, autoincrement=False, nullable=False),
    sa.Column('person_id', ID, autoincrement=False, nullable=False),
    sa.Column('student_id', ID, nullable=True),
    sa.ForeignKeyConstraint(['broadcast_id'], ['broadcast.id'], name=op.f('fk_broadcast_recipient_broadcast_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_broadcast_recipient_person_id')),
    sa.ForeignKeyConstraint(['student_id'], ['person.id'], name=op.f('fk_broadcast_recipient_student_id')),
    sa.PrimaryKeyConstraint('broadcast_id', 'person_id', name=op.f('pk_broadcast_recipient'))
    )
    op.create_index('ix_broadcast_recipient_person', 'broadcast_recipient', ['person_id'], unique=False)
    op.create_table('print_batch',
    sa.Column('id', ID, autoincrement=True, nullable=False),
    sa.Column('school_id', ID, nullable=False),
    sa.Column('class_id', ID, nullable=False),
    sa.Column('since_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=False),
    sa.Column('printed_by', ID, nullable=False),
    sa.Column('printed_at', UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['class_id'], ['school_class.id'], name=op.f('fk_print_batch_class_id')),
    sa.ForeignKeyConstraint(['printed_by'], ['person.id'], name=op.f('fk_print_batch_printed_by')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_print_batch_school_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_print_batch')),
    sa.UniqueConstraint('class_id', 'until_on', name=op.f('uq_print_batch_class_id_until_on'))
    )
    op.create_table('print_sheet',
    sa.Column('id', ID, autoincrement=True, nullable=False),
    sa.Column('batch_id', ID, nullable=False),
    sa.Column('guardian_id', ID, nullable=False),
    sa.Column('student_id', ID, nullable=False),
    sa.Column('letter_id', ID, nullable=True),
    sa.Column('handed_on', sa.Date(), nullable=True),
    sa.Column('handed_by', ID, nullable=True),
    sa.ForeignKeyConstraint(['batch_id'], ['print_batch.id'], name=op.f('fk_print_sheet_batch_id')),
    sa.ForeignKeyConstraint(['guardian_id'], ['person.id'], name=op.f('fk_print_sheet_guardian_id')),
    sa.ForeignKeyConstraint(['handed_by'], ['person.id'], name=op.f('fk_print_sheet_handed_by')),
    sa.ForeignKeyConstraint(['letter_id'], ['letter.id'], name=op.f('fk_print_sheet_letter_id')),
    sa.ForeignKeyConstraint(['student_id'], ['person.id'], name=op.f('fk_print_sheet_student_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_print_sheet')),
    sa.UniqueConstraint('batch_id', 'guardian_id', 'student_id', name=op.f('uq_print_sheet_batch_id_guardian_id_student_id'))
    )
    op.drop_index(op.f('ix_attendance_student'), table_name='attendance')
    op.create_index('ix_attendance_student', 'attendance', ['student_id'], unique=False)
    op.add_column('guardianship', sa.Column('end_reason', sa.String(length=16), nullable=True))
    op.add_column('guardianship', sa.Column('ended_at', UtcDateTime(timezone=True), nullable=True))
    op.add_column('guardianship', sa.Column('ended_by', sa.BigInteger(), nullable=True))
    op.add_column('item', sa.Column('channel', sa.String(length=16), server_default='telegram', nullable=False))
    op.drop_index(op.f('ix_mark_student'), table_name='mark')
    op.create_index('ix_mark_student', 'mark', ['student_id'], unique=False)
    op.add_column('owner', sa.Column('paused_at', UtcDateTime(timezone=True), nullable=True))
    op.add_column('preferences', sa.Column('kinds', sa.JSON(), nullable=True))
    op.add_column('school', sa.Column('bot_id', sa.BigInteger(), nullable=True))
    op.drop_index(op.f('uq_telegram_account_person'), table_name='telegram_account', sqlite_where=sa.text("state <> 'revoked'"), postgresql_where=sa.text("state <> 'revoked'"))
    op.create_index('uq_telegram_account_person', 'telegram_account', ['bot_id', 'person_id', 'state'], unique=True, sqlite_where=sa.text("state <> 'revoked'"), postgresql_where=sa.text("state <> 'revoked'"))


def downgrade() -> None:
    op.drop_index('uq_telegram_account_person', table_name='telegram_account', sqlite_where=sa.text("state <> 'revoked'"), postgresql_where=sa.text("state <> 'revoked'"))
    op.create_index(op.f('uq_telegram_account_person'), 'telegram_account', ['bot_id', 'person_id'], unique=True, sqlite_where=sa.text("state <> 'revoked'"), postgresql_where=sa.text("state <> 'revoked'"))
    op.drop_column('school', 'bot_id')
    op.drop_column('preferences', 'kinds')
    op.drop_column('owner', 'paused_at')
    op.drop_index('ix_mark_student', table_name='mark')
    op.create_index(op.f('ix_mark_student'), 'mark', ['student_id', 'work_id'], unique=False)
    op.drop_column('item', 'channel')
    op.drop_column('guardianship', 'ended_by')
    op.drop_column('guardianship', 'ended_at')
    op.drop_column('guardianship', 'end_reason')
    op.drop_index('ix_attendance_student', table_name='attendance')
    op.create_index(op.f('ix_attendance_student'), 'attendance', ['student_id', 'lesson_id'], unique=False)
    op.drop_table('print_sheet')
    op.drop_table('print_batch')
    op.drop_index('ix_broadcast_recipient_person', table_name='broadcast_recipient')
    op.drop_table('broadcast_recipient')
    op.drop_table('broadcast_answer')
    op.drop_index('ix_briefing_class', table_name='briefing')
    op.drop_table('briefing')
    op.drop_index('ix_visit_day', table_name='visit')
    op.drop_table('visit')
    op.drop_index('uq_contact_stands', table_name='contact', sqlite_where=sa.text('stopped_at IS NULL'), postgresql_where=sa.text('stopped_at IS NULL'))
    op.drop_table('contact')
    op.drop_index('ix_broadcast_state', table_name='broadcast')
    op.drop_index('ix_broadcast_author', table_name='broadcast')
    op.drop_table('broadcast')
    op.drop_index('ix_acknowledgement_subject', table_name='acknowledgement')
    op.drop_table('acknowledgement')
    op.drop_index('ix_absence_note_student', table_name='absence_note')
    op.drop_table('absence_note')
    op.drop_table('audit_seal')
