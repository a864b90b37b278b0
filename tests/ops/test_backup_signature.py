"""What was done to a backup after it was made is found by its signature, and named.

All of it is done once, by one program in an installation of its own, which notes what each attempt was told.
"""

import json
import re
import zipfile

import pytest

from tests.helpers import databases
from tests.helpers.installation import Installation

pytestmark = [pytest.mark.processes, pytest.mark.postgresql]

PROGRAM = """
import json, tempfile, zipfile
from pathlib import Path
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection
from commitments.domain.signatures import new_private_key
from commitments.models import Organisation
from commitments.ops import backup
from commitments.ops.database_copies import dump, restored_copy, switched_database
from commitments.ops.heads import write_head
from django.utils.timezone import localdate

folder = Path({folder!r})
settings.SIGNING_KEY_FILE, settings.HEADS_FILE = folder / "var" / "signing-key", folder / "var" / "heads.txt"
User.objects.create_superuser("boss", email="boss@tracker.example")
whole = folder / "whole"
backup.make_backup(whole)
backup.make_backup(folder / "with-key", with_key=True)
told = {{}}

def attempt(name, file):
    warnings = []
    try:
        backup.restore_backup(file, force=True, warn=warnings.append)
    except backup.BackupError as error:
        told[name] = f"refused: {{error}}"
    else:
        told[name] = "restored: " + " ".join(warnings)

def rewritten(name, change, of=whole):
    '''The same backup with some of its parts changed; None takes one away.'''
    with zipfile.ZipFile(of) as archive:
        parts = {{part: archive.read(part) for part in archive.namelist()}}
    change(parts)
    with zipfile.ZipFile(folder / name, "w") as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    return folder / name

def doctored(act):
    '''Opens the copy as a database, does something in it, and puts it back.'''
    def change(parts):
        name = backup.COPY_NAMES[connection.vendor]
        with tempfile.TemporaryDirectory() as place:
            copy, changed = Path(place) / name, Path(place) / "changed"
            copy.write_bytes(parts[name])
            with restored_copy(copy) as database, switched_database(database):
                act()
                connection.close()
                dump(changed)
            parts[name] = changed.read_bytes()
    return change

def hostile_trigger(table="commitments_errorreport"):
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"CREATE TRIGGER hostile AFTER INSERT ON {{table}} "
                           "BEGIN UPDATE auth_user SET is_superuser = 1; END")
        else:
            cursor.execute("CREATE FUNCTION hostile() RETURNS trigger LANGUAGE plpgsql AS "
                           "'BEGIN UPDATE auth_user SET is_superuser = true; RETURN NULL; END'")
            cursor.execute(f"CREATE TRIGGER hostile AFTER INSERT ON {{table}} "
                           "FOR EACH ROW EXECUTE FUNCTION hostile()")

ACTS = {{
    "superuser": lambda: User.objects.create_superuser("eve"),
    "trigger": hostile_trigger,
    "trigger of sessions": lambda: hostile_trigger("django_session"),
    "organisation": lambda: Organisation.objects.filter(slug="lcsd").update(name="Another"),
    "address": lambda: User.objects.update(email="eve@elsewhere.example"),
}}
for name, act in ACTS.items():
    signed = rewritten(f"{{name}}-signed", doctored(act))
    attempt(f"{{name}}, signed", signed)
    attempt(f"{{name}}, unsigned", rewritten(f"{{name}}-unsigned", lambda parts: parts.pop("signature.json"), signed))

def about(parts):
    parts["about.json"] = parts["about.json"].replace(b"20", b"19", 1)

def sum_too(parts):
    '''The copy, and its sum with it; not the signature, for which one needs the key.'''
    from hashlib import sha256
    signature = json.loads(parts["signature.json"])
    signature["sha256"] = sha256(parts[backup.COPY_NAMES[connection.vendor]]).hexdigest()
    parts["signature.json"] = json.dumps(signature).encode()

attempt("manifest", rewritten("manifest", about))
attempt("sum", rewritten("sum", sum_too, folder / "superuser-signed"))
attempt("no signature", rewritten("old", lambda parts: parts.pop("signature.json")))
attempt("damaged signature", rewritten("damaged", lambda parts: parts.update({{"signature.json": b"[]"}})))
attempt("whole", whole)

settings.SIGNING_KEY_FILE.write_bytes(new_private_key())
attempt("unknown key", whole)
settings.SIGNING_KEY_FILE.write_bytes(b"")
attempt("no key of our own", whole)
try:
    backup.make_backup(folder / "unsigned")
except backup.BackupError as error:
    told["made without a key"] = str(error)
settings.SIGNING_KEY_FILE.unlink()
with zipfile.ZipFile(folder / "with-key") as archive:
    archive.extract("signing-key", folder / "var")
attempt("its key put back", whole)
write_head(localdate())
settings.SIGNING_KEY_FILE.unlink()
attempt("a key of the list of heads", whole)
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("signed")


@pytest.fixture(scope="module")
def told(template: Installation, folder):
    installation = databases.own_copy(template, folder)
    done = installation.python(PROGRAM.format(folder=str(folder)))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_backup_is_restored_without_a_word_where_its_key_is_known(told):
    assert told["whole"] == told["its key put back"] == told["a key of the list of heads"] == "restored: "


@pytest.mark.parametrize("change", ["superuser", "trigger", "trigger of sessions", "organisation", "address"])
def test_a_copy_that_was_doctored_after_it_was_signed_is_refused(change, told):
    """The changed address lets somebody else reset a password; the issue names neither it nor the table of sessions."""
    assert told[f"{change}, signed"].startswith(
        "refused: The copy of the database in it is not the one that was signed"
    )


@pytest.mark.parametrize("change", ["manifest", "sum"])
def test_so_is_what_was_signed_itself(change, told):
    assert told[change].startswith("refused: Its signature is not of this manifest")


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("superuser", r"restored: It is not signed: .*Who may do everything: boss, eve\."),
        ("trigger", "refused: .*trigger hostile on commitments_errorreport is not the tracker’s"),
        ("trigger of sessions", "refused: .*trigger hostile on django_session is not the tracker’s"),
        ("organisation", "refused: .*organisation/lcsd"),
    ],
)
def test_without_its_signature_what_was_doctored_is_named(change, named, told):
    assert re.match(named, told[f"{change}, unsigned"]), told[f"{change}, unsigned"]


def test_a_backup_of_an_older_version_is_restored_with_a_warning(told):
    assert told["no signature"].startswith("restored: It is not signed: an older version made it, or somebody took")


@pytest.mark.parametrize("case", ["unknown key", "no key of our own"])
def test_a_key_that_is_not_known_here_is_a_warning(case, told):
    assert told[case].startswith("restored: It is signed with a key that is not known here: MCowBQYDK2Vw")


def test_a_signature_that_cannot_be_read_is_damage(told):
    assert told["damaged signature"].startswith("refused: ")
    assert "is no backup, or it is damaged" in told["damaged signature"]


def test_no_backup_is_made_with_a_key_that_cannot_be_used(told, folder):
    assert "holds no key that can be used" in told["made without a key"]
    assert not (folder / "unsigned").exists()


def test_the_key_is_in_a_backup_on_request_only(told, folder):
    names = [set(zipfile.ZipFile(folder / file).namelist()) for file in ("whole", "with-key")]
    assert names[1] - names[0] == {"signing-key"}


def test_the_commands_sign_and_warn(installation, tmp_path):
    backup, old = tmp_path / "backup", tmp_path / "old"
    installation.run_well("backup", str(backup))
    done = installation.run("restore", "--force", str(backup))
    assert (done.returncode, done.stderr) == (0, "")
    with zipfile.ZipFile(backup) as archive, zipfile.ZipFile(old, "w") as unsigned:
        for name in {*archive.namelist()} - {"signature.json"}:
            unsigned.writestr(name, archive.read(name))
    done = installation.run("restore", "--force", str(old))
    assert (done.returncode, "Who may do everything: nobody." in done.stderr) == (0, True)
