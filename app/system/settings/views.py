"""The page of settings (PLAT-7): all of them, grouped, in one form that saves the changed ones."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request, url_for
from flask_appbuilder.baseviews import BaseView, expose
from flask_babel import gettext

from app.kernel.access.current import current_actor
from app.kernel.errors import Denied, Invalid
from app.kernel.pages.routes import permitted
from app.kernel.settings.declarations import declared_families, declared_settings
from app.system.permissions import SettingPermission
from app.system.settings import services
from app.system.settings.forms import settings_form

if TYPE_CHECKING:
    from wtforms import Field

    from app.kernel.fields.forms import BaseForm
    from app.kernel.settings.declarations import Setting, SettingFamily, SettingGroup


_SEEN = "seen:"


@dataclass(frozen=True)
class Line:
    """A setting on the page."""

    name: str
    field: Field
    help: str
    default: str
    seen: str
    is_default: bool


@dataclass
class Block:
    """A group on the page: single settings, and families as compact tables."""

    key: str
    label: str
    lines: list[Line] = field(default_factory=list)
    tables: list[tuple[str, str, list[Line]]] = field(default_factory=list)


class SettingsView(BaseView):
    """``/settings``."""

    route_base = "/settings"
    class_permission_name = "Setting"
    default_view = "show"

    @expose("/", methods=["GET"])
    @permitted(SettingPermission.READ)
    def show(self) -> str:
        """Show every setting with its value in force."""
        settings = _all_settings()
        form = settings_form(settings)(data={one.name: one.get() for one in settings})
        return _page(form)

    @expose("/", methods=["POST"])
    @permitted(SettingPermission.UPDATE)
    def save(self) -> Any:
        """Change the settings that differ from the values shown: all of them, or none."""
        settings = _all_settings()
        sent = [one for one in settings if _SEEN + one.name in request.form]
        form = settings_form(sent)()
        if not form.validate():
            return _page(_with_rest(settings, form)), 422
        try:
            changed = services.change_settings(_changes(sent, form), actor=current_actor())
        except Invalid as error:
            form.add_errors(error.fields)
            return _page(_with_rest(settings, form)), 422
        except Denied as error:
            return _refused(settings, form, error)
        flash(
            gettext("Settings changed: %(n)s", n=changed) if changed else gettext("Nothing was changed"),
            "success" if changed else "info",
        )
        return redirect(url_for("SettingsView.show"), 303)

    @expose("/reset/<string:name>", methods=["POST"])
    @permitted(SettingPermission.UPDATE)
    def reset(self, name: str) -> Any:
        """Reset one setting to its default."""
        try:
            services.reset_setting(name, actor=current_actor())
        except Denied as error:
            settings = _all_settings()
            form = settings_form(settings)(formdata=None, data={one.name: one.get() for one in settings})
            return _refused(settings, form, error)
        flash(gettext("Back to the default"), "success")
        return redirect(url_for("SettingsView.show"), 303)


def _all_settings() -> list[Setting[Any]]:
    members = [one for family in declared_families() for one in family.members()]
    return [*declared_settings().values(), *members]


def _changes(settings: list[Setting[Any]], form: BaseForm) -> dict[str, tuple[Any, Any]]:
    """Return name → (seen, typed) of the fields that were changed."""
    found: dict[str, tuple[Any, Any]] = {}
    for one in settings:
        typed = form[one.name].data
        value = "" if typed is None and isinstance(one.default, str) else typed
        seen = _seen(one)
        if value != seen:
            found[one.name] = seen, value
    return found


def _seen(setting: Setting[Any]) -> Any:
    """Return the value that the page showed; a value that the page cannot have shown counts as the current
    one.
    """
    try:
        value = setting.from_json(json.loads(request.form[_SEEN + setting.name]))
    except ValueError:
        return setting.get()
    return value if setting.accepts(value) else setting.get()


def _with_rest(settings: list[Setting[Any]], form: BaseForm) -> dict[str, Field]:
    """Return the submitted fields as they were typed, the others with their current values."""
    rest = settings_form(settings)(formdata=None, data={one.name: one.get() for one in settings})
    return {one.name: form[one.name] if one.name in form else rest[one.name] for one in settings}


def _refused(settings: list[Setting[Any]], form: BaseForm, error: Denied) -> Any:
    """Show the page again, with each error under its field."""
    decision = error.decision
    form.add_errors({decision.field: decision.message})
    obstacles = {
        "name": decision.field,
        "found": decision.details.get("obstacles", []),
        "more": decision.details.get("more", False),
    }
    return _page(_with_rest(settings, form), obstacles), error.status


def _page(fields: Any, obstacles: dict[str, Any] | None = None) -> str:
    blocks: dict[str, Block] = {}
    for one in sorted(declared_settings().values(), key=lambda found: found.group.order):
        _block(blocks, one.group).lines.append(_line(one, fields[one.name]))
    for family in declared_families():
        _block(blocks, family.group).tables.append(_table(family, fields))
    return render_template("system/settings.html", blocks=[*blocks.values()], obstacles=obstacles or {})


def _block(blocks: dict[str, Block], group: SettingGroup) -> Block:
    return blocks.setdefault(group.key, Block(group.key, str(group.label)))


def _table(family: SettingFamily[Any], fields: Any) -> tuple[str, str, list[Line]]:
    lines = [_line(one, fields[one.name]) for one in family.members()]
    return str(family.label), str(family.help), lines


def _line(setting: Setting[Any], typed: Field) -> Line:
    present = setting.get()
    return Line(
        name=setting.name,
        field=typed,
        help=str(setting.help),
        default=setting.show(setting.default),
        seen=json.dumps(present),
        is_default=present == setting.default,
    )
