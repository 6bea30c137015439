"""Quotes and their lines in the REST API (``spec/api.md``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, jsonify

from app.deals.quotes import forms, services
from app.deals.quotes.filters import SPEC
from app.deals.quotes.queries import PEOPLE, get_quote, visible_quotes
from app.deals.quotes.serializers import (
    LineList,
    LineRecord,
    QuoteRecord,
    WholeQuoteRecord,
    line_list,
    line_record,
    quote_records,
    whole_record,
)
from app.deals.shared.permissions import QuotePermission
from app.kernel.access.current import current_actor
from app.kernel.api.base import KepanApi, endpoint, expose

if TYPE_CHECKING:
    from app.deals.quotes.models import Quote


class QuoteApi(KepanApi):
    """``/api/v1/quotes``."""

    route_base = "/api/v1/quotes"
    class_permission_name = "Quote"
    record_type = WholeQuoteRecord

    @staticmethod
    def get_record(pk: int, actor: Any) -> Quote:
        """Return a quote that the caller may see."""
        return get_quote(pk, actor=actor)

    @staticmethod
    def record(made: Any) -> WholeQuoteRecord:
        """Return the response of every operation."""
        return whole_record(made)

    @expose("", methods=["GET"])
    @endpoint(QuotePermission.READ, lists=SPEC, returns=QuoteRecord)
    def get_list(self) -> Response:
        """Quotes for customers that the caller opens, and the caller's own (CUST-15)."""
        return self.list_answer(visible_quotes(current_actor()), SPEC, quote_records, *PEOPLE)

    @expose("", methods=["POST"])
    @endpoint(
        QuotePermission.CREATE, takes=forms.QuoteForm, returns=WholeQuoteRecord, status=201, refusals=(404,)
    )
    def post(self) -> tuple[Response, int]:
        """Adds a draft for a customer, with lines or with one amount (CUST-16)."""
        form = self.body(forms.QuoteForm)
        return self.create_answer(
            lambda: self.record(services.create_quote(**form.values(), actor=current_actor()))
        )

    @expose("/<int:pk>", methods=["GET"])
    @endpoint(QuotePermission.READ, returns=WholeQuoteRecord)
    def get(self, pk: int) -> Response:
        """One quote, with its lines."""
        return jsonify(whole_record(get_quote(pk, actor=current_actor())))

    @expose("/<int:pk>", methods=["PATCH"])
    @endpoint(
        QuotePermission.UPDATE,
        takes=forms.QuoteEditForm,
        partial=True,
        returns=WholeQuoteRecord,
        refusals=(412,),
    )
    def patch(self, pk: int) -> Response:
        """Edits a draft; ``lines`` replace all, ``version``, where given, is the save seen (CUST-20)."""
        actor = current_actor()
        get_quote(pk, actor=actor)
        values = self.body(forms.QuoteEditForm, partial=True).values()
        version = values.pop("version", None)
        return jsonify(self.record(services.update_quote(pk, values=values, version=version, actor=actor)))

    @expose("/<int:pk>/lines", methods=["GET"])
    @endpoint(QuotePermission.READ, returns=LineList)
    def lines(self, pk: int) -> Response:
        """All lines of a quote, in their order."""
        return jsonify(line_list(get_quote(pk, actor=current_actor())))

    @expose("/<int:pk>/lines", methods=["POST"])
    @endpoint(QuotePermission.UPDATE, takes=forms.QuoteLineForm, returns=LineRecord, status=201)
    def add_line(self, pk: int) -> tuple[Response, int]:
        """Adds a line at the end of a draft; the lines give the quote's amount (CUST-16)."""
        actor = current_actor()
        get_quote(pk, actor=actor)
        form = self.body(forms.QuoteLineForm)
        return self.create_answer(lambda: line_record(services.add_line(pk, line=form.line(), actor=actor)))
