"""Translation: marking msgids, compiling the catalogues, translating sentences."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import current_app, g
from flask_babel import Domain
from markupsafe import Markup

if TYPE_CHECKING:
    from flask import Flask


_DOMAIN = "kepan_translations"


def N_(message: str) -> str:  # noqa: N802 - the name that gettext tools know
    """Mark a msgid that is translated later, when it is shown."""
    return message


class _Catalogues(Domain):
    """The catalogues of all languages, each loaded once."""

    def get_translations(self) -> Any:
        context = g.get("_flask_babel")
        locale = getattr(context, "babel_locale", None)
        if locale is None:
            return super().get_translations()  # type: ignore[no-untyped-call]
        found = getattr(context, "kepan_catalogue", None)
        if found is None or found[0] is not locale:
            loaded = super().get_translations()  # type: ignore[no-untyped-call]
            found = context.kepan_catalogue = locale, loaded
        return found[1]


def init_translating(app: Flask) -> None:
    """Provide every request with the catalogues, and templates with ``_``.  Call it after Babel is set up."""
    domain = _Catalogues()  # type: ignore[no-untyped-call]

    def say(text: str, **values: Any) -> Markup:
        """Return a translated text as markup; format it, as Jinja does, even without values."""
        said: str = domain.gettext(text)  # type: ignore[no-untyped-call]
        return Markup(said) % values  # noqa: S704 - catalogues are ours

    app.extensions[_DOMAIN] = domain
    app.before_request(translate_request)
    app.jinja_env.globals.update(gettext=say, _=say)


def translate_request() -> None:
    """Give the present request the catalogues."""
    current_app.extensions[_DOMAIN].as_default()


SOURCE = Path(__file__).resolve().parents[2] / "translations"


def compile_catalogues(target: Path, source: Path = SOURCE) -> list[str]:
    """Compile every catalogue that is newer than its compiled form.  Return the compiled languages."""
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
    unfinished = compiled.with_suffix(
        f".{secrets.token_hex(4)}.tmp"
    )  # several processes may start at the same time
    with unfinished.open("wb") as file:
        write_mo(file, catalogue)
    unfinished.replace(compiled)
