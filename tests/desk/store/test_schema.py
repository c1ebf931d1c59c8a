"""The tables in code are the tables that the migrations make."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from desk.store import Store
from desk.store.migrate import config
from desk.store.tables import metadata


async def test_migrations_and_metadata_agree(tmp_path):
    store = Store(f"sqlite+aiosqlite:///{tmp_path}/yavar.db")
    assert await store.migrate() is True
    await store.close()
    engine = create_engine(f"sqlite:///{tmp_path}/yavar.db")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "render_as_batch": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


async def test_a_second_migration_finds_nothing_to_do(tmp_path):
    store = Store(f"sqlite+aiosqlite:///{tmp_path}/yavar.db")
    assert await store.migrate() is True
    assert await store.migrate() is False
    await store.close()


def test_history_is_one_line():
    scripts = ScriptDirectory.from_config(config())
    assert len(scripts.get_heads()) == 1
    assert len(scripts.get_bases()) == 1
