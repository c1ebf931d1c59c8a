"""The whole house."""

import sqlalchemy as sa
from alembic import op

import desk.store.tables

revision = '0002'
down_revision = '0001'


def upgrade() -> None:
    op.create_table('attachments',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('account', sa.String(length=32), nullable=False),
    sa.Column('conversation', sa.String(length=32), nullable=True),
    sa.Column('ticket', sa.Integer(), nullable=True),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('media_type', sa.String(length=120), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('created_at', desk.store.tables.Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account'], ['accounts.id'], name=op.f('fk_attachments_account'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['conversation'], ['conversations.id'], name=op.f('fk_attachments_conversation'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['ticket'], ['tickets.number'], name=op.f('fk_attachments_ticket'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attachments'))
    )
    with op.batch_alter_table('attachments', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_attachments_account'), ['account'], unique=False)
        batch_op.create_index(batch_op.f('ix_attachments_conversation'), ['conversation'], unique=False)
        batch_op.create_index(batch_op.f('ix_attachments_sha256'), ['sha256'], unique=False)
        batch_op.create_index(batch_op.f('ix_attachments_ticket'), ['ticket'], unique=False)
    op.create_table('cards',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('conversation', sa.String(length=32), nullable=False),
    sa.Column('account', sa.String(length=32), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('tool', sa.String(length=60), nullable=False),
    sa.Column('args', sa.JSON(), nullable=False),
    sa.Column('seal', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('created_at', desk.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('expires_at', desk.store.tables.Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account'], ['accounts.id'], name=op.f('fk_cards_account'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['conversation'], ['conversations.id'], name=op.f('fk_cards_conversation'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cards')),
    sa.UniqueConstraint('key', name=op.f('uq_cards_key'))
    )
    with op.batch_alter_table('cards', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_cards_account'), ['account'], unique=False)
        batch_op.create_index(batch_op.f('ix_cards_conversation'), ['conversation'], unique=False)
    op.create_table('urgings',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('ticket', sa.Integer(), nullable=False),
    sa.Column('account', sa.String(length=32), nullable=False),
    sa.Column('way', sa.String(length=10), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('at', desk.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['account'], ['accounts.id'], name=op.f('fk_urgings_account'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['ticket'], ['tickets.number'], name=op.f('fk_urgings_ticket'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_urgings')),
    sa.UniqueConstraint('key', name=op.f('uq_urgings_key'))
    )
    with op.batch_alter_table('urgings', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_urgings_account'), ['account'], unique=False)
        batch_op.create_index(batch_op.f('ix_urgings_ticket'), ['ticket'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('urgings', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_urgings_ticket'))
        batch_op.drop_index(batch_op.f('ix_urgings_account'))
    op.drop_table('urgings')
    with op.batch_alter_table('cards', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_cards_conversation'))
        batch_op.drop_index(batch_op.f('ix_cards_account'))
    op.drop_table('cards')
    with op.batch_alter_table('attachments', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_attachments_ticket'))
        batch_op.drop_index(batch_op.f('ix_attachments_sha256'))
        batch_op.drop_index(batch_op.f('ix_attachments_conversation'))
        batch_op.drop_index(batch_op.f('ix_attachments_account'))
    op.drop_table('attachments')
