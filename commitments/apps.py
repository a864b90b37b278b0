"""The application's start: the database's own guards are laid after every migrate."""

from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


@register(Tags.translation)
def catalogues_are_compiled(**kwargs: Any) -> list[CheckMessage]:
    """Without them Chinese pages would be in English, and nobody would notice."""
    catalogues = [path for folder in settings.LOCALE_PATHS for path in sorted(folder.glob("*/LC_MESSAGES/django.po"))]
    hint = "Run: pybabel compile --directory tracker/locale --domain django"
    return [
        Error(f"{path.parent.parent.name}: the catalogue is not compiled, or older than its source.", hint=hint)
        for path in catalogues
        if not path.with_suffix(".mo").exists() or path.with_suffix(".mo").stat().st_mtime < path.stat().st_mtime
    ]


class CommitmentsConfig(AppConfig):
    """Public commitments, what was reported of them, and the ledger that both stand on."""

    name = "commitments"
    verbose_name = _("Commitments")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Ask to be told after each migrate. The ledger's modules need the models, which are there only now.
        from commitments.ledger.post_migrate import install_triggers, project_new_columns, record_entities

        post_migrate.connect(install_triggers, sender=self)
        post_migrate.connect(record_entities, sender=self)
        post_migrate.connect(project_new_columns, sender=self)
