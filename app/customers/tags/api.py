"""Tags in the REST API (CUST-23)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, jsonify

from app.customers.labels.queries import TAGS
from app.customers.shared.models import Customer
from app.customers.shared.permissions import CustomerPermission
from app.customers.shared.queries import visible_customers
from app.customers.tags import forms
from app.customers.tags import services as tags
from app.customers.tags.filters import TAG_LIST
from app.customers.tags.permissions import TagPermission
from app.customers.tags.queries import get_tag, visible_tags
from app.customers.tags.serializers import TagRecord, TagVerdict, TagVerdicts, tag_record, tag_records
from app.kernel.access.current import current_actor
from app.kernel.api.base import KepanApi, decision_record, endpoint, expose
from app.kernel.database.conditions import id_in
from app.kernel.database.session import db
from app.kernel.errors import OUT_OF_REACH, Denied, Invalid, NotFound
from app.kernel.pages.selections import BETWEEN, MAX_CHOSEN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.customers.labels.models import Tag
    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision


class TagApi(KepanApi):
    """``/api/v1/tags``."""

    route_base = "/api/v1/tags"
    class_permission_name = "Tag"
    record_type = TagRecord

    @staticmethod
    def get_record(pk: int, _actor: Actor) -> Tag:
        """A tag."""
        return get_tag(pk)

    @staticmethod
    def record(tag: Tag) -> TagRecord:
        """The answer to every operation."""
        return tag_record(tag)

    @expose("", methods=["GET"])
    @endpoint(TagPermission.READ, lists=TAG_LIST, returns=TagRecord)
    def get_list(self) -> Response:
        """Lists tags, by pinyin."""
        return self.list_answer(visible_tags(current_actor()), TAG_LIST, tag_records)

    @expose("", methods=["POST"])
    @endpoint(TagPermission.CREATE, takes=forms.TagForm, returns=TagRecord, status=201)
    def post(self) -> tuple[Response, int]:
        """Creates a tag (CUST-23)."""
        values = self.body(forms.TagForm).values()
        return self.create_answer(lambda: tag_record(tags.create_tag(**values, actor=current_actor())))

    @expose("/<int:pk>", methods=["GET"])
    @endpoint(TagPermission.READ, returns=TagRecord)
    def get(self, pk: int) -> Response:
        """Returns one tag."""
        return jsonify(tag_record(get_tag(pk)))

    @expose("/<int:pk>", methods=["PATCH"])
    @endpoint(TagPermission.UPDATE, takes=forms.TagForm, partial=True, returns=TagRecord)
    def patch(self, pk: int) -> Response:
        """Changes a tag's name or colour."""
        tag, form = get_tag(pk), self.body(forms.TagForm, partial=True)
        values = {"name": tag.name, "tone": tag.tone} | {
            name: value for name, value in form.values().items() if value is not None
        }
        return jsonify(tag_record(tags.edit_tag(pk, **values, actor=current_actor())))


class CustomerTagsApi(KepanApi):
    """``/api/v1/customers/tags``: tags of many customers at once."""

    route_base = "/api/v1/customers"
    class_permission_name = "Customer"

    @expose("/tags", methods=["POST"])
    @endpoint(CustomerPermission.TAG, takes=forms.TagCustomersForm, returns=TagVerdicts)
    def tag_many(self) -> Response:
        """Adds tags to customers and takes others off; answers what became of each (CUST-14, CUST-23).

        Where all are refused, the first refusal is the answer.
        """
        values, actor = self.body(forms.TagCustomersForm).values(), current_actor()
        pks = [*dict.fromkeys(values["customer_ids"])]
        if not 1 <= len(pks) <= MAX_CHOSEN:
            raise Invalid(customer_ids=BETWEEN)
        verdicts = tags.tag_customers(
            pks, add=values["add"] or (), remove=values["remove"] or (), actor=actor
        )
        if not any(verdicts.values()):
            first = next((one for one in verdicts.values() if one is not OUT_OF_REACH), None)
            raise NotFound if first is None else Denied(first)
        return jsonify(items=_verdict_records(verdicts, actor))


def _verdict_records(verdicts: Mapping[int, Decision], actor: Actor) -> list[TagVerdict]:
    mine = visible_customers(actor).where(id_in(Customer.id, [pk for pk, one in verdicts.items() if one]))
    rows = db.session.execute(mine.with_only_columns(Customer.id, Customer.tag_ids)).all()
    held = {pk: [one.name for one in TAGS.named_in(ids)] for pk, ids in rows}
    return [
        {"id": pk, **decision_record(verdict), "tags": held.get(pk, [])} for pk, verdict in verdicts.items()
    ]
