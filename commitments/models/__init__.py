"""The tables. The ledger is the truth; what it projects is made for asking."""

from commitments.models.assignment import Assignment
from commitments.models.commitment import Commitment, Ownership, Partnership, State
from commitments.models.drafting import DraftCommitment
from commitments.models.entity_change import EntityChange, EntityProposal
from commitments.models.error_report import ErrorReport
from commitments.models.intake import Intake, IntakeSection, IntakeSpan
from commitments.models.kept_work import DeletedDraft, KeptForm
from commitments.models.ledger import Edition, LedgerEntry, LedgerHead
from commitments.models.link_check import LinkCheck
from commitments.models.news_source import NewsSource
from commitments.models.organisation import Organisation
from commitments.models.outgoing_mail import OutgoingMail
from commitments.models.progress import DraftEvidence, DraftUpdate, Evidence, Update
from commitments.models.release import Agreement, Area, LoadedItem, Occasion, Release, Section
from commitments.models.repetition import Repetition
from commitments.models.staff import AccountChange, Affiliation, RedactionRequest, Reminder
from commitments.models.translation import Translation
from commitments.models.two_people import DraftEdit, EntryProposal

__all__ = ["Assignment"]
__all__ += ["Commitment", "Ownership", "Partnership", "Repetition", "State"]
__all__ += ["DraftCommitment"]
__all__ += ["EntityChange", "EntityProposal"]
__all__ += ["ErrorReport"]
__all__ += ["Intake", "IntakeSection", "IntakeSpan"]
__all__ += ["DeletedDraft", "KeptForm"]
__all__ += ["Edition", "LedgerEntry", "LedgerHead"]
__all__ += ["LinkCheck"]
__all__ += ["NewsSource"]
__all__ += ["Organisation"]
__all__ += ["OutgoingMail"]
__all__ += ["DraftEvidence", "DraftUpdate", "Evidence", "Update"]
__all__ += ["Agreement", "Area", "LoadedItem", "Occasion", "Release", "Section"]
__all__ += ["AccountChange", "Affiliation", "RedactionRequest", "Reminder"]
__all__ += ["Translation"]
__all__ += ["DraftEdit", "EntryProposal"]
