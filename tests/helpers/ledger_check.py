"""The lines by which readers check the ledger: copied from the page, and run."""

import re
import subprocess
import sys
from html import unescape


def check_of(source):
    """The lines that a reader copies from the page."""
    [shown] = re.findall(r"<pre[^>]*><code>(.*?)</code></pre>", source, re.DOTALL)
    return unescape(shown)


def run(shown):
    """The lines, run by a Python of their own: exit code, what they print, what they complain of."""
    done = subprocess.run([sys.executable, "-I", "-c", shown], capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout, done.stderr
