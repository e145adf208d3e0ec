"""Threads"""

import sqlalchemy as sa
from alembic import op

from storage.models.base import UtcDateTime

revision = '20261123_threads'
down_revision = '20261122_journal'
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('thread',
    sa.Column('id', ID, autoincrement=True, nullable=False),
    sa.Column('school_id', ID, nullable=False),
    sa.Column('student_id', ID, nullable=False),
    sa.Column('family_id', ID, nullable=False),
    sa.Column('teacher_id', ID, nullable=True),
    sa.Column('opened_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('last_at', UtcDateTime(timezone=True), nullable=False),
    sa.Column('complained_at', UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['family_id'], ['person.id'], name=op.f('fk_thread_family_id')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_thread_school_id')),
    sa.ForeignKeyConstraint(['student_id'], ['person.id'], name=op.f('fk_thread_student_id')),
    sa.ForeignKeyConstraint(['teacher_id'], ['person.id'], name=op.f('fk_thread_teacher_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_thread'))
    )
    op.create_index('ix_thread_family', 'thread', ['family_id', 'student_id'])
    op.create_index('ix_thread_teacher', 'thread', ['teacher_id', 'last_at'])
    op.create_index('ix_thread_school', 'thread', ['school_id', 'last_at'])
    op.create_table('thread_entry',
    sa.Column('id', ID, autoincrement=True, nullable=False),
    sa.Column('thread_id', ID, nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('side', sa.String(length=8), nullable=False),
    sa.Column('author_id', ID, nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('file_kind', sa.String(length=16), nullable=True),
    sa.Column('file_id', sa.Text(), nullable=True),
    sa.Column('file_name', sa.Text(), nullable=False),
    sa.Column('to_id', ID, nullable=True),
    sa.Column('at', UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['person.id'], name=op.f('fk_thread_entry_author_id')),
    sa.ForeignKeyConstraint(['thread_id'], ['thread.id'], name=op.f('fk_thread_entry_thread_id')),
    sa.ForeignKeyConstraint(['to_id'], ['person.id'], name=op.f('fk_thread_entry_to_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_thread_entry'))
    )
    op.create_index('ix_thread_entry_thread', 'thread_entry', ['thread_id', 'id'])
    op.create_table('thread_read',
    sa.Column('thread_id', ID, autoincrement=False, nullable=False),
    sa.Column('person_id', ID, autoincrement=False, nullable=False),
    sa.Column('up_to', sa.BigInteger(), nullable=False),
    sa.Column('at', UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_thread_read_person_id')),
    sa.ForeignKeyConstraint(['thread_id'], ['thread.id'], name=op.f('fk_thread_read_thread_id')),
    sa.PrimaryKeyConstraint('thread_id', 'person_id', name=op.f('pk_thread_read'))
    )


def downgrade() -> None:
    op.drop_table('thread_read')
    op.drop_index('ix_thread_entry_thread', table_name='thread_entry')
    op.drop_table('thread_entry')
    for index in ('ix_thread_school', 'ix_thread_teacher', 'ix_thread_family'):
        op.drop_index(index, table_name='thread')
    op.drop_table('thread')
