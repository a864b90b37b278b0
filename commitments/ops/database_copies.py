"""Copies of a whole database, by SQLite and PostgreSQL themselves: taken, opened beside it, put in its place."""

import os
import secrets
import shutil
import sqlite3
import subprocess
import time
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection
from psycopg import sql
from psycopg.conninfo import make_conninfo

from commitments.ops.private_files import LOOK_EVERY, database_path, locked, make_folder

WAIT_SECONDS = 600.0  # for another one of the same purpose
# How to reach a database, in words that PostgreSQL's programs of any version know; psycopg's may be of a later one.
PARAMETERS = ("host", "port", "dbname", "user", "service", "passfile", "sslmode", "sslrootcert", "sslcert", "sslkey")
SWAP_ATTEMPTS = 50  # to find a moment in which nobody is connected to a PostgreSQL database, a tenth of a second each


class CopyError(Exception):
    """A database could not be copied; says why and what to do."""


class DatabaseBusyError(Exception):
    """Somebody else does the same to this database, and does not end."""


@contextmanager
def alone_with_database(purpose: str) -> Iterator[None]:
    """The only one of this purpose at work on our database, on whichever machine and in whichever folder.

    Raises DatabaseBusyError after WAIT_SECONDS.
    """
    if connection.vendor == "sqlite":
        file = database_path(connection.settings_dict["NAME"])
        make_folder(file.parent)
        try:
            with locked(Path(f"{file}-{purpose}"), WAIT_SECONDS):
                yield
        except TimeoutError as error:
            raise DatabaseBusyError(str(error)) from error
        return
    key = zlib.crc32(purpose.encode())
    with connection.cursor() as cursor:
        for _attempt in range(int(WAIT_SECONDS / LOOK_EVERY)):
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
            if cursor.fetchone()[0]:
                break
            time.sleep(LOOK_EVERY)
        else:
            raise DatabaseBusyError(f"{purpose} is locked")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [key])


@contextmanager
def switched_database(name: str) -> Iterator[None]:
    """Django's connection leads to another database on the same server, or to another file."""
    original_name = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = original_name


def dump(copy: Path) -> None:
    """Copy the database as it is at one moment."""
    if connection.vendor == "sqlite":
        _copy_sqlite(connection.settings_dict["NAME"], copy)
    else:
        _run_postgresql_program("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={copy}")


@contextmanager
def restored_copy(copy: Path) -> Iterator[str]:
    """A database with what the copy holds; its name. Dropped in the end."""
    if connection.vendor == "sqlite":
        yield str(copy)
        return
    original_name = connection.settings_dict["NAME"]
    name = f"{original_name[:40]}_{secrets.token_hex(6)}"
    locale_query = "SELECT pg_encoding_to_char(encoding), datcollate, datctype FROM pg_database WHERE datname = %s"
    create = "CREATE DATABASE {} TEMPLATE template0 ENCODING {} LC_COLLATE {} LC_CTYPE {}"
    with _server_connection() as server:
        locale = server.execute(locale_query, [original_name]).fetchone() or ()
        try:
            server.execute(sql.SQL(create).format(sql.Identifier(name), *map(sql.Literal, locale)))
        except psycopg.errors.InsufficientPrivilege as error:
            raise CopyError(
                "A copy is verified in a database of its own, which this role may not make: ALTER ROLE … CREATEDB."
            ) from error
        try:
            with switched_database(name):
                _run_postgresql_program("pg_restore", "--exit-on-error", "--no-owner", "--no-privileges", last=copy)
            yield name
        finally:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def replace_database(name: str) -> None:
    """Put the database of that name into the place of ours, in one transaction of SQLite or PostgreSQL."""
    original_name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        connection.close()
        _copy_sqlite(name, original_name)
        return
    with _server_connection() as server:
        connection.close()
        for attempt in range(SWAP_ATTEMPTS):
            server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [original_name])
            try:
                with server.transaction():  # the old one takes the copy's name, and is dropped as it would be
                    for old, new in ((original_name, f"{name}_"), (name, original_name), (f"{name}_", name)):
                        rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
                        server.execute(rename.format(sql.Identifier(old), sql.Identifier(new)))
            except psycopg.errors.ObjectInUse:
                if attempt == SWAP_ATTEMPTS - 1:
                    raise
                time.sleep(0.1)
            else:
                return


def _connection_info() -> psycopg.ConnectionInfo:
    """How our connection was made: by psycopg, which says so in the words of libpq."""
    with connection.cursor() as cursor:
        info: psycopg.ConnectionInfo = cursor.connection.info
    return info


def _server_connection() -> psycopg.Connection[Any]:
    """A connection to the same server that keeps no hold of our database."""
    info = _connection_info()
    other = "postgres" if info.dbname != "postgres" else "template1"
    return psycopg.connect(info.dsn, password=info.password, dbname=other, autocommit=True)


def _copy_sqlite(source: str | Path, target: str | Path) -> None:
    """One SQLite database over another, by SQLite itself: in one transaction of each, whoever else is in them."""
    with closing(sqlite3.connect(source, timeout=20)) as old, closing(sqlite3.connect(target, timeout=20)) as new:
        old.backup(new)


def _run_postgresql_program(program: str, *arguments: str, last: Path | None = None) -> None:
    """Run one of PostgreSQL's programs on our database. Passwords go by the environment, which others cannot read."""
    if shutil.which(program) is None:
        raise CopyError(f"{program} is not installed. On Debian: apt-get install postgresql-client")
    info = _connection_info()
    parameters = {name: value for name, value in info.get_parameters().items() if name in PARAMETERS}
    command = [program, *arguments, f"--dbname={make_conninfo(**parameters)}", *([str(last)] if last else [])]
    env = os.environ | {"PGPASSWORD": info.password}
    process = subprocess.run(command, check=False, env=env, capture_output=True, text=True)  # noqa: S603
    if process.returncode:
        raise CopyError(f"{program}: {process.stderr.strip()}")
