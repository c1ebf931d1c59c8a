"""Which schema a database has, which one this Yavar knows, and what lies between."""

from dataclasses import dataclass

from alembic import command
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, create_engine
from sqlalchemy.pool import StaticPool

from desk.errors import BadInput
from desk.store.migrate import config


@dataclass(frozen=True, kw_only=True)
class Step:
    """One migration: its number and what it says of itself."""

    revision: str
    says: str


def current(connection: Connection) -> str | None:
    """The revision of the database; None for one that holds no house."""
    return MigrationContext.configure(connection).get_current_revision()


def newest() -> str:
    head = ScriptDirectory.from_config(config()).get_current_head()
    assert head is not None
    return head


def pending(revision: str | None) -> list[Step]:
    """The migrations between a revision and the newest, in the order in which they run."""
    known(revision)
    steps = ScriptDirectory.from_config(config()).iterate_revisions("head", revision or "base")
    return [Step(revision=step.revision, says=str(step.doc)) for step in reversed(list(steps))]


def known(revision: str | None) -> None:
    """Raises BadInput for a schema that only a newer Yavar knows."""
    scripts = ScriptDirectory.from_config(config())
    if revision is not None and revision not in {step.revision for step in scripts.walk_revisions()}:
        raise BadInput(f"The schema is of revision {revision}, made by a newer Yavar than this one, which knows up to {newest()}. "
                       "Install that version, or restore a backup that this version made.")


def schema(revision: str) -> MetaData:
    """The tables as they were at a revision, whatever this code's tables are: the migrations say it, run on an empty database."""
    known(revision)
    engine = create_engine("sqlite://", poolclass=StaticPool)
    found = MetaData()
    with engine.begin() as connection:
        command.upgrade(config(connection), revision)
        found.reflect(connection)
    engine.dispose()
    found.remove(found.tables["alembic_version"])
    return found
