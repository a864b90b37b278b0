"""Who may translate by a file, and what."""

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from commitments.admin.imports.base import CellChange, RowOutcome
from commitments.admin.imports.export_columns import NOTE_COLUMNS, TRANSLATION_SOURCES
from commitments.i18n.phrases import join_sentences
from commitments.ledger.translations import NewTranslation, check_translation
from commitments.models import Commitment

# Each column of a translation, of whatever file, with that of its text.
TRANSLATED_COLUMNS = TRANSLATION_SOURCES | {name: ("note", language) for name, language in NOTE_COLUMNS.items()}


def check_translation_rights(user: User, outcome: RowOutcome, *, public: bool) -> None:
    """Raise ValidationError, by column, where translations that change may not, or cannot be kept."""
    problems = {}
    for change in outcome.changes or [CellChange(name, "", cell) for name, cell in outcome.cells.items() if cell]:
        if change.column not in TRANSLATED_COLUMNS:
            continue
        column, language = TRANSLATED_COLUMNS[change.column]
        source = outcome.cells.get(column, "")
        if public and not user.has_perm("commitments.publish"):
            problems[change.column] = _("This is public at once, so a publisher must import it. Ask one of them.")
        elif change.after and not source:
            message = _("There is nothing to translate: fill in “%(column)s”, or empty this cell.")
            problems[change.column] = message % {"column": column}
        elif source:
            try:
                check_translation(NewTranslation(Commitment(), language, source, change.after))
            except ValidationError as problem:
                problems[change.column] = join_sentences(problem.messages)
    if problems:
        raise ValidationError(problems)
