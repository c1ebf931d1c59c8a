"""Gaps."""

import sqlalchemy as sa
from alembic import op

import desk.store.tables

revision = '0004'
down_revision = '0003'


def upgrade() -> None:
    op.create_table('gaps',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('turn', sa.String(length=32), nullable=False),
    sa.Column('conversation', sa.String(length=32), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('lang', sa.String(length=2), nullable=False),
    sa.Column('at', desk.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('asked_back', sa.Boolean(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('draft', sa.String(length=24), nullable=True),
    sa.Column('embedder', sa.String(length=60), nullable=False),
    sa.Column('vector', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['conversation'], ['conversations.id'], name=op.f('fk_gaps_conversation'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_gaps')),
    sa.UniqueConstraint('turn', name=op.f('uq_gaps_turn'))
    )
    with op.batch_alter_table('gaps', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_gaps_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_gaps_conversation'), ['conversation'], unique=False)
        batch_op.create_index(batch_op.f('ix_gaps_draft'), ['draft'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('gaps', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_gaps_draft'))
        batch_op.drop_index(batch_op.f('ix_gaps_conversation'))
        batch_op.drop_index(batch_op.f('ix_gaps_at'))
    op.drop_table('gaps')
