"""The tables. The ledger is the truth; what it projects is made for asking."""

from commitments.models.commitment import Commitment, Ownership, Partnership, Repetition, State
from commitments.models.entity_change import EntityChange, EntityProposal
from commitments.models.error_report import ErrorReport
from commitments.models.ledger import Edition, LedgerEntry, LedgerHead
from commitments.models.link_check import LinkCheck
from commitments.models.news_source import NewsSource
from commitments.models.organisation import Organisation
from commitments.models.outgoing_mail import OutgoingMail
from commitments.models.progress import DraftEvidence, DraftUpdate, Evidence, Update
from commitments.models.release import Agreement, Area, LoadedItem, Occasion, Release, Section
from commitments.models.staff import AccountChange, Affiliation, RedactionRequest, Reminder
from commitments.models.translation import Translation
from commitments.models.two_people import DraftEdit, EntryProposal

__all__ = [
    "AccountChange",
    "Affiliation",
    "Agreement",
    "Area",
    "Commitment",
    "DraftEdit",
    "DraftEvidence",
    "DraftUpdate",
    "Edition",
    "EntityChange",
    "EntityProposal",
    "EntryProposal",
    "ErrorReport",
    "Evidence",
    "LedgerEntry",
    "LedgerHead",
    "LinkCheck",
    "LoadedItem",
    "NewsSource",
    "Occasion",
    "Organisation",
    "OutgoingMail",
    "Ownership",
    "Partnership",
    "RedactionRequest",
    "Release",
    "Reminder",
    "Repetition",
    "Section",
    "State",
    "Translation",
    "Update",
]
