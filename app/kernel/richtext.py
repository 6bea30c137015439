"""Rich text: what is kept of it, how it is shown, and the field that it is written in.

Whatever an editor sends, only what this module knows is stored and shown: no scripts, styles, forms, or
pictures from elsewhere.
"""

from __future__ import annotations

import nh3
from markupsafe import Markup

from app.kernel.forms import TextField

_TAGS = {
    "p", "br", "b", "strong", "i", "em", "u", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "table",
    "thead", "tbody", "tr", "th", "td", "a",
}  # fmt: skip


def sanitise(html: str) -> str:
    """Rich text without anything that acts: no scripts, styles, forms, pictures of elsewhere (CH-1)."""
    return nh3.clean(
        html, tags=_TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https", "tel"},
        link_rel="noopener noreferrer nofollow",
    )  # fmt: skip


def rich(html: str) -> Markup:
    """Rich text as a page shows it; nothing for an empty one.  Sanitised once more, whatever was stored."""
    clean_html = sanitise(html)
    if not clean_html.strip():
        return Markup()
    return Markup('<div class="rich">{}</div>').format(Markup(clean_html))  # noqa: S704 - sanitised


class RichTextField(TextField):
    """Rich text: an editor where its script was fetched, otherwise the HTML itself in a plain field."""

    widget_kind = "RichTextField"
