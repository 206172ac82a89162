"""Alembic's entry: the caller hands over an open transaction; a migration is whole or absent."""

from alembic import context

from adapters.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()
