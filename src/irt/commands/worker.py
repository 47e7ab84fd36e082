"""`irt worker`: does the work that is done later, until it is told to stop."""

import logging
import os
import signal
from contextlib import closing

import click

from irt.commands import clock
from irt.commands.anchors import anchor_folder
from irt.commands.installed import installed_handlers, installed_planner
from irt.commands.mail import mailroom_from
from irt.commands.options import database_option, open_store
from irt.release import release
from irt.services.job_handlers import handlers_with
from irt.services.store import Store
from irt.services.worker import Worker
from irt.supply.planner import ResupplyPlanner


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now and end, as for a timer.")
@database_option
def worker(once: bool, database_url: str) -> None:
    """Run queued jobs, plan each study's night at its time, send mails; stops on Ctrl-C or SIGTERM.

    Once a day it anchors the audit trail: see irt audit anchor. Several may run at once. `irt serve` has one inside
    unless told --no-worker. Mails go to IRT_SMTP_HOST (with IRT_SMTP_PORT, IRT_SMTP_SECURITY, IRT_SMTP_USER,
    IRT_SMTP_PASSWORD, IRT_MAIL_FROM), else into a mail folder: IRT_MAIL_FOLDER, or beside the database.

    Example: irt worker --once --database sqlite:///irt.sqlite
    """
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    release()  # What runs is what was there at the start, also where files change under it.
    with closing(open_store(database_url)) as store:
        working = worker_on(store, installed_planner())
        if once:
            click.echo(f"{working.once()} jobs run and messages sent.")
            return
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: working.stop.set())
        click.echo("The worker waits for work. Stop with Ctrl-C.", err=True)
        working.run()


def worker_on(store: Store, planner: ResupplyPlanner) -> Worker:
    """A worker of this installation: its planner, its post, the machine's clock, its folder of anchors."""
    mailroom = mailroom_from(dict(os.environ), store.url)
    handlers = {**handlers_with(planner), **installed_handlers()}
    return Worker(store, handlers, mailroom, clock.now, anchor_folder(store.url))
