"""The whole house."""

import sqlalchemy as sa
from alembic import op

import desk.store.tables

revision = '0002'
down_revision = '0001'


def upgrade() -> None:
    op.create_table('rollouts',
    sa.Column('tool', sa.String(length=60), nullable=False),
    sa.Column('group', sa.String(length=60), nullable=False),
    sa.Column('lang', sa.String(length=2), nullable=False),
    sa.Column('stage', sa.String(length=10), nullable=False),
    sa.Column('since', desk.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('by', sa.String(length=32), nullable=False),
    sa.PrimaryKeyConstraint('tool', 'group', 'lang', name=op.f('pk_rollouts'))
    )
    op.create_table('proposals',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('turn', sa.String(length=32), nullable=False),
    sa.Column('conversation', sa.String(length=32), nullable=False),
    sa.Column('account', sa.String(length=32), nullable=True),
    sa.Column('group', sa.String(length=60), nullable=False),
    sa.Column('lang', sa.String(length=2), nullable=False),
    sa.Column('tool', sa.String(length=60), nullable=False),
    sa.Column('args', sa.JSON(), nullable=False),
    sa.Column('seal', sa.String(length=64), nullable=False),
    sa.Column('stage', sa.String(length=10), nullable=False),
    sa.Column('decision', sa.String(length=10), nullable=False),
    sa.Column('created_at', desk.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('expires_at', desk.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('by', sa.String(length=32), nullable=True),
    sa.Column('decided_at', desk.store.tables.Moment(timezone=True), nullable=True),
    sa.Column('right', sa.Boolean(), nullable=True),
    sa.Column('outcome', sa.JSON(), nullable=True),
    sa.ForeignKeyConstraint(['account'], ['accounts.id'], name=op.f('fk_proposals_account'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['conversation'], ['conversations.id'], name=op.f('fk_proposals_conversation'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proposals')),
    sa.UniqueConstraint('key', name=op.f('uq_proposals_key'))
    )
    with op.batch_alter_table('proposals', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_proposals_account'), ['account'], unique=False)
        batch_op.create_index(batch_op.f('ix_proposals_conversation'), ['conversation'], unique=False)
        batch_op.create_index(batch_op.f('ix_proposals_decision'), ['decision'], unique=False)
        batch_op.create_index(batch_op.f('ix_proposals_turn'), ['turn'], unique=False)
    with op.batch_alter_table('accounts', schema=None) as batch_op:
        batch_op.add_column(sa.Column('disabled_at', desk.store.tables.Moment(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('accounts', schema=None) as batch_op:
        batch_op.drop_column('disabled_at')
    with op.batch_alter_table('proposals', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_proposals_turn'))
        batch_op.drop_index(batch_op.f('ix_proposals_decision'))
        batch_op.drop_index(batch_op.f('ix_proposals_conversation'))
        batch_op.drop_index(batch_op.f('ix_proposals_account'))
    op.drop_table('proposals')
    op.drop_table('rollouts')
