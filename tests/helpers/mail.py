"""A mail server of our own on a free port: real SMTP, with the moods of real ones."""

import asyncio
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from tests.helpers.postgresql import free_port


class MailServer:
    """Keeps what arrives. Answers the addresses in `refused` as it says there; takes `seconds` over each mail."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.arrived: list[EmailMessage] = []
        self.refused: dict[str, str] = {}
        self.seconds = 0.0
        self.hangs_up = False
        self.connections: set[Any] = set()
        self.has_a_mail_in_hand = threading.Event()

    @property
    def counts(self) -> Counter[str]:
        """How many mails arrived for each address."""
        return Counter(str(mail["To"]) for mail in self.arrived)

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):  # noqa: N802
        self.connections.add(session.peer)
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.has_a_mail_in_hand.set()
        await asyncio.sleep(self.seconds)
        self.arrived.append(message_from_bytes(envelope.content, policy=policy.default))
        if self.hangs_up:
            server.transport.abort()
        return "250 OK"


@contextmanager
def mail_server(port: int | None = None) -> Iterator[MailServer]:
    """A server that runs until the end of the block."""
    server = MailServer(port or free_port())
    controller = Controller(server, hostname="127.0.0.1", port=server.port)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
