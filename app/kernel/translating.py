"""Translation without detours.

A list page says two hundred things.  The framework looks up the request, its language and its catalogue anew
for each of them; here a request finds its catalogue once, and templates get ready-made markup for what never
changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import g
from flask_babel import Domain
from markupsafe import Markup

if TYPE_CHECKING:
    from flask import Flask


class _Catalogues(Domain):
    """The catalogues of all languages, each loaded once, with the markup that was made of their texts."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._markup: dict[str, dict[str, Markup]] = {}

    def get_translations(self) -> Any:
        context = g.get("_flask_babel")
        locale = getattr(context, "babel_locale", None)
        if locale is None:
            return super().get_translations()  # type: ignore[no-untyped-call]
        found = getattr(context, "kepan_catalogue", None)
        if found is None or found[0] is not locale:
            markup = self._markup.setdefault(str(locale), {})
            loaded = super().get_translations()  # type: ignore[no-untyped-call]
            found = context.kepan_catalogue = locale, loaded, markup
        return found[1]

    def said(self, text: str) -> Markup:
        """A translated text without values as markup."""
        translations = self.get_translations()
        known = g.get("_flask_babel")
        known = known.kepan_catalogue[2] if hasattr(known, "kepan_catalogue") else {}
        if text not in known:
            known[text] = Markup(translations.ugettext(text)) % {}  # noqa: S704 - catalogues are ours
        made: Markup = known[text]
        return made


def init_translating(app: Flask) -> None:
    """Give every request the catalogues, and templates their ``_``.  After Babel was set up."""
    domain = _Catalogues()

    def say(text: str, **values: Any) -> Markup:
        """A translated text as markup; a format, as in Jinja's own, also without values."""
        if values:
            said: str = domain.gettext(text)  # type: ignore[no-untyped-call]
            return Markup(said) % values  # noqa: S704 - as above
        return domain.said(text)

    app.before_request(domain.as_default)
    app.jinja_env.globals.update(gettext=say, _=say)


__all__ = ["init_translating"]
