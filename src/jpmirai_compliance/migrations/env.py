"""What Alembic runs: the tables of every room, on the connection that the command line gives."""

from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

from alembic import context

import jpmirai_compliance
from jpmirai_compliance.foundation import audit, mail  # noqa: F401 -- their tables
from jpmirai_compliance.foundation.tables import Base

for room in iter_modules(jpmirai_compliance.__path__):
    name = f"jpmirai_compliance.{room.name}.models"
    if room.ispkg and find_spec(name):
        import_module(name)

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
