"""How the long tests tell what they measured."""

from collections.abc import Sequence
from math import ceil


def percentile(values: Sequence[float], share: float) -> float:
    """The least value that `share` of all do not exceed; 1 is the worst."""
    return sorted(values)[max(0, ceil(share * len(values)) - 1)] if values else float("nan")


def milliseconds(seconds: Sequence[float]) -> str:
    """How long something took, in a few words."""
    p50, p95, worst = (1000 * percentile(seconds, share) for share in (0.5, 0.95, 1))
    return f"p50 {p50:.1f}, p95 {p95:.1f}, worst {worst:,.1f} ms"


def told(title: str, problems: Sequence[str]) -> int:
    """Print a result and each promise that was broken; 1 where one was."""
    print(title, *(f"  BROKEN: {problem}" for problem in problems), sep="\n", flush=True)
    return int(bool(problems))
