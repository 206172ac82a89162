"""Delivery"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "alarms",
        sa.Column("dedupe_key", sa.Text(), nullable=False),
        sa.Column("commune", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("dedupe_key", name=op.f("pk_alarms")),
    )
    with op.batch_alter_table("alarms", schema=None) as batch_op:
        batch_op.create_index(
            "ix_alarms_commune_settled_at", ["commune", "settled_at"], unique=False
        )

    op.create_table(
        "clock_marks",
        sa.Column("commune", sa.Text(), nullable=False),
        sa.Column("high_water", sa.DateTime(timezone=True), nullable=False),
        sa.Column("boot_id", sa.Text(), nullable=False),
        sa.Column("monotonic_seconds", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("commune", name=op.f("pk_clock_marks")),
    )
    op.create_table(
        "epochs",
        sa.Column("commune", sa.Text(), nullable=False),
        sa.Column("instance_id", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("commune", name=op.f("pk_epochs")),
    )
    op.create_table(
        "holds",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("commune", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
    )
    with op.batch_alter_table("holds", schema=None) as batch_op:
        batch_op.create_index(
            "ix_holds_commune_released_at", ["commune", "released_at"], unique=False
        )

    op.create_table(
        "inbox",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("commune", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("uid_validity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mail_class", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("outbox_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Text(), nullable=True),
        sa.Column("contact_id", sa.Text(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint(
            "account",
            "folder",
            "uid_validity",
            "uid",
            name=op.f("uq_inbox_account_folder_uid_validity_uid"),
        ),
        sa.UniqueConstraint("commune", "sha256", name=op.f("uq_inbox_commune_sha256")),
    )
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.create_index("ix_inbox_commune_state", ["commune", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_inbox_outbox_id"), ["outbox_id"], unique=False)

    op.create_table(
        "inbox_copies",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("uid_validity", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("uid", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("inbox_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "account", "folder", "uid_validity", "uid", name=op.f("pk_inbox_copies")
        ),
    )
    op.create_table(
        "mailboxes",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("uid_validity", sa.BigInteger(), nullable=False),
        sa.Column("last_uid", sa.BigInteger(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account", "folder", name=op.f("pk_mailboxes")),
    )
    op.create_table(
        "relays",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("open_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_text", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_relays")),
    )
    op.create_table(
        "rounds",
        sa.Column("commune", sa.Text(), nullable=False),
        sa.Column("flow", sa.Text(), nullable=False),
        sa.Column("succeeded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("commune", "flow", name=op.f("pk_rounds")),
    )
    op.create_table(
        "unknown_watches",
        sa.Column("outbox_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("boot_id", sa.Text(), nullable=False),
        sa.Column("since_seconds", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("outbox_id", "boot_id", name=op.f("pk_unknown_watches")),
    )
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.create_index(
            "ix_contacts_reachable",
            ["commune", "unit_id", "role", "rank", "id"],
            unique=False,
            sqlite_where=sa.text("flagged_at IS NULL"),
            postgresql_where=sa.text("flagged_at IS NULL"),
        )

    op.create_table(
        "frozen_letters",
        sa.Column("outbox_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("outbox_id", name=op.f("pk_frozen_letters")),
    )
    op.execute(
        "INSERT INTO frozen_letters (outbox_id, content)"
        " SELECT id, frozen FROM outbox WHERE frozen IS NOT NULL"
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_column("frozen")
        batch_op.add_column(sa.Column("envelope_from", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("token_sha256", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("copies", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("crashes", sa.Integer(), server_default="0", nullable=False))
        batch_op.drop_index(batch_op.f("ix_outbox_commune_state_not_before"))
        batch_op.create_index(
            "ix_outbox_ready",
            ["commune", "not_before", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'ready'"),
            postgresql_where=sa.text("state = 'ready'"),
        )
        batch_op.create_index(
            "ix_outbox_unsettled",
            ["commune", "state"],
            unique=False,
            sqlite_where=sa.text("state IN ('sending', 'unknown', 'needs_human', 'poisoned')"),
            postgresql_where=sa.text("state IN ('sending', 'unknown', 'needs_human', 'poisoned')"),
        )
        batch_op.create_unique_constraint(batch_op.f("uq_outbox_token_sha256"), ["token_sha256"])

    with op.batch_alter_table("reports", schema=None) as batch_op:
        batch_op.add_column(sa.Column("series", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("issued_year", sa.Integer(), nullable=True))
        batch_op.create_index(
            "reports_number", ["commune", "issued_year", "series", "number"], unique=True
        )


def downgrade() -> None:
    with op.batch_alter_table("reports", schema=None) as batch_op:
        batch_op.drop_index("reports_number")
        batch_op.drop_column("issued_year")
        batch_op.drop_column("series")

    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_outbox_token_sha256"), type_="unique")
        batch_op.drop_index(
            "ix_outbox_unsettled",
            sqlite_where=sa.text("state IN ('sending', 'unknown', 'needs_human', 'poisoned')"),
            postgresql_where=sa.text("state IN ('sending', 'unknown', 'needs_human', 'poisoned')"),
        )
        batch_op.drop_index(
            "ix_outbox_ready",
            sqlite_where=sa.text("state = 'ready'"),
            postgresql_where=sa.text("state = 'ready'"),
        )
        batch_op.create_index(
            batch_op.f("ix_outbox_commune_state_not_before"),
            ["commune", "state", "not_before"],
            unique=False,
        )
        batch_op.drop_column("crashes")
        batch_op.drop_column("copies")
        batch_op.drop_column("token_sha256")
        batch_op.drop_column("envelope_from")
        batch_op.add_column(sa.Column("frozen", sa.LargeBinary(), nullable=True))
    op.execute(
        "UPDATE outbox SET frozen = (SELECT content FROM frozen_letters"
        " WHERE frozen_letters.outbox_id = outbox.id)"
    )
    op.drop_table("frozen_letters")

    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_contacts_reachable",
            sqlite_where=sa.text("flagged_at IS NULL"),
            postgresql_where=sa.text("flagged_at IS NULL"),
        )

    op.drop_table("unknown_watches")
    op.drop_table("rounds")
    op.drop_table("relays")
    op.drop_table("mailboxes")
    op.drop_table("inbox_copies")
    with op.batch_alter_table("inbox", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inbox_outbox_id"))
        batch_op.drop_index("ix_inbox_commune_state")

    op.drop_table("inbox")
    with op.batch_alter_table("holds", schema=None) as batch_op:
        batch_op.drop_index("ix_holds_commune_released_at")

    op.drop_table("holds")
    op.drop_table("epochs")
    op.drop_table("clock_marks")
    with op.batch_alter_table("alarms", schema=None) as batch_op:
        batch_op.drop_index("ix_alarms_commune_settled_at")

    op.drop_table("alarms")
