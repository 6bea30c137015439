"""The number of cases that Hypothesis makes, and whether they are the same in every run."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings


def bounded(examples: int) -> settings:
    """Make the same few cases in every run; ``KEPAN_FUZZ=20`` makes twenty times as many, different each
    time.
    """
    factor = int(os.environ.get("KEPAN_FUZZ") or 1)
    return settings(
        max_examples=examples * factor,
        derandomize=factor == 1,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
