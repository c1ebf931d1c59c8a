"""Sources of the house's own documents."""

import sqlalchemy as sa
from alembic import op

import desk.store.tables

revision = '0003'
down_revision = '0002'


def upgrade() -> None:
    op.create_table('sources',
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('place', sa.String(length=1000), nullable=False),
    sa.Column('audience', sa.String(length=60), nullable=False),
    sa.Column('lang', sa.String(length=4), nullable=False),
    sa.Column('added_at', desk.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('added_by', sa.String(length=32), nullable=False),
    sa.Column('synced_at', desk.store.tables.Moment(timezone=True), nullable=True),
    sa.Column('report', sa.JSON(), nullable=True),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_sources'))
    )
    with op.batch_alter_table('documents', schema=None) as batch_op:
        batch_op.add_column(sa.Column('updated_at', desk.store.tables.Moment(timezone=True), nullable=True))
    with op.batch_alter_table('passages', schema=None) as batch_op:
        batch_op.add_column(sa.Column('lang', sa.String(length=2), nullable=True))
        batch_op.add_column(sa.Column('begins', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('ends', sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('passages', schema=None) as batch_op:
        batch_op.drop_column('ends')
        batch_op.drop_column('begins')
        batch_op.drop_column('lang')
    with op.batch_alter_table('documents', schema=None) as batch_op:
        batch_op.drop_column('updated_at')
    op.drop_table('sources')
