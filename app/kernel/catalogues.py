"""Translation catalogues, compiled at start where missing (PLAT-16).

The compiled files lie in the data directory: the program writes nowhere else.
"""

from __future__ import annotations

import secrets
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "translations"


def compile_catalogues(target: Path, source: Path = SOURCE) -> list[str]:
    """Compile every catalogue that is newer than its compiled form.  Answers the languages compiled."""
    done = []
    for text in source.glob("*/LC_MESSAGES/messages.po"):
        language = text.parts[-3]
        compiled = target / language / "LC_MESSAGES" / "messages.mo"
        if compiled.exists() and compiled.stat().st_mtime_ns > text.stat().st_mtime_ns:
            continue
        _compile(text, compiled, language)
        done.append(language)
    return done


def _compile(text: Path, compiled: Path, language: str) -> None:
    from babel.messages.mofile import write_mo  # noqa: PLC0415 - only needed when a catalogue changed
    from babel.messages.pofile import read_po  # noqa: PLC0415 - as above

    compiled.parent.mkdir(parents=True, exist_ok=True)
    with text.open("rb") as file:
        catalogue = read_po(file, locale=language)
    unfinished = compiled.with_suffix(f".{secrets.token_hex(4)}.tmp")  # processes may start at once
    with unfinished.open("wb") as file:
        write_mo(file, catalogue)
    unfinished.replace(compiled)
