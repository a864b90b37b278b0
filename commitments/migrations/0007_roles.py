"""The roles, as groups. docs/staff.md says in words what each may do."""

from django.contrib.auth.management import create_permissions
from django.db import migrations


def all_of(*models):
    return {f"{do}_{model}" for model in models for do in ("add", "change", "delete", "view")}


def view(*models):
    return {f"view_{model}" for model in models}


CONTRIBUTOR = view("commitment") | all_of("draftupdate", "draftevidence")
EDITOR = (
    CONTRIBUTOR
    | {"work_for_all", "change_errorreport"}
    | all_of("commitment", "organisation", "area", "release", "section", "agreement", "occasion")
    | view("errorreport", "ledgerentry", "update", "evidence", "state")
)
PUBLISHER = EDITOR | {"publish"}
ADMINISTRATOR = (
    {"work_for_all", "redact", "add_user", "change_user", "view_user", "view_group"}
    | all_of("affiliation")
    | view("commitment", "draftupdate", "draftevidence", "organisation", "redactionrequest", "reminder")
    | view("ledgerentry", "update", "evidence", "state")
)
ROLES = {
    "Contributor": CONTRIBUTOR,
    "Editor": EDITOR,
    "Publisher": PUBLISHER,
    "Administrator": ADMINISTRATOR,
}


def make_groups(apps, schema_editor):
    using = schema_editor.connection.alias
    for label in ("auth", "commitments"):  # Django makes permissions after all migrations; these are needed here
        config = apps.get_app_config(label)
        config.models_module = True
        create_permissions(config, apps=apps, using=using, verbosity=0)
        config.models_module = None
    permissions = apps.get_model("auth", "Permission").objects.using(using)
    ours = permissions.filter(content_type__app_label__in=("auth", "commitments"))
    for name, codenames in ROLES.items():
        group, _new = apps.get_model("auth", "Group").objects.using(using).get_or_create(name=name)
        found = ours.filter(codename__in=codenames)
        if missing := codenames - set(found.values_list("codename", flat=True)):
            raise LookupError(f"no such permission: {missing}")
        group.permissions.add(*found)


def mark_published(apps, schema_editor):
    drafts = apps.get_model("commitments", "DraftUpdate").objects.using(schema_editor.connection.alias)
    drafts.exclude(published_as=None).update(state="published")


class Migration(migrations.Migration):
    dependencies = [
        ("commitments", "0006_staff_and_drafts"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.RunPython(make_groups, migrations.RunPython.noop),
        migrations.RunPython(mark_published, migrations.RunPython.noop),
    ]
