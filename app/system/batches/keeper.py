"""Keeps the batches of all lists (OFF-4): the kernel's lists hand them over here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import render_template, url_for

from app.kernel.errors import NotFound
from app.system.batches import services as batches
from app.system.batches.queries import get_batch, undone_rows
from app.system.batches.results import result_page

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision
    from app.kernel.pages.batches import BatchRequest, Posted


class Keeper:
    """Keeps a batch with its rows, and begins long ones in the background."""

    def keep(self, asked: BatchRequest, verdicts: Mapping[int, Decision], actor: Actor) -> int:
        """Keep a batch that was done within the request; return its id."""
        return batches.keep_batch(asked, verdicts, actor=actor).id

    def show(self, pk: int, actor: Actor) -> Any:
        """Return the page of a batch that was just done."""
        return render_template("kernel/batch.html", page=result_page(get_batch(pk, actor=actor), actor))

    def begin(self, asked: BatchRequest, pks: Sequence[int], actor: Actor) -> str:
        """Begin a batch in the background; return the address of its page."""
        return url_for("BatchView.show", pk=batches.begin_batch(asked, pks, actor=actor).id)

    def rest_of(self, pk: int, asked: BatchRequest, actor: Actor) -> tuple[list[int], Posted]:
        """Return the rows of an earlier batch of the actor that were not done, and its form as posted."""
        batch = get_batch(pk, actor=actor)
        if (batch.view, batch.operation) != (asked.view, asked.operation):
            raise NotFound
        pks = [row.record_id for row in undone_rows(pk)]
        if not pks:
            raise NotFound
        return pks, batches.read_asked(batch)[0]
