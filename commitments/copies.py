"""Copies of a whole database, by SQLite and PostgreSQL themselves: taken, opened beside it, put in its place."""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection
from django.db.backends.postgresql.client import DatabaseClient
from psycopg import sql

TRIES = 50  # to find a moment in which nobody is connected to a PostgreSQL database, a tenth of a second each


class CopyError(Exception):
    """A database could not be copied; says why and what to do."""


@contextmanager
def elsewhere(name: str) -> Iterator[None]:
    """Django's connection leads to another database on the same server, or to another file."""
    usual = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual


def take(copy: Path) -> None:
    """Copy the database as it is at one moment."""
    if connection.vendor == "sqlite":
        _copy(connection.settings_dict["NAME"], copy)
    else:
        _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={copy}")


@contextmanager
def opened(copy: Path) -> Iterator[str]:
    """A database with what the copy holds; its name. Dropped in the end."""
    if connection.vendor == "sqlite":
        yield str(copy)
        return
    usual = connection.settings_dict["NAME"]
    name = f"{usual[:40]}_{secrets.token_hex(6)}"
    alike = "SELECT pg_encoding_to_char(encoding), datcollate, datctype FROM pg_database WHERE datname = %s"
    create = "CREATE DATABASE {} TEMPLATE template0 ENCODING {} LC_COLLATE {} LC_CTYPE {}"
    with _beside() as server:
        words = server.execute(alike, [usual]).fetchone() or ()
        try:
            server.execute(sql.SQL(create).format(sql.Identifier(name), *map(sql.Literal, words)))
        except psycopg.errors.InsufficientPrivilege as error:
            raise CopyError(
                "A copy is verified in a database of its own, which this role may not make: ALTER ROLE … CREATEDB."
            ) from error
        try:
            with elsewhere(name):
                _run("pg_restore", "--exit-on-error", "--no-owner", "--no-privileges", last=copy)
            yield name
        finally:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def replace(name: str) -> None:
    """Put the database of that name into the place of ours, in one transaction of SQLite or PostgreSQL."""
    connection.close()
    usual = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        _copy(name, usual)
        return
    with _beside() as server:
        for attempt in range(TRIES):
            server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [usual])
            try:
                with server.transaction():  # the old one takes the copy's name, and is dropped as it would be
                    for old, new in ((usual, f"{name}_"), (name, usual), (f"{name}_", name)):
                        rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
                        server.execute(rename.format(sql.Identifier(old), sql.Identifier(new)))
            except psycopg.errors.ObjectInUse:
                if attempt == TRIES - 1:
                    raise
                time.sleep(0.1)
            else:
                return


def _beside() -> psycopg.Connection[Any]:
    """A connection to the same server that keeps no hold of our database."""
    given = connection.get_connection_params()
    return psycopg.connect(
        **given | {"dbname": "postgres" if given["dbname"] != "postgres" else "template1"}, autocommit=True
    )


def _copy(source: str | Path, target: str | Path) -> None:
    """One SQLite database over another, by SQLite itself: in one transaction of each, whoever else is in them."""
    with closing(sqlite3.connect(source, timeout=20)) as old, closing(sqlite3.connect(target, timeout=20)) as new:
        old.backup(new)


def _run(program: str, *arguments: str, last: Path | None = None) -> None:
    """Run one of PostgreSQL's programs on our database. Passwords go by the environment, which others cannot read."""
    if shutil.which(program) is None:
        raise CopyError(f"{program} is not installed. On Debian: apt-get install postgresql-client")
    (_psql, *where, name), env = DatabaseClient.settings_to_cmd_args_env(connection.settings_dict, [])
    command = [program, *arguments, *where, f"--dbname={name}", *([str(last)] if last else [])]
    done = subprocess.run(command, check=False, env=os.environ | (env or {}), capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        raise CopyError(f"{program}: {done.stderr.strip()}")
