"""The whole house."""

import sqlalchemy as sa
from alembic import op

import desk.store.tables

revision = '0002'
down_revision = '0001'


def upgrade() -> None:
    op.create_table('holds',
    sa.Column('account', sa.String(length=32), nullable=False),
    sa.Column('reason', sa.String(length=400), nullable=False),
    sa.Column('placed_at', desk.store.tables.Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account'], ['accounts.id'], name=op.f('fk_holds_account'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('account', name=op.f('pk_holds'))
    )


def downgrade() -> None:
    op.drop_table('holds')
