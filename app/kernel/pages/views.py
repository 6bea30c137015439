"""Base of all ModelViews: the framework's declarations, with our own list, detail and forms.

It exists because the stock views have gaps (``docs/framework.md``): here every record is loaded through the
view's ``scope``, filters belong to one request, page sizes are bounded, a refused form keeps everything
typed, and changes go through services only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from flask import jsonify, redirect, request, url_for
from flask_appbuilder import ModelView
from flask_appbuilder.baseviews import expose
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import inspect
from werkzeug.datastructures import MultiDict

from app.kernel.access.current import current_actor
from app.kernel.access.permissions import BasicPermission
from app.kernel.errors import ALLOW, MESSAGES, Decision, NotFound, forbidden
from app.kernel.fields.choices import narrow_choices
from app.kernel.lists.asking import sealed_query
from app.kernel.lists.counts import counts_up_to
from app.kernel.pages.answers import EDITED, say_created, say_saved
from app.kernel.pages.elements import Button, Tab
from app.kernel.pages.form_page import WITH_NEXT, run_form
from app.kernel.pages.open_list import open_list
from app.kernel.pages.operations import EDIT, edit_button
from app.kernel.pages.records import RecordPages
from app.kernel.pages.routes import permitted
from app.kernel.pages.row_buttons import RowOffer
from app.kernel.pages.tabs import DetailTab, ListTab

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Select
    from werkzeug.wrappers import Response

    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision, Sentence
    from app.kernel.fields.forms import BaseForm
    from app.kernel.lists.requests import ListSpec
    from app.kernel.lists.rows import RowShape


__all__ = ["DetailTab", "ListTab", "permitted"]


class ScopedModelView(RecordPages, ModelView):
    """A declarative view whose every record is inside ``scope(actor)``.

    A context declares ``scope``, ``spec`` (filters and orders), ``list_columns``, ``label_columns``,
    ``formatters_columns`` (functions of the record) and which of add, edit and detail it offers;
    A list with a ``row_shape`` reads its rows as columns, without records, while that covers its columns;
    ``menu_badge`` names the count beside its menu entry.  Cells that need a statement of their own come from
    ``cells_of``; ``item_values`` are formatters of the detail alone.  An exported list
    (``app.kernel.exports.views``) declares in ``export_values`` the cells that are neither the column's own
    value nor its formatter's text; ``page_only`` columns (pictures) are not exported.
    """

    spec: ClassVar[ListSpec]
    tabs: ClassVar[Sequence[ListTab]] = ()
    row_shape: ClassVar[RowShape | None] = None
    number_columns: ClassVar[frozenset[str]] = frozenset()
    export_values: ClassVar[Mapping[str, Callable[[Any], Any]]] = {}
    page_only: ClassVar[frozenset[str]] = frozenset()
    live_columns: ClassVar[Sequence[Any] | None] = None  # what tells that a row changed (kernel.pages.live)
    menu_badge: ClassVar[str] = ""  # the count (app.kernel.pages.badges) beside the menu's entry
    menu_place: ClassVar[str] = ""  # the view whose entry is highlighted for this one, which has none
    empty_text: ClassVar[Sentence] = _("Nothing here yet")
    add_form_class: ClassVar[type[BaseForm] | None] = None
    edit_form_class: ClassVar[type[BaseForm] | None] = None
    edit_label: ClassVar[Sentence] = EDIT
    edit_icon: ClassVar[str] = "fa-pen"

    def __init__(self, **kwargs: Any) -> None:
        for needed in ("scope", "spec", "class_permission_name"):
            if not getattr(type(self), needed, None):
                message = f"{type(self).__name__} declares no {needed}"
                raise TypeError(message)
        self.search_columns = [inspect(self.datamodel.obj).primary_key[0].name]
        super().__init__(**kwargs)

    def _init_forms(self) -> None:
        """Skip the framework's generated forms: ours are declared."""

    def _init_titles(self) -> None:
        """Keep the declared and translated titles."""
        self.title = self.list_title

    # ---- methods that a context may override

    def list_note(self) -> str:
        """Return a notice above the list while it applies."""
        return ""

    def list_buttons(self, actor: Actor) -> list[Button]:
        """Return the toolbar; "new" comes first."""
        if self.add_form_class is None or not self._may(BasicPermission.CREATE, actor):
            return []
        url = url_for(f"{self.endpoint}.add")
        return [Button(str(self.add_title), url, "fa-plus", "drawer", primary=True)]

    def is_struck(self, _record: Any) -> bool:
        """Return True if the row is struck through, because it is no longer valid."""
        return False

    def edit_buttons(self, record: Any, actor: Actor, facts: Any, *, is_main: bool = False) -> list[Button]:
        """Return the button of the edit form: disabled with the reason, absent without the permission."""
        if not self._may(BasicPermission.UPDATE, actor):
            return []
        verdict = self.check_edit(record, actor, facts)
        label, icon = self.edit_label, self.edit_icon
        return [edit_button(self.endpoint, record, verdict, label=label, icon=icon, is_main=is_main)]

    def opening_offer(self) -> RowOffer:
        """Return the button of every row that opens the record."""
        return RowOffer.at(f"{self.endpoint}.show", gettext("Open"))

    def edit_offers(self, actor: Actor, *, is_main: bool = False) -> list[RowOffer]:
        """Return the same button for every row of the list."""
        if not self._may(BasicPermission.UPDATE, actor):
            return []
        label, icon = str(self.edit_label), self.edit_icon
        return [
            RowOffer.at(
                f"{self.endpoint}.edit",
                label,
                icon=icon,
                mode="drawer",
                primary=is_main,
                policy=lambda who, record, facts: self.check_edit(record, who, facts),
            )
        ]

    def sums_of(self, _result: Select[Any]) -> Mapping[str, Any]:
        """Return column → total of the whole result, shown under the list."""
        return {}

    def create(self, values: dict[str, Any], actor: Actor) -> Any:
        """Call the service that creates a record."""
        raise NotImplementedError

    def update(self, pk: int, values: dict[str, Any], actor: Actor) -> Any:
        """Call the service that edits the record."""
        raise NotImplementedError

    def check_edit(self, _record: Any, actor: Actor, _facts: Any) -> Decision:
        """Return the policy's decision for the edit form and its button: by default the permission alone."""
        return ALLOW if self._may(BasicPermission.UPDATE, actor) else forbidden(*MESSAGES[403])

    def form_data(self, _record: Any | None, _actor: Actor) -> dict[str, Any]:
        """Return the initial values of the form."""
        return {}

    # ---- routes

    @expose("/", methods=["GET"])
    @permitted(BasicPermission.READ)
    def list(self) -> Any:
        """Show the list; without arguments the view with which it opens for the person (OFF-5)."""
        return open_list(self)

    @expose("/search", methods=["POST"])
    @permitted(BasicPermission.READ)
    def search(self) -> Any:
        """Accept a search whose terms must not appear in an address; redirect to the list with a sealed value
        (ACC-17).
        """
        actor = current_actor()
        whole = type(self).scope(actor)
        posted = MultiDict((k, v) for k, v in request.form.items(multi=True) if k != "csrf_token")
        mode = posted.poplist("mode")
        query = sealed_query(whole, self.spec, posted, actor)
        to = mode[0] if mode and mode[0] in self.routes() & {"board", "calendar"} else "list"
        return redirect(url_for(f"{self.endpoint}.{to}", **query), 303)

    @expose("/counts", methods=["GET"])
    @permitted(BasicPermission.READ)
    def counts(self) -> Response:
        """Return the counts of the tabs, exact up to a limit (OFF-7), fetched after the page."""
        actor = current_actor()
        limit = 9_999
        found = counts_up_to({tab.key: tab.scope(actor) for tab in self.tabs if tab.is_offered}, limit)
        return jsonify({key: f"{limit:,}+" if n > limit else f"{n:,}" for key, n in found.items()})

    @expose("/new", methods=["GET", "POST"])
    @permitted(BasicPermission.CREATE)
    def add(self) -> Any:
        """Show and submit the form of a new record."""
        actor = current_actor()
        if self.add_form_class is None:
            raise NotFound
        form = self.add_form_class(data=self.form_data(None, actor))
        return run_form(
            form,
            title=str(self.add_title),
            back_url=url_for(f"{self.endpoint}.list"),
            submit=lambda values: self.create(values, actor),
            done_url=self.record_url,
            done=lambda made: say_created(self, made),
            look=WITH_NEXT,
        )

    @expose("/<int:pk>/edit", methods=["GET", "POST"])
    @permitted(BasicPermission.UPDATE)
    def edit(self, pk: int) -> Any:
        """Show and submit the form of an existing record, or of its fields named ``only``."""
        actor = current_actor()
        if self.edit_form_class is None:
            raise NotFound
        record = self.get_record(pk, actor)
        facts = self.facts_for(record, actor)
        self.check_edit(record, actor, facts).enforce()
        form = self.edit_form(record, actor)
        wanted = request.args.getlist("only")
        if wanted:
            fields = {name for names in self.edited_in_place(record, actor, facts).values() for name in names}
            if not fields.issuperset(wanted):
                raise NotFound
            form.keep_only(wanted)
        return run_form(
            form,
            title=str(self.edit_title),
            back_url=self.record_url(record),
            submit=lambda values: self.update(pk, values, actor),
            done_url=self.record_url,
            done=lambda kept: say_saved(self, EDITED, kept),
        )

    # ---- building the page objects

    def _may(self, permission: BasicPermission, actor: Actor) -> bool:
        return actor.has_permission(permission, self.class_permission_name)

    def edit_form(self, record: Any, actor: Actor) -> BaseForm:
        """Return the form of an existing record, filled in."""
        form_class: Any = self.edit_form_class
        form: BaseForm = form_class(data=self.form_data(record, actor))
        narrow_choices(form, record)
        return form

    def open_tab(self) -> ListTab | None:
        """Return the tab that the address names, else the first."""
        return self.tab_of(request.args)

    def tab_of(self, args: MultiDict[str, str]) -> ListTab | None:
        """Return the tab that a list's arguments name, else the first; None in a list without tabs."""
        if not self.tabs:
            return None
        wanted = args.get("tab", self.tabs[0].key)
        return next((tab for tab in self.tabs if tab.key == wanted), self.tabs[0])

    def page_tabs(self, tab: ListTab | None) -> Sequence[Tab]:
        base = url_for(f"{self.endpoint}.list")
        return [
            Tab(one.key, str(one.label), f"{base}?tab={one.key}", active=one is tab)
            for one in self.tabs
            if one.is_offered or one is tab
        ]
