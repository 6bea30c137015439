"""The OpenAPI document of the REST API (PLAT-9), generated from the routes and their contracts on every
request.

Nothing is written by hand twice: parameters come from :class:`ListSpec`, bodies from the forms that read
them, responses from the TypedDicts that the code is checked against.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Response, current_app, jsonify
from flask_babel import lazy_gettext as _

from app.kernel.api.base import Contract, KepanApi, endpoint, expose
from app.kernel.api.idempotency import MAX_KEY
from app.kernel.api.schemas import Refusal, form_schema, list_arguments, multipart_schema, type_schema
from app.kernel.database.session import READ_METHODS
from app.kernel.fields.forms import BaseForm
from app.kernel.fields.uploads import takes_files
from app.kernel.text import MAX_ID

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from werkzeug.routing import Rule

    from app.kernel.api.schemas import Schema


PREFIX = "/api/"
JSON = "application/json"
MULTIPART = "multipart/form-data"
_SIGNED_IN: list[dict[str, list[str]]] = [{"token": []}, {"session": []}]
_PATH_TYPES: dict[str, Schema] = {
    "int": {"type": "integer", "minimum": 0, "maximum": MAX_ID},
    "string": {"type": "string", "minLength": 1},
}
_ARGUMENT = re.compile(r"<(?:(\w+):)?(\w+)>")


def api_routes(app: Flask) -> Iterator[tuple[Rule, str, Any]]:
    """Yield every address of the API: rule, method, and the handler with its ``contract``."""
    views = {view.endpoint: view for view in app.extensions["appbuilder"].baseviews}
    for rule in sorted(app.url_map.iter_rules(), key=str):
        if rule.rule.startswith(PREFIX):
            owner, _dot, name = rule.endpoint.partition(".")
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule, method, getattr(views.get(owner), name)


def openapi_document() -> dict[str, Any]:
    """Return the whole document, with titles in the user's language."""
    schemas: dict[str, Schema] = {}
    type_schema(Refusal, schemas)
    paths: dict[str, dict[str, Any]] = {}
    for rule, method, handler in api_routes(current_app):
        operation = _operation(rule, method, handler, schemas)
        paths.setdefault(_ARGUMENT.sub(r"{\2}", rule.rule), {})[method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {
            "title": current_app.config["APP_NAME"],
            "version": "1",
            "description": str(_("Paths, fields and refusals of the REST API, as they are")),
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": current_app.config["SESSION_COOKIE_NAME"],
                    "description": str(_("Changes also need the header X-CSRFToken")),
                },
            },
        },
    }


def _operation(rule: Rule, method: str, handler: Any, schemas: dict[str, Schema]) -> dict[str, Any]:
    contract: Contract = getattr(handler, "contract", None) or Contract()
    owner, _dot, name = rule.endpoint.partition(".")
    lines = (handler.__doc__ or "").strip().splitlines()
    found: dict[str, Any] = {
        "operationId": f"{owner}_{name}_{method.lower()}",
        "summary": lines[0] if lines else name,
        "tags": [rule.rule.removeprefix("/api/v1/").split("/")[0]],
        "security": [] if contract.is_public else _SIGNED_IN,
        "parameters": [*_parameters(rule, contract)],
        "responses": {
            str(contract.status): _answer(contract, schemas),
            **_later(contract, schemas),
            **{str(status): _refusal(status) for status in _refusals(rule, method, contract)},
        },
    }
    if contract.takes is not None:
        found["requestBody"] = _body(contract, schemas)
    return found


def _parameters(rule: Rule, contract: Contract) -> Iterator[dict[str, Any]]:
    for kind, name in _ARGUMENT.findall(rule.rule):
        yield {"name": name, "in": "path", "required": True, "schema": _PATH_TYPES[kind or "string"]}
    arguments = list_arguments(contract.lists) if contract.lists else {}
    for name, codes in contract.arguments.items():
        arguments[name] = {"type": "string", "enum": [*codes]} if codes else {"type": "string"}
    for name, schema in arguments.items():
        yield {"name": name, "in": "query", "required": False, "schema": schema}
    if contract.status == HTTPStatus.CREATED:
        key: Schema = {"type": "string", "maxLength": MAX_KEY}
        yield {"name": "Idempotency-Key", "in": "header", "required": False, "schema": key}


def _body(contract: Contract, schemas: dict[str, Schema]) -> dict[str, Any]:
    if not issubclass(contract.takes, BaseForm):
        return {"required": True, "content": {JSON: {"schema": type_schema(contract.takes, schemas)}}}
    schema = form_schema(contract.takes(formdata=None, meta={"csrf": False}), partial=contract.partial)
    content = {JSON: {"schema": schema}}
    if takes_files(contract.takes):
        content[MULTIPART] = {"schema": multipart_schema(schema, contract.takes)}
    return {"required": bool(schema["required"]), "content": content}


def _answer(contract: Contract, schemas: dict[str, Schema]) -> dict[str, Any]:
    described = {"description": HTTPStatus(contract.status).phrase}
    if isinstance(contract.returns, str):
        file: Schema = {"type": "string", "format": "binary"}
        return {**described, "content": {contract.returns: {"schema": file}}}
    schema = {} if contract.returns is None else type_schema(contract.returns, schemas)
    if contract.lists is not None:
        schema = _page_schema(schema)
    return {**described, "content": {JSON: {"schema": schema}}}


def _later(contract: Contract, schemas: dict[str, Schema]) -> dict[str, Any]:
    """Return the response while a result is being made in the background (PLAT-5)."""
    if contract.later is None:
        return {}
    content = {JSON: {"schema": type_schema(contract.later, schemas)}}
    return {str(HTTPStatus.ACCEPTED.value): {"description": HTTPStatus.ACCEPTED.phrase, "content": content}}


def _page_schema(item: Schema) -> Schema:
    whole: Schema = {"type": "integer", "minimum": 0}
    properties = {
        "items": {"type": "array", "items": item},
        "total": whole,
        "total_is_exact": {"type": "boolean"},
        "page": whole,
        "page_size": whole,
    }
    return {
        "type": "object", "properties": properties, "required": [*properties], "additionalProperties": False,
    }  # fmt: skip


def _refusal(status: int) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{Refusal.__name__}"}
    return {"description": HTTPStatus(status).phrase, "content": {JSON: {"schema": schema}}}


def _refusals(rule: Rule, method: str, contract: Contract) -> list[int]:
    """Return the statuses that the order of checks can produce here (ACC-6), and the declared ones."""
    found = {*contract.refusals}
    if not contract.is_public:
        found.add(401)
        if contract.permission:
            found.add(403)
    if rule.arguments:
        found.add(404)
    if contract.lists is not None or contract.arguments:
        found.add(422)
    if method not in READ_METHODS:
        found |= {400, 413}
        found |= {429} if contract.is_public else {403, 409}
    if contract.takes is not None or contract.status == HTTPStatus.CREATED:
        found.add(422)
    if contract.partial:
        found.add(412)
    return sorted(found)


class DocumentApi(KepanApi):
    """``/api/v1/openapi.json``: for all signed-in users."""

    route_base = "/api/v1"
    class_permission_name = "OpenApi"

    @expose("/openapi.json", methods=["GET"])
    @endpoint(returns=dict[str, Any])
    def document(self) -> Response:
        """Returns this document."""
        return jsonify(openapi_document())
