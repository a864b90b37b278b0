"""The public pages that browser tests and `make screenshots` go through."""

PAGES = {
    "overview": "/",
    "overview-as-of": "/?as_of=2020-06-01",
    "overview-before": "/?as_of=2018-08-23",
    "list": "/commitments/",
    "list-filtered": "/commitments/?status=completed&owner=hksarg&q=week",
    "list-empty": "/commitments/?q=nothing-is-called-this",
    "commitment": "/commitments/CU-07/",
    "target": "/commitments/AV-04/",
    "umbrella": "/commitments/SC-01/",
    "area": "/areas/culture/",
    "organisation": "/organisations/lcsd/",
    "government": "/organisations/smpg/",
    "release": "/releases/4th-plenary-2018/",
    "timeline": "/timeline/",
    "timeline-filtered": "/timeline/?owner=hksarg&as_of=2021-08-30",
    "updates": "/updates/",
    "about": "/about/",
    "data": "/data/",
    "ledger": "/ledger/",
    "design": "/about/design/",
    "api": "/api/v1/docs/",
    "report-error": "/report-an-error/?commitment=CU-06",
}
WRONG = {
    "list-wrong": "/commitments/?status=foo&deadline_from=2019-02-30",
    "timeline-wrong": "/timeline/?status=foo",
    "day-wrong": "/?as_of=2018-02-30",
    "missing": "/nothing-here/",
}
