"""The whole house."""

import sqlalchemy as sa
from alembic import op

import desk.store.tables

revision = '0002'
down_revision = '0001'


def upgrade() -> None:
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.add_column(sa.Column('taken_until', desk.store.tables.Moment(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.drop_column('taken_until')
