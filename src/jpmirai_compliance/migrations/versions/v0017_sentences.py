"""Who changed which sentence of a wording, and when."""

import sqlalchemy as sa
from alembic import op

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    """Add the column; of wordings before it, all sentences came with the whole."""
    op.add_column("wording", sa.Column("touched", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    """Take it away."""
    op.drop_column("wording", "touched")
