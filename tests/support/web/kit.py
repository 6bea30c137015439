"""The usual tests of a list page and of an API, for one declaration.

A test file declares a class; pytest collects the tests that it inherits.  The class's docstring names the rules that
they prove::

    class TestBrokerCompanies(ListViewTests):
        '''CH-2: the director and the secretary read broker companies.'''

        view = "BrokerCompanyView"
        scene = "channel"
        allowed = ("director", "secretary")
        outsiders = ("agent",)
        filters = {"name=川": ["川流地产"], "active=no": []}
        most = 9

        def add(self, number):
            create_company(name=f"公司{number}", actor=self.people.admin)

Every filter and every order of the list has to be declared: a new one fails the test until its result is declared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import parse_qs

import pytest
from werkzeug.datastructures import MultiDict

from app.kernel.lists.requests import read_list_request
from tests.support.databases.statements import count_statements
from tests.support.web.clients import ApiClient, apart
from tests.support.web.person import Browser

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FEW = 6  # rows that are added before statements are counted again
PAGING = {"page", "page_size", "order_by", "after", "before"}


def names_in(queries: Mapping[str, Any]) -> set[str]:
    """The arguments that the queries of a declaration use."""
    return {name for query in queries for name in parse_qs(query, keep_blank_values=True)}


class Declared:
    """Declarations of both kits.

    ``scene``: the fixture that fills the database, and knows people by ``actor(name)``.  ``allowed``: who reads the list;
    the first of them is asked for everything.  ``outsiders``: whose roles may not use it.  ``filters``: query → the rows
    that it finds, by ``column``, in any order.  ``orders``: order → all rows in that order.  ``most``: statements of one
    answer.
    """

    scene: ClassVar[str] = "world"
    allowed: ClassVar[Sequence[str]] = ()
    outsiders: ClassVar[Sequence[str]] = ()
    column: ClassVar[str] = "name"
    filters: ClassVar[Mapping[str, Sequence[str]]] = {}
    orders: ClassVar[Mapping[str, Sequence[str]]] = {}
    most: ClassVar[int] = 8

    @pytest.fixture(autouse=True)
    def _prepare(self, request: Any, app: Any) -> None:
        self.app = app
        self.people = request.getfixturevalue(self.scene)
        self.prepare()

    def prepare(self) -> None:
        """Make rows, if the scene has none."""

    def add(self, number: int) -> None:
        """Make one more row."""
        raise NotImplementedError

    def username(self, key: str) -> str:
        """Return the user name of a person of the scene."""
        return str(self.people.actor(key).username)

    def rows(self, query: str = "") -> list[str]:
        """Return what the list shows in ``column`` to the first of ``allowed``."""
        raise NotImplementedError

    def read(self) -> None:
        """Request the list once, as the first of ``allowed``."""
        raise NotImplementedError

    def test_each_filter_finds_the_declared_rows(self):
        found = {query: sorted(self.rows(query)) for query in self.filters}
        assert found == {query: sorted(rows) for query, rows in self.filters.items()}

    def test_each_order_is_as_declared(self):
        found = {order: self.rows(f"order_by={order}") for order in self.orders}
        assert found == {order: list(rows) for order, rows in self.orders.items()}
        backwards = {order: self.rows(f"order_by=-{order}") for order in self.orders}
        assert backwards == {order: list(rows)[::-1] for order, rows in self.orders.items()}

    def test_the_list_costs_a_fixed_number_of_statements(self):
        few, before = self._cost(), len(self.rows("page_size=100"))
        for number in range(FEW):
            self.add(number)
        assert len(self.rows("page_size=100")) == before + FEW, "add() makes a row that the list shows"
        many = self._cost()
        assert len(many) == len(few) <= self.most, many

    def _cost(self) -> list[str]:
        self.read()  # afterwards the process's caches are filled
        with count_statements(self.app) as seen:
            self.read()
        return list(seen)


class ListViewTests(Declared):
    """The usual tests of a list page.  ``view``: the endpoint of a ``ScopedModelView``."""

    view: ClassVar[str] = ""

    @property
    def found_view(self) -> Any:
        """Return the view."""
        return next(one for one in self.app.extensions["appbuilder"].baseviews if one.endpoint == self.view)

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

    def rows(self, query: str = "") -> list[str]:
        page = self.browser(self.allowed[0]).page(f"{self.address}?{query}")
        bodies = page.all("tbody")
        return [row.one("td", data_key=self.column).text for body in bodies for row in body.all("tr")]

    def read(self) -> None:
        self.browser(self.allowed[0]).page(self.address)

    def test_whoever_is_not_signed_in_is_asked_to(self):
        assert self.browser("").get(self.address).status_code == 302

    def test_roles_without_the_permission_are_refused(self):
        answers = {key: self.browser(key).get(self.address).status_code for key in self.outsiders}
        assert answers == dict.fromkeys(self.outsiders, 403)

    def test_roles_with_the_permission_read(self):
        answers = {key: self.browser(key).get(self.address).status_code for key in self.allowed}
        assert answers == dict.fromkeys(self.allowed, 200)

    def test_every_filter_and_order_is_declared(self):
        spec = self.found_view.spec
        undeclared = [one.name for one in spec.filters if not {*one.names} & names_in(self.filters)]
        assert (undeclared, [*spec.orders]) == ([], [*self.orders])

    def test_wrong_values_are_refused_under_their_name_without_asking_the_database(self):
        spec, long = self.found_view.spec, "x" * 201
        wrong = {"page": "0", "page_size": "x", "order_by": "--id", "after": "x"}
        wrong |= {name: long for one in spec.filters for name in one.names[:1]}
        expected = {*wrong} - {name for one in spec.filters for name in one.names} | {
            one.name for one in spec.filters
        }
        with count_statements(self.app) as seen:
            asked = apart(self.app, lambda: read_list_request(spec, MultiDict(wrong)))
        assert ({*asked.errors}, seen.count) == (expected, 0)

    def test_a_wrong_value_shows_no_rows_and_an_unknown_order_the_usual_one(self):
        first = self.found_view.spec.filters[0].names[0]
        assert self.rows(f"{first}={'x' * 201}") == []
        assert self.rows("order_by=password") == self.rows() != []


class ApiTests(Declared):
    """The usual tests of a collection of the API.  ``path``: without ``/api/v1``."""

    path: ClassVar[str] = ""

    def client(self, key: str) -> ApiClient:
        """Return a person's client of the API, kept for the test."""
        kept = self.__dict__.setdefault("_clients", {})
        if key not in kept:
            kept[key] = ApiClient(self.app, self.username(key) if key else "")
        return kept[key]

    def ask(self, query: str = "") -> Any:
        """Return the response to the first of ``allowed``."""
        return self.client(self.allowed[0]).open("GET", self.path, query_string=query)

    def rows(self, query: str = "") -> list[str]:
        answer = self.ask(query)
        assert answer.status_code == 200, (query, answer.get_json())
        return [item[self.column] for item in answer.get_json()["items"]]

    def read(self) -> None:
        assert self.ask().status_code == 200

    def parameters(self) -> set[str]:
        """The query arguments that the OpenAPI document names, but those of paging and order."""
        document = self.client(self.allowed[0]).get("/openapi.json").get_json()
        operation = next(v for k, v in document["paths"].items() if k.removeprefix("/api/v1") == self.path)
        return {one["name"] for one in operation["get"]["parameters"] if one["in"] == "query"} - PAGING

    def test_whoever_is_not_signed_in_is_refused(self):
        answer = self.client("").get(self.path)
        assert (answer.status_code, answer.get_json()["code"]) == (401, "auth.required")

    def test_roles_without_the_permission_are_refused(self):
        answers = {key: self.client(key).get(self.path).status_code for key in self.outsiders}
        assert answers == dict.fromkeys(self.outsiders, 403)

    def test_roles_with_the_permission_read_the_one_shape(self):
        for key in self.allowed:
            page = self.client(key).get(self.path).get_json()
            assert list(page) == ["items", "total", "total_is_exact", "page", "page_size"], key
            assert page["total"] == len(page["items"]), key

    def test_every_filter_is_declared(self):
        assert self.parameters() - names_in(self.filters) == set()

    def test_all_that_is_wrong_is_named_at_once(self):
        answer = self.ask("page=0&page_size=x&order_by=--id")
        assert answer.status_code == 422
        assert set(answer.get_json()["fields"]) == {"page", "page_size", "order_by"}

    def test_a_record_by_its_id_is_the_row(self):
        rows = self.ask().get_json()["items"]
        assert rows, "nothing was compared"
        client = self.client(self.allowed[0])
        assert [client.get(f"{self.path}/{row['id']}").get_json() for row in rows] == rows
        assert client.get(f"{self.path}/999999").status_code == 404
