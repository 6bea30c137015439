"""Start everything for one machine: ``python run.py``.

Initialises what is missing; ``--demo`` also loads demo data into an empty database.
"""

from __future__ import annotations

import gc
import sys

from waitress import create_server

from app import create_app
from app.operate.setup import banner, ensure_demo, ensure_initialised


def main(arguments: list[str]) -> int:
    """Prepare the database, then serve until stopped."""
    app = create_app()
    settings = app.config["KEPAN"]
    with app.app_context():
        ensure_initialised()
        if "--demo" in arguments:
            ensure_demo()
        lines = banner()
    server = create_server(
        app,
        host=settings.host,
        port=settings.port,
        threads=8,
        ident=None,
        channel_timeout=60,
        max_request_body_size=app.config["MAX_UPLOAD_BYTES"] + 1024 * 1024,
        trusted_proxy=None,
    )
    gc.collect()
    gc.freeze()
    print("\n".join(lines), flush=True)
    try:
        server.run()
    except KeyboardInterrupt:
        server.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
