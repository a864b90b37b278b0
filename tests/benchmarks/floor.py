"""The export as one SQL statement for the sqlite3 program: what the machine needs at the least for these values.

Written by hand from the columns' definitions; the benchmark compares its values with ours cell by cell.
"""

TODAY = "date('now', '+8 hours')"


def _names(table: str, what: str = "o.name") -> str:
    return (
        f"coalesce((SELECT group_concat(said, '; ') FROM (SELECT DISTINCT {what} AS said FROM commitments_{table} p "
        f"JOIN commitments_organisation o ON o.id = p.organisation_id WHERE p.commitment_id = c.id ORDER BY 1)), '')"
    )


SCHEDULE = f"""CASE
  WHEN s.status = 'stopped' THEN 'ended'
  WHEN s.deadline_last IS NULL THEN 'no_deadline'
  WHEN s.status = 'completed' AND s.completed_on_first > s.deadline_last THEN 'met_late'
  WHEN s.status = 'completed' THEN 'met'
  WHEN s.deadline_last < {TODAY} AND s.status IN ('not_started', 'in_progress') THEN 'overdue'
  WHEN s.deadline_last < {TODAY} THEN 'unreported'
  WHEN s.deadline_last <= date({TODAY}, '+90 days') THEN 'due_soon'
  ELSE 'upcoming' END"""
FRESHNESS = f"""CASE
  WHEN s.status IN ('completed', 'stopped') THEN 'settled'
  WHEN s.last_news_on IS NULL THEN 'never'
  WHEN s.last_news_on >= date({TODAY}, '-180 days') THEN 'fresh'
  WHEN s.last_news_on >= date({TODAY}, '-365 days') THEN 'ageing'
  ELSE 'stale' END"""
DAYS_LATE = f"""CASE
  WHEN s.deadline_last IS NULL THEN NULL
  WHEN s.status = 'completed' AND s.completed_on_first > s.deadline_last
    THEN CAST(julianday(s.completed_on_first) - julianday(s.deadline_last) AS INTEGER)
  WHEN s.status IN ('not_started', 'in_progress') AND s.deadline_last < {TODAY}
    THEN CAST(julianday({TODAY}) - julianday(s.deadline_last) AS INTEGER) END"""

EXPORT_SQL = f"""
SELECT c.reference, c.title, r.slug AS release, a.slug AS area, c.kind, c.force, c.level,
  {_names("ownership")} AS owners, CASE c.owner_inferred WHEN 1 THEN 'true' ELSE 'false' END AS owner_inferred,
  {_names("partnership")} AS partners, {_names("ownership", "o.side")} AS sides, c.quote, s.deadline, c.deadline_basis,
  s.deadline_last AS deadline_last_day, s.original_deadline,
  CAST(julianday(s.deadline_last) - julianday(s.original_deadline_last) AS INTEGER) AS slip_days,
  {DAYS_LATE} AS days_late, s.status, s.stop_reason, s.status_on, {SCHEDULE} AS schedule, s.evidence,
  {FRESHNESS} AS freshness, s.achieved, c.target, c.unit, s.last_entry_on, s.note,
  replace(s.evidence_urls, char(10), '; ') AS evidence_urls, '/commitments/' || c.reference || '/' AS url
FROM commitments_commitment c
JOIN commitments_release r ON r.id = c.release_id
LEFT JOIN commitments_area a ON a.id = c.area_id
JOIN commitments_state s ON s.commitment_id = c.id AND s.from_day <= {TODAY} AND s.until_day > {TODAY}
WHERE c.published_at IS NOT NULL AND r.issued_on <= {TODAY}
ORDER BY c.reference
"""
