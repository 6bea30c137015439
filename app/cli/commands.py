"""The operator's commands: ``flask kepan …`` (PLAT-11)."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from app.audit.services import verify
from app.cli.assets import fetch as fetch_assets
from app.cli.audit_anchor import renew_anchor
from app.cli.backup import create_backup
from app.cli.database_dumps import OperationError
from app.cli.doctor import check_installation
from app.cli.installation import ensure_initialised, has_accounts, initialise
from app.cli.jobs import run_job_now, serve_jobs
from app.cli.key_rotation import BATCH, RotationUnfinishedError, rotate
from app.cli.restore import restore_backup
from app.kernel.access.actor import SYSTEM
from app.kernel.database.session import db
from app.kernel.errors import Denied, Invalid
from app.kernel.files.attachments import sweep_files
from app.kernel.jobs.registry import find_job
from app.kernel.jobs.runs import job_overview
from app.org.accounts.administration import reset_password_by_name
from app.org.accounts.services import create_account

if TYPE_CHECKING:
    from collections.abc import Iterator


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


@kepan.command("assets")
def assets_command() -> None:
    """Fetch the scripts that charts and the QR scanner need; without them charts appear as tables."""
    click.echo(fetch_assets())


@kepan.command("create-admin")
@click.option("--username", prompt=True)
@click.option("--name", prompt=True, help="Family name and given name.")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True)
def create_admin_command(username: str, name: str, password: str) -> None:
    """Create an administrator's account."""
    with _plain_refusals():
        create_account(username=username, name=name, password=password, roles=["Admin"], actor=SYSTEM)
    click.echo(f"administrator {username} created")


@kepan.command("reset-password")
@click.option("--username", prompt=True)
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True)
def reset_password_command(username: str, password: str) -> None:
    """Give any account a new first password, to be changed at sign-in; ends its sessions and a lock-out."""
    with _plain_refusals():
        reset_password_by_name(username, password=password, actor=SYSTEM)
    click.echo(f"password of {username} reset")


@contextmanager
def _plain_refusals() -> Iterator[None]:
    """What the rules refuse is said in their sentences."""
    try:
        yield
    except Invalid as error:
        for field, sentence in error.fields.items():
            click.echo(f"{field}: {sentence}", err=True)
        sys.exit(1)
    except Denied as error:
        click.echo(str(error.message), err=True)
        sys.exit(1)


@kepan.command("backup")
@click.option(
    "--to", "directory", type=click.Path(file_okay=False, path_type=Path), help="Where to write it."
)
def backup_command(directory: Path | None) -> None:
    """Write database, keys and files into one archive, while the application runs.  Keep it secret."""
    with _plain_errors():
        click.echo(create_backup(current_app.config["KEPAN"], directory))


@kepan.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace what is there; it is kept aside.")
def restore_command(file: Path, *, force: bool) -> None:
    """Put a backup in place; stop the application first."""
    db.session.remove()
    db.engine.dispose()
    with _plain_errors():
        done = restore_backup(current_app.config["KEPAN"], file, force=force)
    ensure_initialised()
    click.echo(f"restored the backup of {done.manifest.made_at}")
    for path in done.replaced:
        click.echo(f"replaced, kept as {path}")


@contextmanager
def _plain_errors() -> Iterator[None]:
    """What cannot be done is said in a sentence."""
    try:
        yield
    except OperationError as error:
        click.echo(str(error), err=True)
        sys.exit(1)


@kepan.command("rotate-keys")
@click.option("--batch", default=BATCH, show_default=True, help="Values in one transaction.")
@click.option("--keep-old", is_flag=True, help="Leave the old keys in the file (several machines).")
def rotate_keys_command(batch: int, *, keep_old: bool) -> None:
    """Encrypt every stored number and secret with a new key, then drop the old ones.

    People may go on working.  Interrupted, everything stays readable; run it again to finish.
    """
    try:
        for step in rotate(batch=batch, keep_old=keep_old):
            click.echo(f"{step.table}: {step.seen} seen, {step.renewed} encrypted anew")
    except RotationUnfinishedError as error:
        click.echo(f"unfinished: {error}; run the command again", err=True)
        sys.exit(1)
    click.echo(
        "new key in use; the old keys are kept" if keep_old else "new key in use; the old keys are gone"
    )


@kepan.command("sweep-files")
@click.option("--dry-run", is_flag=True, help="Only say what would be removed.")
def sweep_files_command(*, dry_run: bool) -> None:
    """Remove stored files that no record names: left behind by a crash.  Those of the last day stay."""
    found = sweep_files(dry_run=dry_run)
    for name in found:
        click.echo(name)
    click.echo(f"{len(found)} files {'would be' if dry_run else 'were'} removed")


@kepan.group("jobs", invoke_without_command=True)
@click.pass_context
@with_appcontext
def jobs_group(context: click.Context) -> None:
    """Run the jobs until stopped, as a process beside the web servers; one of several works at a time."""
    if context.invoked_subcommand is None:
        click.echo("running jobs; end with Ctrl+C or SIGTERM")
        serve_jobs()


@jobs_group.command("list")
def jobs_list_command() -> None:
    """Every job with its last run and the time of the next."""
    for job, due_at, last in job_overview():
        ran = f"{last.state} {last.asked_at.isoformat(timespec='seconds')}" if last else "never"
        click.echo(f"{job.name:24} last: {ran:36} next: {due_at.isoformat(timespec='seconds')}")


@jobs_group.command("run")
@click.argument("name")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and change nothing.")
def jobs_run_command(name: str, *, dry_run: bool) -> None:
    """Run one job now: here, or where the jobs are running already."""
    job = find_job(name)
    if job is None:
        click.echo(f"no job is called {name}; flask kepan jobs list", err=True)
        sys.exit(1)
    run = run_job_now(job, dry_run=dry_run)
    done = "; ".join(f"{what}: {number}" for what, number in run.report.items()) or "nothing to do"
    if run.state != "done":
        click.echo(f"{run.state} {run.error}", err=True)
        sys.exit(1)
    click.echo(f"{'would do' if dry_run else 'done'}: {done}")


@kepan.command("doctor")
def doctor_command() -> None:
    """Check configuration, schema, keys, clock, storage and files, and say what to do."""
    findings = check_installation()
    for finding in findings:
        click.echo(f"{finding.level:8} {finding.subject}: {finding.advice}")
    sys.exit(1 if any(finding.level == "problem" for finding in findings) else 0)


@kepan.command("audit-verify")
@click.option(
    "--anchor",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Compare with this file, kept elsewhere, and write it anew when all holds.",
)
def audit_verify_command(anchor: Path | None) -> None:
    """Verify the chains of the operation log; names the first broken row of each record."""
    broken = 0
    for row in verify():
        broken += 1
        click.echo(f"broken: {row.record_type} #{row.record_id}, row {row.number}: {row.reason}", err=True)
    if broken:
        sys.exit(1)
    click.echo("all chains hold")
    if anchor is not None:
        with _plain_errors():
            click.echo(renew_anchor(anchor))
