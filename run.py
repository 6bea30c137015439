"""Start everything for one machine: ``python run.py``.

Initialises what is missing; ``--demo`` also loads demo data into an empty database.
"""

from __future__ import annotations

import gc
import os
import signal
import sys

from app import create_app
from app.cli.exposure import refuse_exposed_demo
from app.cli.installation import banner, ensure_demo, ensure_initialised
from app.cli.serving import make_server
from app.cli.starting import in_a_sentence
from app.kernel.jobs.runner import Runner


def _environment(arguments: list[str]) -> dict[str, str]:
    """Return the environment; SMS codes go to the log for users who try the demo on this machine, without a
    provider.
    """
    trying = "--demo" in arguments and not {"HOST", "KEPAN_PROXIES"} & set(os.environ)
    return {**({"KEPAN_SHOW_CODES": "on"} if trying else {}), **os.environ}


def main(arguments: list[str]) -> int:
    """Prepare the database, then serve and run the jobs until stopped."""
    app = create_app(_environment(arguments))
    settings = app.config["KEPAN"]
    with app.app_context():
        ensure_initialised()
        if "--demo" in arguments:
            ensure_demo()
        lines = banner()
    refuse_exposed_demo(app)
    server = make_server(app)
    gc.collect()
    gc.freeze()
    print("\n".join(lines), flush=True)
    runner = Runner(app) if settings.jobs else None
    signal.signal(signal.SIGTERM, _stop)
    if runner is not None:
        runner.start()
    try:
        server.run()
    except KeyboardInterrupt:
        server.close()
    if runner is not None and not runner.stop():
        os._exit(0)  # remaining runs cannot commit any more, and would keep the process from ending
    return 0


def _stop(_number: int, _frame: object) -> None:
    """Stop the server, which finishes its current requests.  Later signals are ignored."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(in_a_sentence(main, sys.argv[1:]))
