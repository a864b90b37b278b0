"""What `tracker/server.py` takes of gunicorn without its word for it. What it does: tests/slow/test_slow_clients.py."""

import socket
from inspect import signature

import pytest
from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.gthread import ThreadWorker

from tracker.server import DeadlineWorker


def test_gunicorn_has_what_the_worker_overrides():
    overridden = {"handle": ["self", "conn"], "handle_request": ["self", "req", "conn"], "murder_pending": ["self"]}
    assert {name: [*signature(getattr(ThreadWorker, name)).parameters] for name in overridden} == overridden


def test_a_body_is_read_as_gunicorn_reads_it_until_it_is_late():
    worker = DeadlineWorker.__new__(DeadlineWorker)
    worker._late = set()
    sender, receiver = socket.socketpair()
    with sender, receiver:
        unreader = SocketUnreader(receiver)
        unreader.chunk = worker._refusing_late("the connection", unreader.chunk)
        sender.sendall(b"x" * 20_000)
        assert unreader.read(15_000, read_ahead=20_000) == b"x" * 15_000
        worker._late.add("the connection")
        sender.sendall(b"y")
        with pytest.raises(TimeoutError):
            unreader.read(10_000)
