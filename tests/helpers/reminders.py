"""The command that writes reminders, and the one that sends what is written."""

from io import StringIO

from django.core.management import call_command

from tests.helpers.people import owners_were_told


def send(*arguments):
    """Both: the exit code of the first, and all that it says."""
    owners_were_told()
    printed = run("send_reminders", *arguments)
    run("send_outbox")
    return printed


def run(command, *arguments):
    """A command: its exit code, and all that it says."""
    out = StringIO()
    try:
        call_command(command, *arguments, stdout=out, stderr=out)
    except SystemExit as stopped:
        return stopped.code, out.getvalue()
    return 0, out.getvalue()
