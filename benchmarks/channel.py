"""Measure channel sales with a million referrals and 20,000 brokers (``make bench`` runs it after the pages).

    python benchmarks/channel.py [--engine sqlite|postgres] [--size 1000000]

It measures reporting and scanning as whole requests of the REST API in process, the ranking over all brokers,
the look-up of the broker who holds a customer, and the job that ends protections. Each database is measured
in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

import visits
from dataset import Dataset, prepare

TARGETS = {"statements": 20, "ms": 40.0, "cold": 1000.0, "warm": 100.0, "expiry": 30.0, "batch": 200.0}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--engine", choices=["sqlite", "postgres"], help="measure only this database")
    parser.add_argument(
        "--size", type=int, default=1_000_000, help="number of referrals (default: 1,000,000)"
    )
    asked = parser.parse_args()
    report: list[str] = []
    for engine in [asked.engine] if asked.engine else ["sqlite", "postgres"]:
        data = Dataset(engine, asked.size, "channel")
        prepare(data)
        path = os.pathsep.join([str(HERE.parent), str(HERE)])
        done = subprocess.run([sys.executable, str(HERE / "channel_measure.py")], check=True,
                              stdout=subprocess.PIPE, env={**os.environ, **data.env, "PYTHONPATH": path})  # fmt: skip
        report += table(data, json.loads(done.stdout.splitlines()[-1]))
    print("\n".join(report))


def table(data: Dataset, found: dict[str, Any]) -> list[str]:
    """Return the figures with their targets, as lines."""
    lines = ["", f"{data.engine}, {data.size:,} referrals, {visits.BROKERS:,} brokers",
             f"{'row':44}{'found':>10}{'target':>10}"]  # fmt: skip

    def line(name: str, value: float, target: float, more: str = "") -> None:
        lines.append(
            f"{name:44}{value:10.1f}{f'≤ {target:g}':>10}  {'ok' if value <= target else 'MISS'}{more}"
        )

    for name, step in found["steps"].items():
        line(f"{name}, ms median", step["median"], TARGETS["ms"], f"   p95 {step['p95']:.1f}")
        line(f"{name}, statements", step["statements"], TARGETS["statements"])
    for name, (cold, warm) in found["ranking"].items():
        line(f"{name}, cold, ms", cold, TARGETS["cold"])
        line(f"{name}, warm, ms", warm, TARGETS["warm" if name == "ranking" else "cold"])
    line(f"{found['ended']:,} protections end, seconds", found["expiry"], TARGETS["expiry"])
    line(
        "the longest batch of it, ms",
        found["batch"],
        TARGETS["batch"],
        f"   median {found['batch_median']:.1f}",
    )
    lines.append(f"look-up of who holds a customer: {found['lookup']}")
    return lines


if __name__ == "__main__":
    main()
