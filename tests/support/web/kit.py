"""The usual tests of a list page and of an API, for one declaration.

A test file declares a class; pytest collects the tests that it inherits.  The class's docstring names the rules that
they prove::

    class TestScans(ListViewTests):
        '''CH-16: the office finds scans; people on-site see those of their projects.'''

        view = "ScanView"
        api = "/scans"
        scene = "channel"
        allowed = ("director", "secretary")
        outsiders = ("agent",)
        filters = {"name=小明": ["王小明"], "result=collision": []}
        orders = {"created_at": ["王小明", "王小红"]}

        def add(self, number):
            self.people.bound("broker1", f"客{number}")

A list that has no page is declared below ``ApiTests``.  Every filter and every order of the list has to be declared: a
new one fails the test until its result is declared.  ``tests/whole/test_declared_lists.py`` names the lists that no class
declares.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import parse_qs

import pytest
from openpyxl import load_workbook
from werkzeug.datastructures import MultiDict

from app.kernel.lists.requests import read_list_request
from tests.support.databases.statements import count_statements
from tests.support.web.clients import ApiClient, apart
from tests.support.web.listing import served_lists
from tests.support.web.person import Browser

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.kernel.lists.requests import ListSpec

MORE = 10  # rows that are added before statements are counted again
API = "/api/v1"


def names_in(queries: Mapping[str, Any]) -> set[str]:
    """The arguments that the queries of a declaration use."""
    return {name for query in queries for name in parse_qs(query, keep_blank_values=True)}


def _other(found: Mapping[str, Any], declared: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was found and not declared."""
    return {key: value for key, value in found.items() if value != declared[key]}


class Declared:
    """Declarations of both kits.

    ``scene``: the fixture that fills the database, and knows people by ``actor(name)``.  ``allowed``: who reads the list;
    the first of them is asked for everything.  ``outsiders``: whose roles may not use it.  ``strangers``: who may use it,
    and has none of its rows in scope.  ``filters``: query → the rows that it finds, by ``column``, in any order;
    ``orders``: order → the rows in that order, of all or of those that the query ``ordered`` finds.  All three are written
    with ``{names}`` of ``self.known``.  ``most``: statements of one answer.
    """

    scene: ClassVar[str] = "world"
    allowed: ClassVar[Sequence[str]] = ()
    outsiders: ClassVar[Sequence[str]] = ()
    strangers: ClassVar[Sequence[str]] = ()
    column: ClassVar[str] = "name"
    filters: ClassVar[Mapping[str, Sequence[str]]] = {}
    orders: ClassVar[Mapping[str, Sequence[str]]] = {}
    ordered: ClassVar[str] = ""
    most: ClassVar[int] = 8

    def __init_subclass__(cls) -> None:
        """Leave out the tests of what the list does not have."""
        if not cls.strangers:
            cls.test_whoever_has_no_record_in_scope_finds_none = None

    @pytest.fixture(autouse=True)
    def _prepare(self, request: Any, app: Any) -> None:
        self.app = app
        self.request = request
        self.people = request.getfixturevalue(self.scene)
        self.known: dict[str, Any] = {}
        self.prepare()

    def prepare(self) -> None:
        """Make rows, if the scene has none; fill ``self.known`` with what the declarations name."""

    def add(self, number: int) -> None:
        """Make one more row."""
        raise NotImplementedError

    def username(self, key: str) -> str:
        """Return the user name of a person of the scene."""
        return self.people.username(key) if hasattr(self.people, "username") else key

    def rows(self, query: str = "") -> list[str]:
        """Return what the list shows in ``column`` to the first of ``allowed``."""
        raise NotImplementedError

    def read(self) -> None:
        """Request the list once, as the first of ``allowed``."""
        raise NotImplementedError

    @property
    def spec(self) -> ListSpec:
        """Return the list's filters and orders."""
        raise NotImplementedError

    def client(self, key: str) -> ApiClient:
        """Return a person's client of the API, kept for the test."""
        kept = self.__dict__.setdefault("_clients", {})
        if key not in kept:
            kept[key] = ApiClient(self.app, self.username(key) if key else "")
        return kept[key]

    def api_value(self, item: Mapping[str, Any]) -> str:
        """Return what ``column`` shows of a record of the API."""
        return str(item[self.column])

    def named(self, declared: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
        """Return declarations with the names of ``self.known`` filled in."""
        known = self.known
        return {
            query.format_map(known): [str(row).format_map(known) for row in rows]
            for query, rows in declared.items()
        }

    def test_each_filter_finds_and_leaves_out_the_declared_rows(self):
        declared = {query: sorted(rows) for query, rows in self.named(self.filters).items()}
        found = {query: sorted(self.rows(query)) for query in declared}
        assert _other(found, declared) == {}, _other(found, declared)
        whole = len(self.rows("page_size=100"))
        for one in self.spec.filters:
            results = [rows for query, rows in declared.items() if {*one.names} & names_in({query: rows})]
            assert any(results), f"no query finds a row by {one.name}"
            assert min(len(rows) for rows in results) < whole, f"no query leaves out a row by {one.name}"

    @pytest.mark.both
    def test_each_order_is_as_declared(self):
        declared = self.named(self.orders)
        assert [*declared] == [*self.spec.orders], "every order is declared"
        some = self.ordered.format_map(self.known)
        found = {order: self.rows(f"{some}&order_by={order}") for order in declared}
        assert _other(found, declared) == {}, _other(found, declared)
        backwards = {order: self.rows(f"{some}&order_by=-{order}") for order in declared}
        assert backwards == {order: rows[::-1] for order, rows in declared.items()}

    def test_the_list_costs_a_fixed_number_of_statements(self):
        few, before = self._cost(), len(self.rows("page_size=100"))
        assert before, "the scene has rows"
        for number in range(MORE):
            self.add(number)
        assert len(self.rows("page_size=100")) == before + MORE, "add() makes a row that the list shows"
        many = self._cost()
        assert len(many) == len(few) <= self.most, (len(few), len(many), many)

    def _cost(self) -> list[str]:
        self.read()  # afterwards the process's caches are filled
        with count_statements(self.app) as seen:
            self.read()
        return list(seen)


class ListViewTests(Declared):
    """The usual tests of a list page.

    ``view``: the endpoint of a ``ScopedModelView``; ``tab``: the tab that has all rows, unless it is the first.  ``api``:
    the same list in the API, without ``/api/v1``; an export, if the list has one, is compared with the page by
    ``column``.
    """

    view: ClassVar[str] = ""
    tab: ClassVar[str] = ""
    api: ClassVar[str] = ""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if not cls.api:
            cls.test_the_api_has_the_rows_of_the_page = None

    @property
    def found_view(self) -> Any:
        """Return the view."""
        return next(one for one in self.app.extensions["appbuilder"].baseviews if one.endpoint == self.view)

    @property
    def spec(self) -> ListSpec:
        return self.found_view.spec

    @property
    def address(self) -> str:
        """Return the address of the list."""
        return f"{self.found_view.route_base}/"

    def browser(self, key: str) -> Browser:
        """Return a person's browser, kept for the test."""
        kept = self.__dict__.setdefault("_browsers", {})
        if key not in kept:
            kept[key] = Browser(self.app, self.username(key) if key else "")
        return kept[key]

    def page(self, key: str, query: str = "") -> Any:
        """Return the list as a person sees it."""
        return self.browser(key).page(f"{self.address}?tab={self.tab}&{query}")

    def rows(self, query: str = "") -> list[str]:
        return self.shown(self.allowed[0], query)

    def shown(self, key: str, query: str = "") -> list[str]:
        """Return what the page shows a person in ``column``."""
        bodies = self.page(key, query).all("tbody")
        return [row.one("td", data_key=self.column).text for body in bodies for row in body.all("tr")]

    def read(self) -> None:
        self.page(self.allowed[0], "page_size=100")

    def test_only_the_declared_people_read(self):
        assert self.browser("").get(self.address).status_code == 302, "who is not signed in is asked to"
        expected = dict.fromkeys(self.outsiders, 403) | dict.fromkeys((*self.allowed, *self.strangers), 200)
        found = {key: self.browser(key).get(self.address).status_code for key in expected}
        assert _other(found, expected) == {}, _other(found, expected)
        if self.api:
            assert self.client("").get(self.api).status_code == 401
            assert {key: self.client(key).get(self.api).status_code for key in self.allowed} == dict.fromkeys(
                self.allowed, 200
            )

    def test_whoever_has_no_record_in_scope_finds_none(self):
        reader = self.allowed[0]
        links = [row["data-url"] for row in self.page(reader).one("tbody").all("tr") if row["data-url"]]
        ids = [one["id"] for one in self.client(reader).get(self.api).get_json()["items"]] if self.api else []
        for key in self.strangers:
            assert self.shown(key) == [], key
            opened = {link: self.browser(key).get(link).status_code for link in links}
            assert opened == dict.fromkeys(links, 404), key
            if self.api and self.client(key).get(self.api).status_code != 403:
                assert self.client(key).get(self.api).get_json()["items"] == [], key
                assert {self.client(key).get(f"{self.api}/{pk}").status_code for pk in ids} == {404}, key

    def test_the_api_has_the_rows_of_the_page(self):
        client = self.client(self.allowed[0])
        queries = [
            *self.named(self.filters),
            *(f"order_by={sign}{one}" for one in self.orders for sign in ("", "-")),
        ]
        for query in ("", *queries):
            answer = client.open("GET", self.api, query_string=query).get_json()
            assert [self.api_value(one) for one in answer["items"]] == self.rows(query), query
        if f"{API}{self.api}/<int:pk>" in {str(rule) for rule in self.app.url_map.iter_rules()}:
            for row in client.get(self.api).get_json()["items"]:
                single = client.get(f"{self.api}/{row['id']}").get_json()
                assert row == {name: single[name] for name in row}, "a record by its id is the row"

    def test_an_export_has_the_rows_of_the_page(self):
        served = {str(rule) for rule in self.app.url_map.iter_rules()}
        reader, exported = self.allowed[0], f"{self.address}export"
        if exported not in served:
            return
        label = self.page(reader).one("th", data_key=self.column).text
        for query in ("", *[*self.named(self.filters)][:2]):  # a sheet takes long
            sheets = [self.browser(reader).post(f"{exported}?tab={self.tab}&{query}")]
            if f"{API}{self.api}/export" in served:
                sheets.append(self.client(reader).open("GET", f"{self.api}/export", query_string=query))
            for sheet in sheets:
                head, *rows = load_workbook(BytesIO(sheet.data), read_only=True).active.iter_rows(
                    values_only=True
                )
                assert [row[head.index(label)] for row in rows] == self.rows(query), query

    def test_wrong_values_are_refused_under_their_name_without_asking_the_database(self):
        spec, long = self.spec, "x" * 201
        wrong = {"page": "0", "page_size": "x", "order_by": "--id", "after": "x"}
        expected = {*wrong} | {one.name for one in spec.filters}
        wrong |= {name: long for one in spec.filters for name in one.names[:1]}
        self.read()  # afterwards the process's caches are filled
        with count_statements(self.app) as seen:
            asked = apart(self.app, lambda: read_list_request(spec, MultiDict(wrong)))
        others = [one for one in seen if "org_version" not in one]  # settings are read once a request
        assert ({*asked.errors} ^ expected, others) == (set(), []), others
        first = spec.filters[0].names[0]
        assert self.rows(f"{first}={long}") == [], "a wrong value shows no rows"
        assert self.rows("order_by=password") == self.rows() != [], "an unknown order is the usual one"


class ApiTests(Declared):
    """The usual tests of a collection of the API.

    ``path``: without ``/api/v1``; of a record's own list with ``<int:pk>``, which ``prepare`` sets as ``self.pk``.
    """

    path: ClassVar[str] = ""
    pk: int = 0

    @property
    def address(self) -> str:
        """Return the address of the list, without ``/api/v1``."""
        return self.path.replace("<int:pk>", str(self.pk))

    @property
    def spec(self) -> ListSpec:
        return next(one.spec for one in served_lists(self.app) if one.route.rule == f"{API}{self.path}")

    def ask(self, query: str = "") -> Any:
        """Return the response to the first of ``allowed``."""
        return self.client(self.allowed[0]).open("GET", self.address, query_string=query)

    def rows(self, query: str = "") -> list[str]:
        answer = self.ask(query)
        assert answer.status_code == 200, (query, answer.get_json())
        return [self.api_value(item) for item in answer.get_json()["items"]]

    def read(self) -> None:
        assert self.ask("page_size=100").status_code == 200

    def test_only_the_declared_people_read_the_one_shape(self):
        answer = self.client("").get(self.address)
        assert (answer.status_code, answer.get_json()["code"]) == (401, "auth.required")
        answers = {key: self.client(key).get(self.address).status_code for key in self.outsiders}
        assert answers == dict.fromkeys(self.outsiders, 403)
        for key in self.allowed:
            page = self.client(key).get(self.address).get_json()
            assert list(page) == ["items", "total", "total_is_exact", "page", "page_size"], key
            assert page["total"] == len(page["items"]), key

    def test_all_that_is_wrong_is_named_at_once(self):
        long = {name: "x" * 201 for one in self.spec.filters for name in one.names[:1]}
        answer = self.client(self.allowed[0]).get(
            self.address, page="0", page_size="x", order_by="--id", **long
        )
        assert answer.status_code == 422
        named = {"page", "page_size", "order_by"} | {one.name for one in self.spec.filters}
        assert set(answer.get_json()["fields"]) == named

    def test_a_record_by_its_id_is_the_row(self):
        rows = self.ask().get_json()["items"]
        assert rows, "nothing was compared"
        if f"{API}{self.path}/<int:pk>" not in {str(rule) for rule in self.app.url_map.iter_rules()}:
            return
        client = self.client(self.allowed[0])
        assert [client.get(f"{self.address}/{row['id']}").get_json() for row in rows] == rows
        assert client.get(f"{self.address}/999999").status_code == 404

    def test_whoever_has_no_record_in_scope_finds_none(self):
        rows = self.ask().get_json()["items"]
        single = f"{API}{self.path}/<int:pk>" in {str(rule) for rule in self.app.url_map.iter_rules()}
        for key in self.strangers:
            answer = self.client(key).get(self.address)
            if self.pk:
                assert answer.status_code == 404, "of a record out of scope nothing is listed"
                continue
            assert (answer.status_code, answer.get_json()["items"]) == (200, []), key
            for row in rows if single else ():
                assert self.client(key).get(f"{self.address}/{row['id']}").status_code == 404, key
