"""The second factor: time-based one-time codes (TOTP) and the recovery codes that replace them (ACC-12).

The secret is stored encrypted with the key of the phone numbers; recovery codes only as keyed hashes.  A code
is valid once: the time step of the last one used is stored, and a used recovery code is marked, both by
compare-and-set, so that of two simultaneous sign-ins with one code only one succeeds.
"""

from __future__ import annotations

import hmac
import io
import json
import secrets
from base64 import b64encode

import pyotp
import segno
from cryptography.fernet import InvalidToken
from sqlalchemy import delete, func, select, update

from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.keys import keys
from app.kernel.text import fold
from app.org.shared.models import Account, RecoveryCode

ISSUER = "Kepan"
STEP_SECONDS = 30
DRIFT = 1  # steps that a phone's clock may be early or late
CODES = 10
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # no characters that are easily confused
_HALF = 5
_OFFER_SECONDS = 30 * 60


def new_sealed_secret(account: Account) -> tuple[str, str]:
    """Return a new secret for the account, and a sealed copy that the set-up form carries until it is
    confirmed.
    """
    secret = pyotp.random_base32()
    content = json.dumps({"account": account.id, "secret": secret}).encode()
    return secret, keys().fernet.encrypt(content).decode()


def read_sealed_secret(account: Account, sealed: str) -> str | None:
    """Return the secret that was sealed for this account within the last half hour."""
    try:
        content = json.loads(keys().fernet.decrypt(sealed.encode(), ttl=_OFFER_SECONDS))
    except (InvalidToken, UnicodeEncodeError):
        return None
    return str(content["secret"]) if content.get("account") == account.id else None


def qr_image(username: str, secret: str) -> str:
    """Return the secret as a QR code for an authenticator: a PNG as a ``data:`` address."""
    address = pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)
    image = io.BytesIO()
    segno.make(address, error="m").save(image, kind="png", scale=6, border=4)
    return f"data:image/png;base64,{b64encode(image.getvalue()).decode()}"


def matching_step(secret: str, code: str) -> int | None:
    """Return the time step of a typed code, if it is a current one."""
    typed = fold(code).replace(" ", "")
    now = int(clock.now().timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(secret)
    found = None
    for step in range(now - DRIFT, now + DRIFT + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), typed.encode()):
            found = step
    return found


def seal_secret(secret: str) -> str:
    """Return the secret in its stored form."""
    return keys().fernet.encrypt(secret.encode()).decode()


def use_code(account: Account, code: str) -> bool:
    """Use up a code of the authenticator or a recovery code.  Runs in the caller's transaction."""
    if account.totp_cipher is None:
        return False
    secret = keys().fernet.decrypt(account.totp_cipher.encode()).decode()
    step = matching_step(secret, code)
    if step is None:
        return _use_recovery_code(account.id, code)
    taken = (
        update(Account)
        .where(Account.id == account.id, Account.totp_step < step)
        .values(totp_step=step)
        .returning(Account.id)
    )
    return db.session.execute(taken).one_or_none() is not None


def _use_recovery_code(account_id: int, code: str) -> bool:
    taken = (
        update(RecoveryCode)
        .where(
            RecoveryCode.account_id == account_id,
            RecoveryCode.code_hash == _hashed(account_id, code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=clock.now())
        .returning(RecoveryCode.account_id)
    )
    return db.session.execute(taken).one_or_none() is not None


def make_recovery_codes(account_id: int) -> list[str]:
    """Replace all recovery codes; the new ones are shown once.  Runs in the caller's transaction."""
    forget_recovery_codes(account_id)
    codes = [_random_code() for _number in range(CODES)]
    hashes = {_hashed(account_id, code) for code in codes}
    db.session.add_all(RecoveryCode(account_id=account_id, code_hash=one) for one in sorted(hashes))
    return codes


def forget_recovery_codes(account_id: int) -> None:
    """Delete all recovery codes."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))


def count_recovery_codes(account_id: int) -> int:
    """Return the number of unused codes."""
    left = select(func.count()).where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
    return db.session.scalar(left) or 0


def _random_code() -> str:
    text = "".join(secrets.choice(_ALPHABET) for _letter in range(2 * _HALF))
    return f"{text[:_HALF]}-{text[_HALF:]}"


def _hashed(account_id: int, code: str) -> str:
    plain = "".join(c for c in fold(code).upper() if c.isalnum())
    return keys().index(f"recovery:{account_id}:{plain}")
