"""Words that makemessages would not find: of libraries that have no translation of them, and of fields of the ledger.

Our catalogue comes before those of the libraries, so a message that is named here is translated there. Nothing
imports this module: it is read by makemessages alone.
"""

from django.utils.translation import gettext_noop, ngettext_lazy

# Django's admin: without a translation, or with one that sets spaces between Chinese words as if they were English.
gettext_noop(
    "Whether the user will be able to authenticate using a password or not. If disabled, they may still be able to "
    "authenticate using other backends, such as Single Sign-On or LDAP."
)
gettext_noop("If disabled, the current password for this user will be lost.")
gettext_noop("%(from)s-%(to)s relationship")
gettext_noop("%(from)s-%(to)s relationships")
gettext_noop("After you’ve created a user, you’ll be able to edit more user options.")
ngettext_lazy(
    "This password is too short. It must contain at least %d character.",
    "This password is too short. It must contain at least %d characters.",
)
gettext_noop("Error:")
gettext_noop("Model name")
gettext_noop("Add link")
gettext_noop("Change or view list link")
gettext_noop("Add %s")
gettext_noop("Add %(name)s")
gettext_noop("Change %s")
gettext_noop("View %s")
gettext_noop("Select %s")
gettext_noop("Select %s to change")
gettext_noop("Select %s to view")
gettext_noop("Change history: %s")
gettext_noop("Cannot delete %(name)s")
gettext_noop("Add another %(verbose_name)s")
gettext_noop("Add another %(model)s")
gettext_noop("Change selected %(model)s")
gettext_noop("Delete selected %(model)s")
gettext_noop("Delete selected %(verbose_name_plural)s")
gettext_noop("Models in the %(name)s application")
gettext_noop("%(app)s administration")
gettext_noop(" By %(filter_title)s ")
gettext_noop("Hold down “Control”, or “Command” on a Mac, to select more than one.")
gettext_noop(
    'Are you sure you want to delete the %(object_name)s "%(escaped_object)s"? All of the following related items '
    "will be deleted:"
)
gettext_noop(
    "Are you sure you want to delete the selected %(objects_name)s? All of the following objects and their related "
    "items will be deleted:"
)
gettext_noop(
    "Deleting the %(object_name)s '%(escaped_object)s' would result in deleting related objects, but your account "
    "doesn't have permission to delete the following types of objects:"
)
gettext_noop(
    "Deleting the %(object_name)s '%(escaped_object)s' would require deleting the following protected related objects:"
)
gettext_noop(
    "Deleting the selected %(objects_name)s would result in deleting related objects, but your account doesn't have "
    "permission to delete the following types of objects:"
)
gettext_noop("Deleting the selected %(objects_name)s would require deleting the following protected related objects:")

# What the ledger's entries say, by the names of the fields (`admin.ledger_entries.field_label`).
FIELDS = (
    gettext_noop("reference"),
    gettext_noop("paragraph"),
    gettext_noop("title"),
    gettext_noop("short title"),
    gettext_noop("quote"),
    gettext_noop("kind"),
    gettext_noop("force"),
    gettext_noop("level"),
    gettext_noop("parties as stated"),
    gettext_noop("owner inferred"),
    gettext_noop("owner note"),
    gettext_noop("deadline"),
    gettext_noop("deadline as stated"),
    gettext_noop("deadline basis"),
    gettext_noop("deadline reason"),
    gettext_noop("target"),
    gettext_noop("target approximate"),
    gettext_noop("unit"),
    gettext_noop("measure"),
    gettext_noop("done when"),
    gettext_noop("review on"),
    gettext_noop("note"),
    gettext_noop("release"),
    gettext_noop("area"),
    gettext_noop("part of"),
    gettext_noop("repeats"),
    gettext_noop("fields"),
    gettext_noop("owners"),
    gettext_noop("partners"),
    gettext_noop("date"),
    gettext_noop("status"),
    gettext_noop("stop reason"),
    gettext_noop("basis"),
    gettext_noop("achieved"),
    gettext_noop("evidence"),
    gettext_noop("searched"),
    gettext_noop("reply of"),
    gettext_noop("reason"),
    gettext_noop("changes"),
    gettext_noop("remaining"),
    gettext_noop("before"),
    gettext_noop("after"),
    gettext_noop("publisher"),
    gettext_noop("archived url"),
    gettext_noop("url"),
    gettext_noop("relation"),
    gettext_noop("source"),
)
