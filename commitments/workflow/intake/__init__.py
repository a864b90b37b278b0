"""From a release's text to drafts: what is on record to compare with, and proposals as the cells of an import."""
