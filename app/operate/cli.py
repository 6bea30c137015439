"""The operator's commands: ``flask kepan …`` (PLAT-11)."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from app.audit.services import verify
from app.kernel.actor import SYSTEM
from app.kernel.errors import Denied, Invalid
from app.operate.doctor import examine
from app.operate.setup import has_accounts, initialise
from app.org import services as org

kepan = AppGroup("kepan", help="Operate this installation.")


@kepan.command("init")
def init_command() -> None:
    """Create or upgrade the database and its built-in roles.  May be repeated."""
    new = initialise()
    click.echo(f"ready; {new} new permissions delivered")


@kepan.command("demo")
def demo_command() -> None:
    """Load a believable data set into an empty database."""
    from app.operate.demo import load_demo  # noqa: PLC0415 - only this command needs it

    if has_accounts():
        click.echo("refused: this database holds data already", err=True)
        sys.exit(1)
    click.echo(load_demo())


@kepan.command("create-admin")
@click.option("--username", prompt=True)
@click.option("--name", prompt=True, help="Family name and given name.")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True)
def create_admin_command(username: str, name: str, password: str) -> None:
    """Create an administrator's account."""
    try:
        org.create_account(username=username, name=name, password=password, roles=["Admin"], actor=SYSTEM)
    except Invalid as error:
        for field, sentence in error.fields.items():
            click.echo(f"{field}: {sentence}", err=True)
        sys.exit(1)
    except Denied as error:
        click.echo(str(error.message), err=True)
        sys.exit(1)
    click.echo(f"administrator {username} created")


@kepan.command("doctor")
def doctor_command() -> None:
    """Check configuration, schema, keys, clock and storage, and say what to do."""
    findings = examine()
    for finding in findings:
        click.echo(f"{finding.level:8} {finding.subject}: {finding.advice}")
    sys.exit(1 if any(finding.level == "problem" for finding in findings) else 0)


@kepan.command("audit-verify")
def audit_verify_command() -> None:
    """Verify the chains of the operation log; names the first broken row of each record."""
    broken = 0
    for row in verify():
        broken += 1
        click.echo(f"broken: {row.record_type} #{row.record_id}, row {row.number}: {row.reason}", err=True)
    if broken:
        sys.exit(1)
    click.echo("all chains hold")
