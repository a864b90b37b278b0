"""What stands behind each entry of the admin's menu, in a line."""

from typing import Any

from django.utils.translation import gettext_lazy as _

# By the name of a model, lower case: what the menu calls it where that says more than its own name, and what it is for.
# In the order of the menu: what is worked at, what waits, what is named, what is on record, accounts.
ENTRIES: dict[str, tuple[Any, Any]] = {
    "commitment": (None, _("pledges: draft, publish and correct them, and record progress of them")),
    "draftupdate": (
        _("Drafts of updates"),
        _("progress that is recorded and not public yet; the queue of the publishers"),
    ),
    "deleteddraft": (None, _("for a week they can be had back")),
    "errorreport": (_("Readers’ reports of errors"), _("to be looked at and answered")),
    "entityproposal": (
        _("Proposed changes of names and descriptions"),
        _("wait for a publisher, who records or declines them"),
    ),
    "entryproposal": (
        _("Proposed corrections, retractions and translations"),
        _("wait for another publisher, where two must see them"),
    ),
    "redactionrequest": (_("Redactions asked for"), _("words that must go, for a second administrator to decide")),
    "intake": (_("Releases being read"), _("from a release’s text to pledges: mark, translate, review, publish")),
    "organisation": (None, _("who owns pledges or takes part in them: names, short names, other names")),
    "area": (None, _("areas of co-operation, under which pledges stand")),
    "release": (None, _("the documents that pledges come from, with sections and agreements")),
    "section": (_("Sections of releases"), _("to be looked at; edited on the release’s page")),
    "agreement": (_("Agreements of releases"), _("to be looked at; edited on the release’s page")),
    "occasion": (None, _("days that readers ask about")),
    "newssource": (None, _("publishers of evidence, and whose word theirs is")),
    "update": (_("Updates on record"), _("what was published of progress, to be looked at")),
    "evidence": (_("Evidence on record"), _("pages that published updates rest on, to be looked at")),
    "entitychange": (_("Changes of names and descriptions on record"), _("to be looked at")),
    "ledgerentry": (_("Ledger: every entry"), _("to be read; and to retract or redact one")),
    "linkcheck": (_("Pages of evidence: do they still answer?"), _("found by the weekly check of links")),
    "user": (_("Accounts of staff"), _("who signs in, in which role, for which organisation")),
    "group": (_("Roles"), _("what each role may do; given on the page of an account")),
}


def describe(app_list: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The menu in the order of `ENTRIES`, with what each entry is for; others come last and keep their names."""
    places = {name: place for place, name in enumerate(ENTRIES)}

    def place(model: dict[str, Any]) -> int:
        return places.get(model["object_name"].lower(), len(places))

    for app in app_list:
        for model in app["models"]:
            name, purpose = ENTRIES.get(model["object_name"].lower(), (None, ""))
            model["name"], model["purpose"] = name or model["name"], purpose
        app["models"].sort(key=place)
    return sorted(app_list, key=lambda app: min(map(place, app["models"])))
