"""How proposals compare with a text's answers: matches one to one, by the rule that the intake is measured with."""

import hashlib
import json
from pathlib import Path

TEXTS = Path(__file__).parent.parent / "domain" / "reading" / "texts"


def answers(name):
    """A text and its answers; both as they were frozen."""
    gold = json.loads((TEXTS / f"{name}.gold.json").read_text(encoding="utf-8"))
    text = (TEXTS / gold["text"]).read_bytes().decode("utf-8")
    assert hashlib.sha256(text.encode()).hexdigest() == gold["sha256"]
    return text, gold


def overlap(a, b):
    return min(a["end"], b["end"]) - max(a["start"], b["start"])


def half(a, b):
    """Whether they share half of the shorter of them."""
    return 2 * overlap(a, b) >= min(a["end"] - a["start"], b["end"] - b["start"]) and overlap(a, b) > 0


def match(gold, proposals):
    """Places of proposals by places of pledges: the closest first."""

    def union(a, b):
        return max(a["end"], b["end"]) - min(a["start"], b["start"])

    pairs = [
        (-overlap(pledge, proposal) / union(pledge, proposal), i, j)
        for i, pledge in enumerate(gold)
        for j, proposal in enumerate(proposals)
        if half(pledge, proposal)
    ]
    matched = {}
    for _closeness, i, j in sorted(pairs):
        if i not in matched and j not in matched.values():
            matched[i] = j
    return matched


def within(proposal, spans):
    """How many of its characters lie in spans that don't overlap."""
    return sum(max(0, overlap(proposal, span)) for span in spans)


def score(gold, proposals):
    """Recall, precision, share of traps hit, share of deadlines right, and dates that the text does not give."""
    matched = match(gold["pledges"], proposals)
    free = [proposal for j, proposal in enumerate(proposals) if j not in matched.values()]
    wrong = [
        proposal for proposal in free if 2 * within(proposal, gold["neutral"]) < proposal["end"] - proposal["start"]
    ]
    dated = {i: j for i, j in matched.items() if gold["pledges"][i]["deadline"]}
    right = [
        i
        for i, j in dated.items()
        if proposals[j]["deadline"] in [gold["pledges"][i]["deadline"], *gold["pledges"][i].get("deadline_alt", [])]
    ]
    return {
        "recall": len(matched) / len(gold["pledges"]),
        "precision": len(matched) / (len(matched) + len(wrong)),
        "traps": sum(any(half(trap, proposal) for proposal in wrong) for trap in gold["traps"]) / len(gold["traps"]),
        "deadlines": len(right) / len(dated) if dated else 1.0,
        "invented": sum(bool(proposals[j]["deadline"]) for i, j in matched.items() if i not in dated),
    }
