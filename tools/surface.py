"""Print the public surface of the application: routes, permissions, menu and the OpenAPI document.

Run it before and after a change that must not change any of them, and compare: ``python tools/surface.py >
before.txt``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from app import create_app
from app.kernel.api.openapi import openapi_document


def main() -> None:
    """Build the application in a temporary directory, and print its surface as sorted lines."""
    with tempfile.TemporaryDirectory() as directory:
        environment = {"KEPAN_DATA_DIR": directory}
        command = [sys.executable, "-m", "flask", "kepan", "init"]
        subprocess.run(command, env={**os.environ, **environment}, check=True, capture_output=True)
        app = create_app(environment)
        for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint)):
            print("route", rule.rule, sorted(rule.methods or ()), rule.endpoint)
        builder = app.extensions["appbuilder"]
        for view in sorted(builder.baseviews, key=lambda view: type(view).__name__):
            name = type(view).__name__
            print("view", name, view.class_permission_name, sorted(view.base_permissions or ()))
        for entry in builder.menu.get_list():
            print("menu", entry.name, entry.icon, [(child.name, child.icon) for child in entry.childs])
        with app.test_request_context("/"):
            document = openapi_document()
        print(json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False, default=str))


if __name__ == "__main__":
    main()
