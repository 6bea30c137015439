"""Settings of gunicorn, which reads this file when it is started here: JSON logs, private files, and no start
of a server that could not serve.
"""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING, Any

from app.cli.starting import unfit_to_serve
from app.kernel.logs import log_configuration

if TYPE_CHECKING:
    from gunicorn.workers.base import Worker

_NOT_STARTED = 3  # gunicorn's own status: the arbiter ends instead of trying again

umask = 0o077
limit_request_line = 8190  # 500 chosen rows of a list travel in an address (OFF-4)
logconfig_dict: dict[str, Any] = log_configuration(os.environ.get("KEPAN_LOG_LEVEL") or "INFO")


def post_worker_init(worker: Worker) -> None:
    """Serve only with this database's keys and a whole database file; otherwise the log says what to do."""
    problem = unfit_to_serve(worker.wsgi)
    if problem:
        worker.log.error("Kepan cannot start: %s", problem)
        sys.exit(_NOT_STARTED)
    gc.collect()
    gc.freeze()  # what was made at the start stays: looking through it for waste took a third of a page
