"""Runs Alembic in process, inside the caller's transaction: `serve` migrates under the database's own lock."""

from importlib.resources import files

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, inspect, text


def config(connection: Connection | None = None) -> Config:
    settings = Config()
    settings.set_main_option("script_location", str(files("desk.store").joinpath("migrations")))
    settings.set_main_option("path_separator", "os")
    settings.attributes["connection"] = connection
    return settings


def upgrade(connection: Connection) -> bool:
    """Upgrade to the newest schema; True if the database was empty."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL lock_timeout = '120s'"))      # another process may be migrating
        connection.execute(text("SELECT pg_advisory_xact_lock(718273)"))
    fresh = not inspect(connection).has_table("accounts")
    command.upgrade(config(connection), "head")
    return fresh
