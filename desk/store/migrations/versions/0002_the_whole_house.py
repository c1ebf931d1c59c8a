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
    op.create_table('disruptions',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('asset', sa.String(length=60), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('starts_at', desk.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('ends_at', desk.store.tables.Moment(timezone=True), nullable=True),
    sa.Column('text', sa.JSON(), nullable=False),
    sa.Column('declared_by', sa.String(length=32), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_disruptions'))
    )
    with op.batch_alter_table('disruptions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_disruptions_asset'), ['asset'], unique=False)
    op.create_table('rollouts',
    sa.Column('tool', sa.String(length=60), nullable=False),
    sa.Column('group', sa.String(length=60), nullable=False),
    sa.Column('lang', sa.String(length=2), nullable=False),
    sa.Column('stage', sa.String(length=10), nullable=False),
    sa.Column('since', desk.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('by', sa.String(length=32), nullable=False),
    sa.PrimaryKeyConstraint('tool', 'group', 'lang', name=op.f('pk_rollouts'))
    )
    op.create_table('timers',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('key', sa.String(length=200), nullable=True),
    sa.Column('turnstile', sa.String(length=200), nullable=True),
    sa.Column('due_at', desk.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('taken_until', desk.store.tables.Moment(timezone=True), nullable=True),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('given_up_at', desk.store.tables.Moment(timezone=True), nullable=True),
    sa.Column('created_at', desk.store.tables.Moment(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_timers')),
    sa.UniqueConstraint('key', name=op.f('uq_timers_key'))
    )
    with op.batch_alter_table('timers', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_timers_due_at'), ['due_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_timers_turnstile'), ['turnstile'], unique=False)
    op.create_table('holds',
    sa.Column('account', sa.String(length=32), nullable=False),
    sa.Column('reason', sa.String(length=400), nullable=False),
    sa.Column('placed_at', desk.store.tables.Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account'], ['accounts.id'], name=op.f('fk_holds_account'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('account', name=op.f('pk_holds'))
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
    op.create_table('presence',
    sa.Column('account', sa.String(length=32), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('since', desk.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('seen_at', desk.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('active_at', desk.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('chosen', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['account'], ['accounts.id'], name=op.f('fk_presence_account'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('account', name=op.f('pk_presence'))
    )
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
    op.create_table('callbacks',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('conversation', sa.String(length=32), nullable=False),
    sa.Column('ticket', sa.Integer(), nullable=False),
    sa.Column('phone', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('slot_at', desk.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('due_at', desk.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('asked_at', desk.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('taken_by', sa.String(length=32), nullable=True),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('apologies', sa.Integer(), nullable=False),
    sa.Column('reminded_at', desk.store.tables.Moment(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['conversation'], ['conversations.id'], name=op.f('fk_callbacks_conversation'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['taken_by'], ['accounts.id'], name=op.f('fk_callbacks_taken_by'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['ticket'], ['tickets.number'], name=op.f('fk_callbacks_ticket'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_callbacks'))
    )
    with op.batch_alter_table('callbacks', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_callbacks_conversation'), ['conversation'], unique=False)
        batch_op.create_index(batch_op.f('ix_callbacks_state'), ['state'], unique=False)
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
    op.create_table('mendings',
    sa.Column('id', sa.String(length=32), nullable=False),
    sa.Column('conversation', sa.String(length=32), nullable=False),
    sa.Column('asset', sa.String(length=60), nullable=False),
    sa.Column('runbook', sa.String(length=60), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('tried', sa.JSON(), nullable=False),
    sa.Column('news_of', sa.String(length=120), nullable=True),
    sa.Column('created_at', desk.store.tables.Moment(timezone=True), nullable=False),
    sa.Column('updated_at', desk.store.tables.Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['conversation'], ['conversations.id'], name=op.f('fk_mendings_conversation'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mendings'))
    )
    with op.batch_alter_table('mendings', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_mendings_conversation'), ['conversation'], unique=False)
        batch_op.create_index(batch_op.f('ix_mendings_news_of'), ['news_of'], unique=False)
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
    with op.batch_alter_table('accounts', schema=None) as batch_op:
        batch_op.add_column(sa.Column('disabled_at', desk.store.tables.Moment(timezone=True), nullable=True))
    with op.batch_alter_table('handoffs', schema=None) as batch_op:
        batch_op.add_column(sa.Column('claimed_at', desk.store.tables.Moment(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('resolved_at', desk.store.tables.Moment(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('front', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column('told_place', sa.Integer(), nullable=True))
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.add_column(sa.Column('taken_until', desk.store.tables.Moment(timezone=True), nullable=True))
    with op.batch_alter_table('sessions', schema=None) as batch_op:
        batch_op.add_column(sa.Column('device', sa.String(length=60), server_default='', nullable=False))
        batch_op.add_column(sa.Column('last_seen_at', desk.store.tables.Moment(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('sessions', schema=None) as batch_op:
        batch_op.drop_column('last_seen_at')
        batch_op.drop_column('device')
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.drop_column('taken_until')
    with op.batch_alter_table('handoffs', schema=None) as batch_op:
        batch_op.drop_column('told_place')
        batch_op.drop_column('front')
        batch_op.drop_column('resolved_at')
        batch_op.drop_column('claimed_at')
    with op.batch_alter_table('accounts', schema=None) as batch_op:
        batch_op.drop_column('disabled_at')
    with op.batch_alter_table('urgings', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_urgings_ticket'))
        batch_op.drop_index(batch_op.f('ix_urgings_account'))
    op.drop_table('urgings')
    with op.batch_alter_table('proposals', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_proposals_turn'))
        batch_op.drop_index(batch_op.f('ix_proposals_decision'))
        batch_op.drop_index(batch_op.f('ix_proposals_conversation'))
        batch_op.drop_index(batch_op.f('ix_proposals_account'))
    op.drop_table('proposals')
    with op.batch_alter_table('mendings', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_mendings_news_of'))
        batch_op.drop_index(batch_op.f('ix_mendings_conversation'))
    op.drop_table('mendings')
    with op.batch_alter_table('cards', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_cards_conversation'))
        batch_op.drop_index(batch_op.f('ix_cards_account'))
    op.drop_table('cards')
    with op.batch_alter_table('callbacks', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_callbacks_state'))
        batch_op.drop_index(batch_op.f('ix_callbacks_conversation'))
    op.drop_table('callbacks')
    with op.batch_alter_table('attachments', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_attachments_ticket'))
        batch_op.drop_index(batch_op.f('ix_attachments_sha256'))
        batch_op.drop_index(batch_op.f('ix_attachments_conversation'))
        batch_op.drop_index(batch_op.f('ix_attachments_account'))
    op.drop_table('attachments')
    op.drop_table('profiles')
    op.drop_table('presence')
    with op.batch_alter_table('identities', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_identities_account'))
    op.drop_table('identities')
    op.drop_table('holds')
    with op.batch_alter_table('timers', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_timers_turnstile'))
        batch_op.drop_index(batch_op.f('ix_timers_due_at'))
    op.drop_table('timers')
    op.drop_table('rollouts')
    with op.batch_alter_table('disruptions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_disruptions_asset'))
    op.drop_table('disruptions')
    op.drop_table('departures')
