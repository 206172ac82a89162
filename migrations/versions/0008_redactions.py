"""Redactions: what stays of a redacted letter, files to remove, addresses that stay away"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    with op.batch_alter_table("frozen_letters", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sha256", sa.Text(), nullable=True))
    op.create_table(
        "files_to_remove",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("is_mail", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_files_to_remove")),
    )
    op.create_table(
        "retired_addresses",
        sa.Column("commune", sa.Text(), nullable=False),
        sa.Column("contact_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "commune", "contact_id", "digest", name=op.f("pk_retired_addresses")
        ),
    )


def downgrade() -> None:
    op.drop_table("retired_addresses")
    op.drop_table("files_to_remove")
    with op.batch_alter_table("frozen_letters", schema=None) as batch_op:
        batch_op.drop_column("sha256")
