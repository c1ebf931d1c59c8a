"""The whole house."""

import sqlalchemy as sa
from alembic import op

import desk.store.tables

revision = '0002'
down_revision = '0001'


def upgrade() -> None:
    op.create_table('departures',
    sa.Column('state', sa.String(length=64), nullable=False),
    sa.Column('browser', sa.String(length=64), nullable=False),
    sa.Column('nonce', sa.String(length=64), nullable=False),
    sa.Column('verifier', sa.String(length=400), nullable=False),
    sa.Column('expires_at', desk.store.tables.Moment(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('state', name=op.f('pk_departures'))
    )
    op.create_table('identities',
    sa.Column('issuer', sa.String(length=255), nullable=False),
    sa.Column('subject', sa.String(length=255), nullable=False),
    sa.Column('account', sa.String(length=32), nullable=False),
    sa.Column('created_at', desk.store.tables.Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account'], ['accounts.id'], name=op.f('fk_identities_account'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('issuer', 'subject', name=op.f('pk_identities'))
    )
    with op.batch_alter_table('identities', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_identities_account'), ['account'], unique=False)
    op.create_table('profiles',
    sa.Column('account', sa.String(length=32), nullable=False),
    sa.Column('source', sa.String(length=60), nullable=False),
    sa.Column('manager', sa.String(length=120), nullable=True),
    sa.Column('department', sa.String(length=200), nullable=True),
    sa.Column('site', sa.String(length=200), nullable=True),
    sa.Column('vip', sa.Boolean(), nullable=False),
    sa.Column('devices', sa.JSON(), nullable=False),
    sa.Column('synced_at', desk.store.tables.Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account'], ['accounts.id'], name=op.f('fk_profiles_account'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('account', name=op.f('pk_profiles'))
    )
    with op.batch_alter_table('accounts', schema=None) as batch_op:
        batch_op.add_column(sa.Column('disabled_at', desk.store.tables.Moment(timezone=True), nullable=True))
    with op.batch_alter_table('sessions', schema=None) as batch_op:
        batch_op.add_column(sa.Column('device', sa.String(length=60), server_default='', nullable=False))
        batch_op.add_column(sa.Column('last_seen_at', desk.store.tables.Moment(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('sessions', schema=None) as batch_op:
        batch_op.drop_column('last_seen_at')
        batch_op.drop_column('device')
    with op.batch_alter_table('accounts', schema=None) as batch_op:
        batch_op.drop_column('disabled_at')
    op.drop_table('profiles')
    with op.batch_alter_table('identities', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_identities_account'))
    op.drop_table('identities')
    op.drop_table('departures')
