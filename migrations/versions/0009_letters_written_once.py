"""Letters written once: what a letter is known by stands with its bytes, not in the outbox"""

from typing import Literal

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

WRITTEN = ("subject", "message_id", "envelope_from", "token_sha256")
UNIQUE = ("message_id", "token_sha256")
OUTBOX = sa.table(
    "outbox", sa.column("id", sa.Integer()), *[sa.column(name, sa.Text()) for name in WRITTEN]
)
FROZEN = sa.table(
    "frozen_letters",
    sa.column("outbox_id", sa.Integer()),
    sa.column("content", sa.LargeBinary()),
    sa.column("sha256", sa.Text()),
    *[sa.column(name, sa.Text()) for name in WRITTEN],
)
IS_OF_LETTER = FROZEN.c.outbox_id == OUTBOX.c.id
NOTHING = sa.literal(b"", sa.LargeBinary())


def upgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    # SQLite reads a row from its beginning: what is long stands behind the rest.
    if is_sqlite:
        behind: list[tuple[str, ...]] = [("activated_by", "dossier")]
        with op.batch_alter_table("plans", recreate="always", partial_reordering=behind):
            pass
    recreate: Literal["always", "never"] = "always" if is_sqlite else "never"
    with op.batch_alter_table("frozen_letters", schema=None, recreate=recreate) as batch_op:
        for name in WRITTEN:
            column = sa.Column(name, sa.Text(), nullable=True)
            batch_op.add_column(column, insert_before="content" if is_sqlite else None)
    # A letter that was found in the archive after a restore is known by its id alone.
    by_id = sa.select(OUTBOX.c.id, NOTHING).where(
        OUTBOX.c.message_id.is_not(None), ~sa.exists().where(IS_OF_LETTER)
    )
    op.execute(sa.insert(FROZEN).from_select(["outbox_id", "content"], by_id))
    known = {
        name: sa.select(OUTBOX.c[name]).where(IS_OF_LETTER).scalar_subquery() for name in WRITTEN
    }
    op.execute(sa.update(FROZEN).values(known))
    with op.batch_alter_table("frozen_letters", schema=None) as batch_op:
        for name in UNIQUE:
            batch_op.create_index(batch_op.f(f"ix_frozen_letters_{name}"), [name], unique=True)
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        for name in UNIQUE:
            batch_op.drop_constraint(batch_op.f(f"uq_outbox_{name}"), type_="unique")
        for name in WRITTEN:
            batch_op.drop_column(name)
    if not is_sqlite:  # a letter of usual length stays with its row, not in pieces of 2 KB beside
        op.execute("ALTER TABLE frozen_letters SET (toast_tuple_target = 8160)")


def downgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.execute("ALTER TABLE frozen_letters RESET (toast_tuple_target)")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        for name in WRITTEN:
            batch_op.add_column(sa.Column(name, sa.Text(), nullable=True))
        for name in UNIQUE:
            batch_op.create_unique_constraint(batch_op.f(f"uq_outbox_{name}"), [name])
    known = {
        name: sa.select(FROZEN.c[name]).where(IS_OF_LETTER).scalar_subquery() for name in WRITTEN
    }
    op.execute(sa.update(OUTBOX).values(known))
    op.execute(sa.delete(FROZEN).where(FROZEN.c.content == NOTHING, FROZEN.c.sha256.is_(None)))
    with op.batch_alter_table("frozen_letters", schema=None) as batch_op:
        for name in UNIQUE:
            batch_op.drop_index(batch_op.f(f"ix_frozen_letters_{name}"))
        for name in WRITTEN:
            batch_op.drop_column(name)
