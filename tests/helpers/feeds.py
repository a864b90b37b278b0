"""Words that are hard to tell in a feed."""

import re

HOSTILE = [
    "<b>&amp;</b> & \"quoted\" 'so'",
    "one\ntwo\r\nthree\rfour",
    "a\x01b\x0bc\x0cd\x1be\x7ff\x85g\u2028h\ufffei\uffffj",
    "滬港合作會議，第四次 🚢",
    "]]><![CDATA[",
]


def legible(text):
    """What can be read of a text, without the marks between the lines that a feed puts in."""
    return re.sub(r"<br>|[\s\x00-\x1f\x7f-\x9f\ufffe\uffff]", "", text)
