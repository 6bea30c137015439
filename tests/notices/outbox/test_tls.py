"""PLAT-2, PLAT-16: outgoing messages are encrypted, and only a server that proves its name gets them."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from app.notices.outbox.providers import HttpSms, Letter, NotSentError, Smtp, provider_for
from app.org.sessions.wechat_provider import HttpMiniProgram, UnreachableError
from config import InsecureSettingsError, read_settings
from tests.support.processes.gateways import MailServer, serving

LETTER = Letter("key-1", "to@kepan.example", "题目", "正文")
SENDER = "kepan@kepan.example"


def _certificate(directory, name: str):
    """Write a self-signed certificate for the name, with its key, into one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = directory / f"{name}.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def mail_server(tmp_path, monkeypatch):
    """Return ``server(name)``, which starts a trusted mail server with a certificate for the name."""

    def prepare(server: MailServer, name: str, *, trusted: bool = True) -> None:
        certificate = _certificate(tmp_path, name)
        server.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.tls.load_cert_chain(certificate)
        if trusted:
            monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    with serving(MailServer()) as server:
        server.prepare = lambda name, **how: prepare(server, name, **how)
        yield server


def _send(server: MailServer, scheme: str = "smtp") -> None:
    Smtp(f"{scheme}://user:secret@localhost:{server.server_address[1]}", SENDER).send(LETTER)


def test_plat_2_a_trusted_server_gets_the_mail_after_going_over_to_tls(mail_server):
    mail_server.prepare("localhost")
    _send(mail_server)
    assert mail_server.encrypted == [True]
    assert len(mail_server.mails) == 1


@pytest.mark.parametrize(("name", "trusted"), [("mail.other.example", True), ("localhost", False)])
def test_plat_2_a_server_that_cannot_prove_its_name_gets_nothing(mail_server, name, trusted):
    mail_server.prepare(name, trusted=trusted)
    with pytest.raises(NotSentError) as refused:
        _send(mail_server)
    assert (refused.value.kind, refused.value.permanent) == ("SSLCertVerificationError", False)
    assert (mail_server.mails, mail_server.logins) == ([], [])


def test_plat_2_without_tls_neither_password_nor_mail_is_sent(mail_server):
    """Also when an attacker has removed STARTTLS from the server's response."""
    with pytest.raises(NotSentError) as refused:
        _send(mail_server)
    assert (refused.value.kind, refused.value.permanent) == ("SMTP without TLS", False)
    assert (mail_server.mails, mail_server.logins) == ([], [])


def test_plat_2_only_a_server_on_this_machine_may_do_without(tmp_path):
    def smtp(url: str) -> Smtp:
        return provider_for("email", read_settings({"KEPAN_DATA_DIR": str(tmp_path), "KEPAN_SMTP_URL": url}))

    assert smtp("smtp://127.0.0.1:25").may_be_plain
    assert not smtp("smtp://mail.kepan.example").may_be_plain
    assert "secret" not in repr(smtp("smtps://user:secret@mail.kepan.example"))


WECHAT = {"KEPAN_WECHAT_APPID": "wx1", "KEPAN_WECHAT_SECRET": "s"}


@pytest.mark.parametrize(
    "name", ["KEPAN_SMS_URL", "KEPAN_ROBOT_URL", "KEPAN_WECHAT_URL", "KEPAN_FILES_ENDPOINT"]
)
def test_plat_16_secrets_do_not_leave_this_machine_unencrypted(tmp_path, name):
    env = {"KEPAN_DATA_DIR": str(tmp_path), **WECHAT}
    for refused in (
        "http://gate.kepan.example/send",
        "http://10.0.0.1/",
        "http://127.0.0.1.kepan.example/",
        "ftp://x",
    ):
        with pytest.raises(InsecureSettingsError, match=f"{name} begins with https://"):
            read_settings({**env, name: refused})
    for taken in (
        "https://gate.kepan.example/send",
        "http://127.0.0.1:8000/send",
        "http://localhost/",
        "http://[::1]/",
    ):
        read_settings({**env, name: taken})


def test_plat_2_a_redirect_is_not_followed(gateway):
    """The token would be sent to an address that is not in the settings."""
    gateway.answers += [(302, b"")]
    gateway.location = f"{gateway.url}/elsewhere"
    with pytest.raises(NotSentError) as refused:
        HttpSms(gateway.url, "token").send(LETTER)
    assert refused.value.kind == "HTTP 302"
    gateway.answers += [(307, b"")]
    with pytest.raises(UnreachableError):
        HttpMiniProgram(gateway.url, "wx1", "secret").exchange("code")
    assert len(gateway.received) == 2
