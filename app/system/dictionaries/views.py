"""The pages of dictionaries (PLAT-7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, url_for
from flask_appbuilder.baseviews import BaseView, expose
from flask_babel import force_locale, gettext

from app.kernel.access.current import current_actor
from app.kernel.errors import NotFound
from app.kernel.pages.elements import Button, Column, Row
from app.kernel.pages.form_page import run_form
from app.kernel.pages.formatting import NOTHING, join_names, tag
from app.kernel.pages.routes import permitted
from app.kernel.settings.dictionaries import Dictionary, declared_dictionaries, find_dictionary
from app.system.dictionaries import policies, services
from app.system.dictionaries.forms import EntryForm, NewEntryForm
from app.system.permissions import DictionaryPermission

if TYPE_CHECKING:
    from app.kernel.settings.dictionaries import Entry


class DictionaryView(BaseView):
    """``/dictionaries``."""

    route_base = "/dictionaries"
    class_permission_name = "Dictionary"
    default_view = "list"

    @expose("/", methods=["GET"])
    @permitted(DictionaryPermission.READ)
    def list(self) -> str:
        """List every dictionary that has a title; editable ones come first."""
        columns = [
            Column("name", gettext("Dictionary")),
            Column("code", gettext("Identifier")),
            Column("state", gettext("Editing")),
            Column("offered", gettext("Offered"), number=True),
            Column("disabled", gettext("Disabled"), number=True),
            Column("entries", gettext("Entries"), wide=True),
        ]
        known = sorted(declared_dictionaries(), key=lambda one: not one.editable)
        rows = [_dictionary_row(number, one) for number, one in enumerate(known, start=1)]
        return render_template("system/dictionaries.html", columns=columns, rows=rows)

    @expose("/<string:name>", methods=["GET"])
    @permitted(DictionaryPermission.READ)
    def show(self, name: str) -> str:
        """Show the entries of one dictionary."""
        dictionary = _dictionary(name)
        columns = [
            Column("name", gettext("Shown as")),
            Column("code", gettext("Identifier")),
            Column("zh", gettext("Chinese name")),
            Column("en", gettext("English name")),
            Column("position", gettext("Order"), number=True),
            Column("state", gettext("State")),
            Column("origin", gettext("Origin")),
        ]
        may_add = dictionary.editable and current_actor().may(DictionaryPermission.CREATE)
        buttons = [_new_button(dictionary)] if may_add else []
        return render_template(
            "system/dictionary.html",
            dictionary=dictionary,
            columns=columns,
            rows=[
                _entry_row(number, dictionary, one)
                for number, one in enumerate(_entries(dictionary), start=1)
            ],
            buttons=buttons,
            fixed=str(policies.can_edit_dictionary(dictionary).message),
        )

    @expose("/<string:name>/new", methods=["GET", "POST"])
    @permitted(DictionaryPermission.CREATE)
    def add(self, name: str) -> Any:
        """Add an entry."""
        dictionary = _dictionary(name)
        policies.can_edit_dictionary(dictionary).enforce()
        address = url_for("DictionaryView.show", name=name)
        return run_form(
            NewEntryForm(),
            title=f"{gettext('New entry')} — {dictionary.title}",
            back_url=address,
            submit=lambda values: services.add_entry(name, **values, actor=current_actor()),
            done_url=lambda _made: address,
        )

    @expose("/<string:name>/<string:code>/edit", methods=["GET", "POST"])
    @permitted(DictionaryPermission.UPDATE)
    def edit(self, name: str, code: str) -> Any:
        """Edit name, colour, position and state of an entry."""
        dictionary, entry = _entry(name, code)
        policies.can_edit_dictionary(dictionary).enforce()
        address = url_for("DictionaryView.show", name=name)
        return run_form(
            EntryForm(data=_form_data(entry)),
            title=f"{entry.label} — {dictionary.title}",
            back_url=address,
            submit=lambda values: services.change_entry(
                name, code, **_given(dictionary, entry, values), actor=current_actor()
            ),
            done_url=lambda _row: address,
        )

    @expose("/<string:name>/<string:code>/enable", methods=["POST"])
    @permitted(DictionaryPermission.UPDATE)
    def enable(self, name: str, code: str) -> Any:
        """Offer an entry again."""
        services.enable_entry(name, code, enabled=True, actor=current_actor())
        return _back(name, gettext("The entry is offered again"))

    @expose("/<string:name>/<string:code>/disable", methods=["POST"])
    @permitted(DictionaryPermission.UPDATE)
    def disable(self, name: str, code: str) -> Any:
        """Stop offering an entry."""
        services.enable_entry(name, code, enabled=False, actor=current_actor())
        return _back(name, gettext("The entry is no longer offered"))

    @expose("/<string:name>/<string:code>/reset", methods=["POST"])
    @permitted(DictionaryPermission.UPDATE)
    def reset(self, name: str, code: str) -> Any:
        """Reset a declared entry to its declaration."""
        services.reset_entry(name, code, actor=current_actor())
        return _back(name, gettext("Back to the default"))


def _dictionary(name: str) -> Dictionary:
    found = find_dictionary(name)
    if found is None or not found.title:
        raise NotFound
    return found


def _entry(name: str, code: str) -> tuple[Dictionary, Entry]:
    dictionary = _dictionary(name)
    found = dictionary.entries().get(code)
    if found is None:
        raise NotFound
    return dictionary, found


def _entries(dictionary: Dictionary) -> list[Entry]:
    return [*dictionary.entries().values()]


def _dictionary_row(number: int, dictionary: Dictionary) -> Row:
    entries = _entries(dictionary)
    offered = [entry for entry in entries if entry.enabled]
    cells = {
        "name": str(dictionary.title),
        "code": dictionary.name,
        "state": tag(gettext("Editable"), "blue") if dictionary.editable else tag(gettext("Fixed")),
        "offered": len(offered),
        "disabled": len(entries) - len(offered) or NOTHING,
        "entries": join_names(entry.label for entry in offered),
    }
    return Row(number, url_for("DictionaryView.show", name=dictionary.name), cells)


def _in(language: str, entry: Entry) -> str:
    with force_locale(language):
        return entry.label


def _entry_row(number: int, dictionary: Dictionary, entry: Entry) -> Row:
    delivered = gettext("Changed") if entry.changed else gettext("As delivered")
    cells = {
        "name": tag(entry.label, entry.tone),
        "code": entry.code,
        "zh": _in("zh", entry),
        "en": _in("en", entry),
        "position": entry.position,
        "state": tag(gettext("Offered"), "green") if entry.enabled else tag(gettext("Disabled")),
        "origin": delivered if entry.declared is not None else gettext("Own"),
    }
    return Row(number, "", cells, _entry_buttons(dictionary, entry))


def _entry_buttons(dictionary: Dictionary, entry: Entry) -> list[Button]:
    if not dictionary.editable or not current_actor().may(DictionaryPermission.UPDATE):
        return []

    def url(action: str) -> str:
        return url_for(f"DictionaryView.{action}", name=dictionary.name, code=entry.code)

    switch = (
        Button(gettext("Disable"), url("disable"), mode="post")
        if entry.enabled
        else Button(gettext("Enable"), url("enable"), mode="post")
    )
    buttons = [Button(gettext("Edit"), url("edit"), mode="drawer"), switch]
    if entry.changed and entry.declared is not None:
        ask = gettext("Put this entry back to what was delivered?")
        buttons.append(Button(gettext("Reset"), url("reset"), mode="post", ask=ask))
    return buttons


def _new_button(dictionary: Dictionary) -> Button:
    url = url_for("DictionaryView.add", name=dictionary.name)
    return Button(gettext("New entry"), url, "fa-plus", "drawer", primary=True)


def _form_data(entry: Entry) -> dict[str, Any]:
    """Return the form's initial values: the names in force in both languages."""
    return {
        "label_zh": _in("zh", entry),
        "label_en": _in("en", entry),
        "tone": entry.tone,
        "position": entry.position,
        "enabled": entry.enabled,
    }


def _given(dictionary: Dictionary, entry: Entry, values: dict[str, Any]) -> dict[str, Any]:
    """Return the typed values; a value equal to the declared one is not stored, so that it follows an
    upgrade.
    """
    delivered = dictionary.delivered(entry.code)
    if delivered is None:
        return values
    original = _form_data(delivered)
    return {
        name: None if name != "enabled" and value == original[name] else value
        for name, value in values.items()
    }


def _back(name: str, message: str) -> Any:
    flash(message, "success")
    return redirect(url_for("DictionaryView.show", name=name), 303)
