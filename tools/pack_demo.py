"""Write the demo data's history with the services, and pack it into ``demo/history.jsonl.xz`` (``make
demo-data``).

Takes some minutes. Run it after a change of the plans, of the services' rows, or of the schema.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from app import create_app
from app.cli.installation import initialise
from demo.columns import HISTORY
from demo.packing import pack_demo


def main() -> None:
    """Pack, and print the time and the size."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as directory:
        app = create_app({"KEPAN_DATA_DIR": directory})
        with app.app_context():
            initialise()
            pack_demo(HISTORY)
    print(f"{HISTORY.name}: {HISTORY.stat().st_size:,} bytes in {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
