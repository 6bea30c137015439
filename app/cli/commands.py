"""The operator's commands: ``flask kepan …`` (PLAT-11)."""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy.exc import DBAPIError

from app.audit.services import verify
from app.cli.assets import fetch as fetch_assets
from app.cli.audit_anchor import compare_anchor, renew_anchor
from app.cli.backup import create_backup
from app.cli.database_dumps import OperationError
from app.cli.doctor import check_installation
from app.cli.installation import demand_ready, ensure_initialised, has_accounts, initialise
from app.cli.jobs import run_job_now, serve_jobs
from app.cli.key_rotation import BATCH, RotationUnfinishedError, rotate
from app.cli.restore import check_archive, drop_kept, kept_states, restore_backup
from app.cli.starting import database_refusal
from app.customers.merging.undo import file_of_code, unmerge_customer
from app.kernel.access.actor import SYSTEM
from app.kernel.database.session import db, snapshot
from app.kernel.errors import Denied, Invalid, NotFound
from app.kernel.files.attachments import sweep_files
from app.kernel.jobs.registry import find_job
from app.kernel.jobs.runs import job_overview
from app.kernel.keys import KeyRing
from app.org.accounts.administration import reset_password_by_name
from app.org.accounts.services import create_account
from config import read_settings

if TYPE_CHECKING:
    from collections.abc import Iterator


# These work on an installation that is not set up, or whose keys do not fit.
_ANYTIME = {"init", "restore", "drop-old", "doctor", "assets", "backup"}


class _Commands(AppGroup):
    """Commands that report an error as a sentence instead of a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except OperationError as error:
            click.echo(str(error), err=True)
            sys.exit(1)
        except DBAPIError as error:
            sentence = database_refusal(read_settings(), error)
            if not sentence:
                raise
            click.echo(sentence, err=True)
            sys.exit(1)


@click.group("kepan", cls=_Commands)
@click.pass_context
@with_appcontext
def kepan(ctx: click.Context) -> None:
    """Operate this installation: set up, back up, restore, check."""
    if ctx.invoked_subcommand not in _ANYTIME and "--help" not in sys.argv:
        demand_ready()


@kepan.command("init")
@click.option("--no-backup", is_flag=True, help="Upgrade without making a backup first.")
def init_command(*, no_backup: bool) -> None:
    """Create or upgrade the database.

    Built-in roles are brought up to date as well. Before an upgrade a backup of the data is made and kept.
    Running it again does no harm.
    """
    new = initialise(backup=not no_backup)
    click.echo(f"ready; {new} new permissions delivered")


@kepan.command("demo")
def demo_command() -> None:
    """Load demo data into an empty database."""
    from demo.loading import load_demo  # noqa: PLC0415 - only this command needs it

    if has_accounts():
        click.echo("refused: this database holds data already", err=True)
        sys.exit(1)
    click.echo(load_demo())


@kepan.command("assets")
def assets_command() -> None:
    """Download scripts for charts and scanning.

    Without them charts are shown as tables.
    """
    click.echo(fetch_assets())


@kepan.command("create-admin")
@click.option("--username", prompt=True, help="Name to sign in with.")
@click.option("--name", prompt=True, help="Family name and given name.")
@click.option(
    "--password",
    prompt=True,
    hide_input=True,
    confirmation_prompt=True,
    help="Password; prompted for unless given.",
)
def create_admin_command(username: str, name: str, password: str) -> None:
    """Create an administrator's account."""
    with _plain_refusals():
        create_account(username=username, name=name, password=password, roles=["Admin"], actor=SYSTEM)
    click.echo(f"administrator {username} created")


@kepan.command("reset-password")
@click.option("--username", prompt=True, help="Name to sign in with.")
@click.option(
    "--password",
    prompt=True,
    hide_input=True,
    confirmation_prompt=True,
    help="New password; prompted for unless given.",
)
def reset_password_command(username: str, password: str) -> None:
    """Set a new first password for an account. It is changed at sign-in; sessions and a lock-out end."""
    with _plain_refusals():
        reset_password_by_name(username, password=password, actor=SYSTEM)
    click.echo(f"password of {username} reset")


@contextmanager
def _plain_refusals() -> Iterator[None]:
    """Print refusals as sentences, and exit with status 1."""
    try:
        yield
    except Invalid as error:
        for field, sentence in error.fields.items():
            click.echo(f"{field}: {sentence}", err=True)
        sys.exit(1)
    except (Denied, NotFound) as error:
        click.echo(str(error.message) or "there is no such record", err=True)
        sys.exit(1)


@kepan.command("backup")
@click.option(
    "--to",
    "directory",
    type=click.Path(file_okay=False, path_type=Path),
    help="Directory to write the archive into.",
)
def backup_command(directory: Path | None) -> None:
    """Write a backup into one archive file.

    It contains the database, keys and files, and is made while the application runs. Keep it secret.
    """
    click.echo(create_backup(current_app.config["KEPAN"], directory))


@kepan.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--force", is_flag=True, help="Replace the present data, which is kept until drop-old deletes it."
)
@click.option("--check", is_flag=True, help="Only check the archive; change nothing.")
def restore_command(file: Path, *, force: bool, check: bool) -> None:
    """Restore a backup. Stop the application first."""
    settings = current_app.config["KEPAN"]
    signal.signal(signal.SIGTERM, _end)  # prepared files are removed on exit
    if check:
        made_at = check_archive(settings, file).made_at
        click.echo(f"the backup of {made_at} is whole, fits this program, and its keys are its database's")
        return
    db.session.remove()
    db.engine.dispose()
    done = restore_backup(settings, file, force=force)
    current_app.extensions["kepan_keys"] = KeyRing(settings.data_dir)
    ensure_initialised(backup=False)  # what was restored is still in its file
    click.echo(f"restored the backup of {done.manifest.made_at}")
    for path in done.replaced:
        click.echo(f"replaced, kept as {path}")
    if done.schema:
        click.echo(f"replaced, kept as schema {done.schema}")
    if done.replaced or done.schema:
        click.echo("flask kepan drop-old removes what was replaced")


def _end(_number: int, _frame: object) -> None:
    raise SystemExit(1)


@kepan.command("drop-old")
@click.option("--yes", is_flag=True, help="Delete them; without this option they are only listed.")
def drop_old_command(*, yes: bool) -> None:
    """Delete the data that restores have replaced.

    Old databases, keys and files are deleted for good.
    """
    settings = current_app.config["KEPAN"]
    found = kept_states(settings)
    for one in found:
        if yes:
            drop_kept(settings, one)
        click.echo(f"removed {one}" if yes else str(one))
    if not found:
        click.echo("nothing was kept")
    elif not yes:
        click.echo("these are removed with --yes")


@kepan.command("rotate-keys")
@click.option("--batch", default=BATCH, show_default=True, help="Number of values in one transaction.")
@click.option("--keep-old", is_flag=True, help="Keep the old keys in the file, for other machines.")
def rotate_keys_command(batch: int, *, keep_old: bool) -> None:
    """Re-encrypt all data with a new key.

    All stored numbers and secrets are encrypted with a new key, then the old keys are deleted. The
    application may run meanwhile. If the command is interrupted, all data stays readable; run it again to
    finish.
    """
    try:
        for step in rotate(batch=batch, keep_old=keep_old):
            click.echo(f"{step.table}: {step.seen} seen, {step.renewed} re-encrypted")
    except RotationUnfinishedError as error:
        click.echo(f"unfinished: {error}; run the command again", err=True)
        sys.exit(1)
    click.echo(
        "new key in use; the old keys are kept" if keep_old else "new key in use; the old keys are gone"
    )


@kepan.command("sweep-files")
@click.option("--dry-run", is_flag=True, help="Only list what would be deleted.")
def sweep_files_command(*, dry_run: bool) -> None:
    """Delete stored files without a record.

    A crash may leave such files behind. Files of the last day stay.
    """
    found = sweep_files(dry_run=dry_run)
    for name in found:
        click.echo(name)
    click.echo(f"{len(found)} files {'would be' if dry_run else 'were'} removed")


@kepan.command("unmerge")
@click.argument("code")
def unmerge_command(code: str) -> None:
    """Undo the merge of a customer, by its code.

    CODE is that of the file that was merged, or of the one that took it in: then the latest merge is undone.
    """
    with _plain_refusals():
        done = unmerge_customer(file_of_code(code), actor=SYSTEM)
    click.echo(f"{done.restored.code} is a file of its own again; it was part of {done.customer.code}")
    if done.kept_text:
        click.echo(f"changed since and kept there: {done.kept_text}")


@kepan.group("jobs", invoke_without_command=True)
@click.pass_context
@with_appcontext
def jobs_group(context: click.Context) -> None:
    """Run the scheduled jobs until stopped.

    Of several such processes one runs the jobs at a time.
    """
    if context.invoked_subcommand is None:
        click.echo("running jobs; end with Ctrl+C or SIGTERM")
        serve_jobs()


@jobs_group.command("list")
def jobs_list_command() -> None:
    """List all jobs with last and next run."""
    for job, due_at, last in job_overview():
        ran = f"{last.state} {last.asked_at.isoformat(timespec='seconds')}" if last else "never"
        click.echo(f"{job.name:24} last: {ran:36} next: {due_at.isoformat(timespec='seconds')}")


@jobs_group.command("run")
@click.argument("name")
@click.option("--dry-run", is_flag=True, help="Report what would be done, and change nothing.")
def jobs_run_command(name: str, *, dry_run: bool) -> None:
    """Run one job now.

    It runs in this process, or in the one that runs the jobs.
    """
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
    """Check the installation and give advice.

    It checks the configuration, schema, keys, clock, storage and files.
    """
    findings = check_installation()
    for finding in findings:
        click.echo(f"{finding.level:8} {finding.subject}: {finding.advice}")
    sys.exit(1 if any(finding.level == "problem" for finding in findings) else 0)


@kepan.command("audit-verify")
@click.option(
    "--anchor",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Another anchor file to compare with, renewed if all chains are intact.",
)
def audit_verify_command(anchor: Path | None) -> None:
    """Verify the chains of the operation log.

    It prints the first broken row of each record. Chains that were deleted whole are found by comparing with
    the anchor file that the daily job writes.
    """
    with snapshot():
        broken = 0
        for row in verify():
            broken += 1
            click.echo(
                f"broken: {row.record_type} #{row.record_id}, row {row.number}: {row.reason}", err=True
            )
        if broken:
            sys.exit(1)
        click.echo("all chains hold")
        compare_anchor(current_app.config["KEPAN"].anchor_file)
        if anchor is not None:
            click.echo(renew_anchor(anchor))
