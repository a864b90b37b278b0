"""Which English sentences promise, by kind, and which pass for promises and are none."""

import pytest

from commitments.domain.reading.reader import read_text


def spans(text):
    """The words of what is proposed, in one line each."""
    return [" ".join(proposal.words.split()) for proposal in read_text(text).proposals]


def under(heading, sentence):
    return f"{heading}\n\n{sentence}\n"


PROMISES = {
    "will": "The Department will publish guidance.",
    "shall": "Each agency shall appoint an officer.",
    "with an adverb": "Ministers will jointly review the scheme.",
    "with an insertion": "The Secretary shall, within 60 days, submit a report to the President.",
    "passive": "A new agency will be established.",
    "passive, irregular": "Fuel duty will be frozen.",
    "a gain": "Residents will be able to apply online.",
    "not to do": "We will not raise taxes on wages.",
    "plans to": "The Ministry plans to open three clinics.",
    "is planning to": "The council is planning to hold a festival.",
    "aims to": "The Government aims to halve waiting times.",
    "commits to doing": "The Government is committed to ending homelessness.",
    "agreed to": "Ministers agreed to establish a working group.",
    "tasked": "Leaders tasked officials to develop a work plan.",
    "goal is to": "Our goal is to plant two million trees.",
    "reaffirmed": "We reaffirm our commitment to resist protectionism.",
    "would, in a manifesto": "We would encourage new co-operatives.",
    "estimate with a number": "It is estimated that around 40 employees will join the courses.",
    "estimate of a completion": "The hospital is expected to be completed in 2023.",
    "announced": "The Minister announced that the Government will fund 50 ambulances.",
    "to be done": "Guidance to be published by March 2020.",
    "imperative": "Replace council tax with a land value tax.",
    "imperative with a circumstance": "Within 90 days after issuance of this directive, develop a plan.",
    "signed": "The Airport Authority signed a cooperation agreement with the Port Company.",
    "there will be": "There will be two more parks.",
    "a state by a year": "By 2030, all homes will be energy efficient.",
    "done by a year": "By 2025 we will have planted 18,000 hectares of woodland.",
    "a number by a year": "The number of places will increase from 2,000 to 5,000 by 2025.",
    "is due to": "Work is due to start in March.",
    "shortened": "We'll build 40 new hospitals.",
}


@pytest.mark.parametrize("kind", PROMISES)
def test_a_promise_is_one_span_without_its_full_stop(kind):
    assert spans(PROMISES[kind]) == [PROMISES[kind].rstrip(".")]


NO_PROMISES = {
    "past": "The Government invested five million pounds in schools.",
    "perfect": "The Government has invested five million pounds in schools.",
    "remembered": "She will be remembered as a great friend of trade.",
    "seen": "It will be seen that the region has done well.",
    "effect": "This will help thousands of families.",
    "effect of a thing": "The investment will result in faster trains.",
    "forecast": "Growth is expected to reach 3 per cent in 2020.",
    "forecast with will": "The economy will grow more slowly.",
    "benefit": "A more circular economy will benefit communities.",
    "opinion": "We believe that this will ease the waiting time.",
    "embedded": "The technology which will change farming is costly.",
    "advice": "Applicants should contact the office.",
    "permission": "Either side may end the talks.",
    "definition": 'For purposes of this order, the term "agency" shall have the meaning given in section 2.',
    "boilerplate": "Nothing in this order shall be construed to impair authority.",
    "coming into force": "This Memorandum will come into effect on signature.",
    "welcome": "We welcome the report of the panel.",
    "call on others": "We call on all members to ratify the agreement.",
    "question": "Will the Government act?",
    "a speaker's words": '"We will build a better country for everyone," the Prime Minister said.',
    "a speaker's words, curled": "Mrs Lam said, “Both cities will join hands and strive for closer co-operation.”",
    "for the reader": "For an overview, review the checklist.",
    "opinion of another": "The panel suggested that the system be adjusted to help workers.",
    "who and when": "Timeline: by the end of 2021.",
    "a council's remarks": "- welcomes the progress achieved\n- stresses the need for unity\n",
    "need": "We need to do more.",
    "set to": "Unemployment is set to fall.",
}


@pytest.mark.parametrize("kind", NO_PROMISES)
def test_what_only_looks_like_a_promise_is_passed_over(kind):
    assert spans(NO_PROMISES[kind]) == []


SPLITS = {
    "verbs with objects of their own": (
        "DHS will review each plan upon receipt, and contact agencies with concerns.",
        ["DHS will review each plan upon receipt", "contact agencies with concerns"],
    ),
    "two verbs with one object are one": (
        "We will encourage and support ongoing research.",
        ["We will encourage and support ongoing research"],
    ),
    "two subjects": (
        "The city will hold a week in 2019, and the province is planning to hold one in 2020.",
        ["The city will hold a week in 2019", "the province is planning to hold one in 2020"],
    ),
    "fields of co-operation": (
        "Both sides will strengthen co-operation in the areas of listing, product development and technology.",
        ["Both sides will strengthen co-operation in the areas of listing", "product development", "technology"],
    ),
    "parties to an agreement": (
        "The Authority signed co-operation agreements with the West Bund, the Arts Group and the Power Station.",
        ["The Authority signed co-operation agreements with the West Bund", "the Arts Group", "the Power Station"],
    ),
    "a part after including": (
        "We will improve recycling, including designing a deposit scheme.",
        ["We will improve recycling", "designing a deposit scheme"],
    ),
    "ways": (
        "The city will support artists by opening studios to the public and strengthening the training of staff.",
        [
            "The city will support artists by opening studios to the public",
            "strengthening the training of staff",
        ],
    ),
    "with somebody doing": (
        "Both will expand internships, with Shanghai providing more places.",
        ["Both will expand internships", "Shanghai providing more places"],
    ),
    "what a thing will do is no pledge": (
        "We will launch a scheme which will cut waste, prevent littering and create jobs.",
        ["We will launch a scheme which will cut waste, prevent littering and create jobs"],
    ),
    "a purpose before": (
        "To promote trade, the two sides will set up a council.",
        ["the two sides will set up a council"],
    ),
    "a purpose behind": (
        "The bureau will open a centre, with a view to attracting firms.",
        ["The bureau will open a centre"],
    ),
}


@pytest.mark.parametrize("kind", SPLITS)
def test_a_sentence_is_cut_where_another_promise_begins(kind):
    sentence, expected = SPLITS[kind]
    assert spans(sentence) == expected


LISTS = {
    "a list that runs on": (
        "The heads of agencies shall: (i) identify barriers; (ii) develop plans; and (iii) report annually.",
        ["identify barriers", "develop plans", "report annually"],
    ),
    "rows of a table": (
        "Action | Lead | Due\nPublish water standards | Ministry | June 2022\nEstablish a portal | Bureau | 2023\n",
        ["Publish water standards", "Establish a portal"],
    ),
    "new things among deeds": (
        "Schools\n\n- Build ten schools\n- A new fund to help teachers\n- Introduction of free meals\n",
        ["Build ten schools", "A new fund to help teachers", "Introduction of free meals"],
    ),
    "imperative items": (
        "Housing\n\n- Build 100,000 homes\n- Abolish stamp duty for first-time buyers\n",
        ["Build 100,000 homes", "Abolish stamp duty for first-time buyers"],
    ),
    "a lead that promises": (
        "The Government will:\n(a) invest in roads;\n(b) a national bank; and\n(c) review planning law.\n",
        ["invest in roads", "a national bank", "review planning law"],
    ),
    "what a review looks at": (
        "We will carry out a public review into the rented sector to look at:\n\n* agency fees\n* fairness\n",
        ["We will carry out a public review into the rented sector to look at"],
    ),
    "definitions": (
        "- Endorsement of current standards\n  - HTML5, UTF-8\n  - WCAG 2.0\n",
        ["Endorsement of current standards"],
    ),
    "a wrapped item": (
        """Actions

1.  Provide a report to the department on the status of
    that implementation by the
    end of the year.

2.  Begin implementing that plan
    at once.
""",
        [
            "Provide a report to the department on the status of that implementation by the end of the year",
            "Begin implementing that plan at once",
        ],
    ),
    "agreements in a list": (
        "Two documents were signed by the two governments:\n\n• Memorandum of Understanding between A and B\n",
        ["Two documents were signed by the two governments", "Memorandum of Understanding between A and B"],
    ),
}


@pytest.mark.parametrize("kind", LISTS)
def test_lists_are_read_by_their_leads(kind):
    text, expected = LISTS[kind]
    found = spans(text)
    assert found == (expected[1:] if kind == "agreements in a list" else expected)


MEASURE = "Vehicle duty should be scrapped."
ORDERS = "Replace council tax.\n\nRepeal the size rules.\n\nIntroduce a right to shelter.\n\n"


def test_what_should_be_done_is_a_pledge_only_among_a_manifesto_s_measures():
    assert spans(MEASURE) == []
    assert MEASURE.rstrip(".") in spans(ORDERS + MEASURE)


@pytest.mark.parametrize("heading", ["Background", "Case study", "Definitions", "Notes to editors"])
def test_parts_that_give_the_background_promise_nothing(heading):
    assert spans(under(heading, "A soft launch will take place in 2020.")) == []


def test_headings_are_no_pledges():
    assert spans("Create a fairer country\n\nTax is too high.\n\nBuild more homes\n\nRents are too high.\n") == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "<p>We will build <b>ten</b> homes.</p><ul><li>Publish a plan</li></ul>",
            ["We will build <b>ten</b> homes", "Publish a plan"],
        ),
        ("## Homes\n\nWe will build **ten** homes.\n", ["We will build **ten** homes"]),
        ("We will build \U0001f3e0 ten homes. Then we rest.", ["We will build \U0001f3e0 ten homes"]),
    ],
)
def test_offsets_count_in_the_text_as_it_is(text, words):
    proposals = read_text(text).proposals
    assert [text[proposal.start : proposal.end] for proposal in proposals] == words


def test_nothing_is_overlooked():
    text = "We will build homes. It rained. The road was closed."
    reading = read_text(text)
    assert [text[passed.start : passed.end] for passed in reading.passed] == ["It rained.", "The road was closed."]
