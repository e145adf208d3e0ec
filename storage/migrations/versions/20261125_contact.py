"""A new address stands beside the old one until it is confirmed"""

import sqlalchemy as sa
from alembic import op

revision = '20261125_contact'
down_revision = '20261124_family'
branch_labels = None
depends_on = None

STANDS = sa.text('stopped_at IS NULL')


def upgrade() -> None:
    op.drop_index('uq_contact_stands', table_name='contact')
    op.create_index(
        'uq_contact_stands',
        'contact',
        ['person_id', 'channel', 'state'],
        unique=True,
        sqlite_where=STANDS,
        postgresql_where=STANDS,
    )


def downgrade() -> None:
    # One of a channel may stand: the confirmed one, to which letters go.
    op.execute(
        "UPDATE contact SET state = 'stopped', stopped_at = asked_at, stopped_reason = 'replaced', confirm_hash = NULL"
        " WHERE state = 'asked' AND stopped_at IS NULL AND EXISTS (SELECT 1 FROM contact AS other"
        " WHERE other.person_id = contact.person_id AND other.channel = contact.channel"
        " AND other.state = 'confirmed' AND other.stopped_at IS NULL)"
    )
    op.drop_index('uq_contact_stands', table_name='contact')
    op.create_index(
        'uq_contact_stands',
        'contact',
        ['person_id', 'channel'],
        unique=True,
        sqlite_where=STANDS,
        postgresql_where=STANDS,
    )
