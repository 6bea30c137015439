"""Probable duplicates in the REST API (CUST-9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, jsonify, request
from flask_babel import lazy_gettext as _

from app.customers.merging.filters import PAIRS
from app.customers.merging.pairs import dismiss_pairs
from app.customers.merging.queries import BOTH_FILES, get_pair, open_pairs, visible_pairs
from app.customers.merging.serializers import DismissedRecord, PairRecord, pair_records
from app.customers.shared.permissions import DuplicatePairPermission
from app.kernel.access.current import current_actor
from app.kernel.api.base import KepanApi, endpoint, expose
from app.kernel.fields.choices import ReferencesField
from app.kernel.fields.forms import BaseForm, required

if TYPE_CHECKING:
    from app.customers.merging.models import DuplicatePair


class PairsForm(BaseForm):
    """Pairs that are different customers, by their ids."""

    ids = ReferencesField(_("Pairs"), required(), url=lambda: "", names_of=lambda _pks: {})


class DuplicatePairApi(KepanApi):
    """``/api/v1/customers/duplicates``."""

    route_base = "/api/v1/customers/duplicates"
    class_permission_name = "DuplicatePair"
    record_type = PairRecord

    @staticmethod
    def record(pair: DuplicatePair) -> PairRecord:
        """A pair with both files."""
        return pair_records([get_pair(pair.id, actor=current_actor())])[0]

    @expose("", methods=["GET"])
    @endpoint(DuplicatePairPermission.READ, lists=PAIRS, returns=PairRecord)
    def get_list(self) -> Response:
        """Pairs that are probably one customer, of which the caller can open both: the undecided ones, or
        those of a ``state`` (CUST-9).
        """
        scope = visible_pairs if request.args.get("state") else open_pairs
        return self.list_answer(scope(current_actor()), PAIRS, pair_records, *BOTH_FILES)

    @expose("/<int:pk>", methods=["GET"])
    @endpoint(DuplicatePairPermission.READ, returns=PairRecord)
    def get(self, pk: int) -> Response:
        """One pair."""
        return jsonify(pair_records([get_pair(pk, actor=current_actor())])[0])

    @expose("/dismiss", methods=["POST"])
    @endpoint(DuplicatePairPermission.DISMISS, takes=PairsForm, returns=DismissedRecord)
    def dismiss(self) -> Response:
        """Remember that these pairs are different customers (CUST-9)."""
        pairs = dismiss_pairs(self.body(PairsForm).values()["ids"], actor=current_actor())
        return jsonify(ids=[pair.id for pair in pairs])
