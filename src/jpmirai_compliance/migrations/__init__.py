"""Alembic migrations, run by the command line under a lock."""
