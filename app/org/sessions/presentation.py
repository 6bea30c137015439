"""How the pages show sessions (ACC-18)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.kernel.pages.formatting import local_time
from app.org.sessions.login_sessions import browser_name
from app.org.sessions.web_session import present_session
from app.org.shared.models import SESSION_KIND

if TYPE_CHECKING:
    from app.org.shared.models import LoginSession


def session_row(row: LoginSession, name: str = "") -> dict[str, Any]:
    """Return what a page shows of a session; ``name`` is the person's, on a list of several people."""
    return {
        "id": row.id,
        "name": name,
        "kind": SESSION_KIND.label(row.kind),
        "browser": browser_name(row.browser),
        "source": row.source,
        "began": local_time(row.began_at),
        "seen": local_time(row.seen_at),
        "is_present": row.key == present_session(),
    }
