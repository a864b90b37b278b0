"""The command that sends reminders."""

from io import StringIO

from django.core.management import call_command


def send(*arguments):
    """The command: its exit code, and all that it says."""
    out = StringIO()
    try:
        call_command("send_reminders", *arguments, stdout=out, stderr=out)
    except SystemExit as stopped:
        return stopped.code, out.getvalue()
    return 0, out.getvalue()
