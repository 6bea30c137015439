"""The framework is kept at a distance (DESIGN.md): pinned, used through our bases only, no stock
page served.
"""

from __future__ import annotations

import flask_appbuilder
import pytest
from flask_appbuilder import BaseView, ModelRestApi, ModelView
from flask_appbuilder.api import BaseApi
from flask_appbuilder.baseviews import BaseCRUDView, BaseFormView

from app.channel.phone.base import PhoneView
from app.kernel.api.base import KepanApi
from app.kernel.pages.views import ScopedModelView

# Pages without scoped records, with the reason for each.
PLAIN_VIEWS = {
    "app.audit.undo.views.UndoView": "undoes what the person did, by the rule of the operation",
    "app.channel.options.ChannelOptionsView": "choices for forms",
    "app.channel.phone.base.PhoneView": "and all that stand on it: they read through the channel's scoped queries",
    "app.channel.ranking.views.RankingView": "reads through the scoped ranking",
    "app.customers.statistics.views.CustomerStatisticsView": "counts within the scope of customers",
    "app.kernel.pages.files.FileView": "hands out a file by the rule of what it belongs to",
    "app.kernel.pages.live_view.LiveView": "asks with the scope of each list",
    "app.org.accounts.views.AccountView": "one's own account",
    "app.org.profile.views.ProfileView": "one's own page",
    "app.org.sessions.views.LanguageView": "remembers the language",
    "app.org.sessions.views.SignInView": "where one signs in",
    "app.org.staff.options.OptionsView": "choices for forms",
    "app.search.views.SearchView": "reads through the scoped selects of the kinds",
    "app.system.dictionaries.views.DictionaryView": "dictionaries belong to nobody",
    "app.system.jobs.views.JobView": "jobs belong to nobody",
    "app.system.list_views.views.ListViewView": "one's own views",
    "app.system.settings.views.SettingsView": "settings belong to nobody",
    "app.workbench.views.WorkbenchView": "reads through the contexts' scoped queries",
}
PLAIN_APIS = {"app.org.sessions.api.TokenApi": "hands out what the others ask for"}
# All addresses that the framework itself adds.
FRAMEWORK_ENDPOINTS = {"appbuilder.static", "static"}


def test_the_framework_has_the_version_that_the_notes_were_made_with():
    assert flask_appbuilder.__version__ == "5.3.0", (
        "Flask-AppBuilder was changed: read docs/framework.md again, check each note against the new "
        "version, then change the version here"
    )


def _served(app) -> set[type]:
    return {type(view) for view in app.extensions["appbuilder"].baseviews}


def _declared(base: type) -> set[type]:
    """Return every class of ours below ``base``, registered or not."""
    below = {sub for one in base.__subclasses__() for sub in {one, *_declared(one)}}
    return {one for one in below if one.__module__.startswith("app.")}


def _names(classes: set[type]) -> set[str]:
    return {f"{one.__module__}.{one.__name__}" for one in classes}


def test_every_view_with_records_is_scoped(bare_app):
    ours = _declared(ModelView) | _declared(BaseCRUDView) | _declared(BaseFormView)
    assert len(ours) >= 4
    assert [one for one in ours if not issubclass(one, ScopedModelView)] == []


def test_every_other_view_is_named_here(bare_app):
    plain = {one for one in _declared(BaseView) if not issubclass(one, ScopedModelView)}
    plain -= _declared(PhoneView)
    assert _names(plain) == set(PLAIN_VIEWS)


def test_every_api_extends_our_base(bare_app):
    assert _declared(ModelRestApi) == set()
    plain = {one for one in _declared(BaseApi) if not issubclass(one, KepanApi)}
    assert _names(plain) == set(PLAIN_APIS)


def test_no_view_of_the_framework_is_served(bare_app):
    assert {one for one in _served(bare_app) if not one.__module__.startswith("app.")} == set()


def test_every_address_belongs_to_a_view_of_ours(bare_app):
    named = {view.endpoint for view in bare_app.extensions["appbuilder"].baseviews}
    others = {r.endpoint for r in bare_app.url_map.iter_rules() if r.endpoint.split(".")[0] not in named}
    assert others == FRAMEWORK_ENDPOINTS | {"healthz", "readyz"}


STOCK = (
    "/users/list/", "/roles/list/", "/userinfoeditview/form", "/resetmypassword/form",
    "/permissions/list/",
    "/userstatschartview/chart/", "/swagger/v1", "/api/v1/menu/", "/api/v1/_openapi", "/back", "/lang/en",
    "/actionlog/list/", "/registeruser/list/", "/user/info/", "/api/v1/security/api_keys/",
)  # fmt: skip


def test_stock_addresses_do_not_exist(bare_app):
    adapter = bare_app.url_map.bind("localhost")
    assert [path for path in STOCK if adapter.test(path)] == []


def test_a_scoped_view_without_a_scope_does_not_start(bare_app):
    incomplete = type(
        "NoScopeView", (ScopedModelView,), {"class_permission_name": "Nothing", "__module__": "x"}
    )
    with bare_app.app_context(), pytest.raises(TypeError, match="declares no scope"):
        incomplete()


def test_an_api_without_a_resource_does_not_start(bare_app):
    incomplete = type("NamelessApi", (KepanApi,), {"__module__": "x"})
    with bare_app.app_context(), pytest.raises(TypeError, match="class_permission_name"):
        incomplete()
