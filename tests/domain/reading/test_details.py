"""What is read of a proposal beside its deadline: parties, areas, numbers, titles, and how sure each is."""

import pytest

from commitments.domain.quotes import MAX_WORDS, quote_words
from commitments.domain.reading.parties import Party
from commitments.domain.reading.reader import Record, read_text
from commitments.domain.reading.targets import read_target

PARTIES = (
    Party("gov-a", ("Government of Aland", "Aland Government", "阿兰政府"), ("Aland", "阿蘭"), governs=True),
    Party("gov-b", ("Beeland Municipal Government",), ("Beeland",), governs=True),
    Party("edu", ("Education Bureau",)),
    Party("law", ("Department of Justice",)),
    Party("port", ("Port Authority Aland",)),
    Party("rail", ("Rail Company Limited",)),
)
RECORD = Record(PARTIES, {"education": "Education\n教育", "finance": "Finance", "rail": "Rail and transport"})
BOTH = ("gov-a", "gov-b")
OWNERS = [
    ("The Government of Aland will hold a week.", ("gov-a",), (), False),
    ("The Aland Government will work with the Port Authority Aland.", ("gov-a",), ("port",), False),
    ("Aland and Beeland will strengthen ties.", BOTH, (), True),
    ("Beeland will share its expertise with Aland.", ("gov-b",), ("gov-a",), True),
    ("Both sides will strengthen ties.", BOTH, (), True),
    ("The two places will organise seminars.", BOTH, (), True),
    ("Support will be provided to young people.", BOTH, (), True),
    ("Build more homes for young people.", BOTH, (), True),
    ("The Education Bureau and the Department of Justice will act.", ("edu", "law"), (), False),
    ("The Education Bureau and the Department of Justice signed an agreement.", ("edu",), ("law",), False),
    ("The Port Authority Aland (PAA) signed a contract with the Rail Company Limited.", ("port",), ("rail",), False),
    ("The Department of Justice of the Aland Government will publish rules.", ("law",), (), False),
    ("阿兰政府将设立中心。", ("gov-a",), (), False),
    ("阿蘭政府將設立中心。", ("gov-a",), (), False),
]


@pytest.mark.parametrize(("text", "owners", "partners", "inferred"), OWNERS)
def test_owners_and_partners(text, owners, partners, inferred):
    parties = read_text(text, RECORD).proposals[0].parties
    assert (parties.owners, parties.partners, parties.inferred) == (owners, partners, inferred)
    assert parties.reason
    assert bool(parties.note) == inferred


def test_who_is_entrusted_owns_the_part():
    text = (
        "The Port Authority Aland signed a contract with the Rail Company Limited, "
        "entrusting the Rail Company Limited with running trains."
    )
    assert [proposal.parties.owners for proposal in read_text(text, RECORD).proposals] == [("port",), ("rail",)]


def test_whoever_is_not_on_record_is_kept_as_stated():
    parties = read_text("The Harbour Trust will open a park.", RECORD).proposals[0].parties
    assert (parties.owners, parties.as_stated) == ((), "Harbour Trust")


AREAS = [
    ("Education\n\nThe school will open.\n", "education"),
    ("Title\n\nFinancial Services\n\nWe will open the market.\n", "finance"),
    ("Transport and Rail\n\nWe will build a line.\n", "rail"),
    ("教育\n\n我们将设立学校。\n", "education"),
    ("Sports\n\nWe will build a hall.\n", None),
]


@pytest.mark.parametrize(("text", "area"), AREAS)
def test_an_area_is_named_by_its_heading(text, area):
    assert read_text(text, RECORD).proposals[0].area.slug == area


def test_a_block_without_a_heading_stands_under_what_it_speaks_of():
    text = (
        "Transport and Rail\n\n     We will build a line.\n\n\n"
        "     We will raise standards in education and open education to all.\n\n"
        "Sports\n\n     We will build a hall.\n\n     We will build a pool.\n"
    )
    assert [proposal.area.slug for proposal in read_text(text, RECORD).proposals][:2] == ["rail", "education"]


@pytest.mark.parametrize(
    ("words", "number", "unit", "approximate"),
    [
        ("around 40 employees will join", "40", "employees", True),
        ("build 100,000 affordable homes", "100000", "affordable homes", False),
        ("invest £2.5 billion in roads", "2500000000", "£", False),
        ("invest HK$50 million", "50000000", "HK$", False),
        ("cut waste by at least 60 per cent", "60", "%", False),
        ("兴建1万套住房", "1", "万套", False),
        ("预留50亿元", "50", "亿元", False),
    ],
)
def test_a_number_is_read_with_what_it_counts(words, number, unit, approximate):
    target = read_target(words)
    assert (target.number, target.unit, target.approximate) == (number, unit, approximate)


NO_TARGETS = ["under article 12", "in phase 2 of the plan", "act in 2020", "within 90 days", "the 16 areas"]


@pytest.mark.parametrize("words", NO_TARGETS)
def test_other_numbers_are_no_targets(words):
    assert read_target(words) is None


TITLES = [
    ("The city will hold a Week in Aland in 2019.", "Hold a Week in Aland", "action"),
    ("Both sides will continue to support artists.", "Continue to support artists", "continuing"),
    ("Mutual support will be encouraged.", "Encourage mutual support", "continuing"),
    ("A centre will be established by 2020.", "Establish a centre", "action"),
    ("The Port signed an agreement with the Line.", "Sign an agreement with the Line", "agreement"),
    ("政府會成立專責小組。", "成立專責小組", "action"),
]
DONE_WHEN = {
    "Hold a Week in Aland": "the owner has held a Week in Aland",
    "Continue to support artists": "continuing to support artists",
    "Encourage mutual support": "encouraging mutual support",
    "Establish a centre": "the owner has established a centre",
    "Sign an agreement with the Line": "the agreement has been signed",
    "成立專責小組": "已成立專責小組",
}


@pytest.mark.parametrize(("text", "title", "kind"), TITLES)
def test_titles_kinds_and_when_it_counts_as_done(text, title, kind):
    (proposal,) = read_text(text).proposals
    assert (proposal.title, proposal.kind, proposal.done_when) == (title, kind, DONE_WHEN[title])


def test_a_bare_item_shares_the_words_of_its_list_in_its_title():
    text = "Both sides will pursue co-operation in the areas of sports, tourism and health."
    assert [proposal.title for proposal in read_text(text).proposals][1:] == [
        "Pursue co-operation in the area of tourism",
        "Pursue co-operation in the area of health",
    ]


@pytest.mark.parametrize(
    ("text", "force"),
    [
        ("The city will build a hall.", "promise"),
        ("The city is planning to build a hall.", "plan"),
        ("It is estimated that 40 people will join the courses.", "estimate"),
        ("The city signed an agreement with the port.", "statement"),
    ],
)
def test_how_firmly_it_is_put(text, force):
    assert read_text(text).proposals[0].force == force


def test_what_an_agreement_is_to_serve_is_an_aim_that_hangs_on_it():
    text = "The Port signed an agreement with the Line, with a view to supporting young sailors."
    proposals = read_text(text).proposals
    assert [(proposal.level, proposal.aim_of) for proposal in proposals] == [("primary", None), ("aim", 0)]


@pytest.mark.parametrize(
    "text",
    [
        "The two sides will carefully and jointly " + "and ".join(["study the plan "] * 9) + "in depth.",
        "双方将" + "进一步加强在金融和科技创新领域的务实合作与交流" * 3 + "。",
        "兩地政府將於2025年底前共同設立Startup Hub並推動" + "青年人才的培訓和交流" * 4 + "。",
    ],
)
def test_a_quote_is_no_longer_than_a_quote_may_be_and_stands_in_the_text(text):
    proposals = read_text(text).proposals
    assert proposals
    for proposal in proposals:
        assert 3 <= quote_words(proposal.quote) <= MAX_WORDS
        assert proposal.quote in text
