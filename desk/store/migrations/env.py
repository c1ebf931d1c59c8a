"""Alembic's environment: migrates over the connection it is handed."""

from alembic import context

from desk.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True, compare_type=True)
with context.begin_transaction():
    context.run_migrations()
