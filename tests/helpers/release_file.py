"""The first release's file, whole and cut down to a small one."""

import json
from copy import deepcopy

from tests.helpers.installation import FIXTURE

HEAD = "c2630aeef6f91d7b8839c340e6690165d67cf27682a9e09e456db425e2ef961e"

ENTRIES = 351  # of the ledger, once the release is loaded

SOURCE = json.loads(FIXTURE.read_text(encoding="utf-8"))


def small():
    """A whole file of one small release: two areas, two bodies, a pledge, a part of it and an agreement."""
    source = deepcopy(SOURCE)
    wanted = {pledge["reference"]: pledge for pledge in source["commitments"]}
    release = source["release"]
    release["sections"] = [section for section in release["sections"] if section["area"] in ("culture", None)]
    release["agreements"] = [agreement for agreement in release["agreements"] if agreement["commitments"] == ["CU-01"]]
    del source["translations"]
    return source | {"commitments": [wanted["CU-01"], wanted["CU-06"], wanted["SC-01"]]}
