"""Which faults can be planted, and the drawing of some of them: cosmic-ray's operators on the modules listed here."""

from __future__ import annotations

import ast
import difflib
import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator

# Faults that change nothing that anyone could observe.
EQUIVALENT = Path(__file__).with_name("equivalent.toml")
# The modules of each group, in `commitments`; every group gets the same share of the faults.
GROUPS = {
    "rules": ("ledger/validation", "ledger/update_rules", "domain/assessment", "domain/partial_dates"),
    "ledger and fold": (
        *("ledger/append", "ledger/verify", "ledger/projection", "ledger/reconciliation", "ledger/contents"),
        "domain/hash_chain",
    ),
    "filters": (
        *("query/filters", "query/search", "query/facets", "models/commitment", "models/annotations"),
        "models/visibility",
    ),
    "permissions": (
        *("workflow/actors", "workflow/drafts", "workflow/redactions", "admin/base", "admin/commitments"),
        *("admin/concurrency", "admin/draft_updates", "admin/error_reports", "admin/list_filters"),
        *("admin/draft_form", "admin/redactions", "admin/review", "admin/site", "admin/users"),
    ),
}
MODULES = {group: [f"commitments/{name}.py" for name in names] for group, names in GROUPS.items()}
# A comparison becomes its opposite, or moves by its boundary: `is` for `==` and the like change nothing, or are
# caught wherever the opposite is. Arithmetic gets one other sign, for the same reason. `%` is left out, because here
# it only fills in messages; decorators, because without most of ours nothing imports, and without the rest (caches)
# it is only slower; variable operators, because they draw lots of their own, without a seed.
CHANGES = {
    "ReplaceComparisonOperator_": "Eq_NotEq NotEq_Eq Is_IsNot IsNot_Is "
    "Lt_LtE Lt_GtE LtE_Lt LtE_Gt Gt_GtE Gt_LtE GtE_Gt GtE_Lt",
    "ReplaceBinaryOperator_": "Add_Sub Sub_Add Mul_Add Div_Mul FloorDiv_Mul BitOr_BitAnd BitAnd_BitOr BitXor_BitOr",
    "ReplaceUnaryOperator_Delete_": "Not USub Invert",
    "Replace": "AndWithOr OrWithAnd TrueWithFalse FalseWithTrue BreakWithContinue ContinueWithBreak",
    "": "AddNot NumberReplacer ZeroIterationForLoop ExceptionReplacer",
}
OPERATORS = [f"core/{start}{end}" for start, ends in CHANGES.items() for end in ends.split()]
OPPOSITES = ((ast.Eq, ast.NotEq), (ast.Is, ast.IsNot), (ast.In, ast.NotIn), (ast.Lt, ast.GtE), (ast.Gt, ast.LtE))
OPPOSITE = dict([*OPPOSITES, *(pair[::-1] for pair in OPPOSITES)])


@dataclass(frozen=True)
class Fault:
    """One change of one module: `new` for the characters from `start` to `end`.

    `function`: the line where the innermost one around it begins; `lines`: those of its statement. Both are
    empty for what runs when the module is imported.
    """

    group: str
    module: str
    operator: str
    occurrence: int
    line: int
    start: int
    end: int
    new: str
    hunk: str
    function: int
    lines: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.module}:{self.line} {self.operator} #{self.occurrence}"

    @property
    def signature(self) -> tuple[str, str, str, str]:
        """Module, operator, and what stands there before and after: line numbers change more often."""
        lines = self.hunk.splitlines()
        before, after = (" ".join(line[1:].strip() for line in lines if line[0] == sign) for sign in "-+")
        return self.module, self.operator, before, after


class Essence(ast.NodeTransformer):
    """Takes out of a module what is not to be changed, because no answer depends on it. Texts are never changed."""

    def visit_FunctionDef(self, node: Any) -> Any:
        """Decorators, here and of classes, hold sizes of caches and slots of dataclasses."""
        node.returns, node.decorator_list = None, []
        return None if node.name == "__str__" else self.generic_visit(node)

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815  # ast's name

    def visit_ClassDef(self, node: ast.ClassDef) -> Any:
        node.decorator_list = []
        return self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> Any:
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> Any:
        node.annotation = ast.Constant(None)
        return self.generic_visit(node)

    def visit_If(self, node: ast.If) -> Any:
        return None if "TYPE_CHECKING" in ast.unparse(node.test) else self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> Any:
        """What is filled into a message, such as how much of a long value it quotes."""
        return ast.Constant(None) if isinstance(node.op, ast.Mod) else self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> Any:
        """`strict` of zip, which guards against slips of our own."""
        node.keywords = [] if ast.unparse(node.func) == "zip" else node.keywords
        return self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> Any:
        """`not a == b` is `a != b`: the same fault by two operators is one."""
        self.generic_visit(node)
        inner = node.operand
        if not isinstance(node.op, ast.Not) or not isinstance(inner, ast.Compare) or len(inner.ops) > 1:
            return node
        inner.ops = [OPPOSITE[type(inner.ops[0])]()]
        return inner


@lru_cache(maxsize=64)
def essence(source: str) -> str:
    """What of a module matters here; nothing where it cannot be compiled: parso takes a bare `*` for an operator."""
    try:
        return ast.dump(Essence().visit(ast.parse(source)))
    except SyntaxError:
        return ""


def draw(root: Path, seed: int, number: int) -> tuple[list[Fault], list[tuple[Fault, str]]]:
    """So many faults of a checkout's application; and those drawn besides that are equivalent, each with the reason.

    Depends on the seed and on the modules alone. A smaller number draws the first ones of a larger.
    """
    if missing := [name for names in MODULES.values() for name in names if not (root / name).is_file()]:
        raise SystemExit(f"GROUPS in {__file__} lists what is not in {root}: {', '.join(missing)}")
    known = tomllib.loads(EQUIVALENT.read_text()).get("equivalent", [])
    reasons = {(one["module"], one["operator"], one["line"], one["becomes"]): one["why"] for one in known}
    faults: list[Fault] = []
    equivalent: list[tuple[Fault, str]] = []
    for place, group in enumerate(MODULES):
        share = len(faults) + number // len(MODULES) + (place < number % len(MODULES))
        shuffled = possible(root, group, random.Random(f"{seed} {group}"))
        while len(faults) < share and (fault := next(shuffled, None)):
            if why := reasons.get(fault.signature):
                equivalent.append((fault, why))
            else:
                faults.append(fault)
    return faults, equivalent


def possible(root: Path, group: str, lots: random.Random) -> Iterator[Fault]:
    """Every fault of a group once, shuffled. Each is made only when it is asked for."""
    sources = {module: (root / module).read_text() for module in MODULES[group]}
    places = [(module, *place) for module, source in sources.items() for place in positions(source)]
    lots.shuffle(places)
    seen = {(module, essence(source)) for module, source in sources.items()}
    for module, operator, occurrence, line in places:
        changed = mutate_code(sources[module], get_operator(operator)(), occurrence) or ""
        if (matters := essence(changed)) and (module, matters) not in seen:
            seen.add((module, matters))
            change = difference(sources[module], changed)
            yield Fault(group, module, operator, occurrence, line, *change, *surroundings(sources[module], line))


def positions(source: str) -> Iterator[tuple[str, int, int]]:
    """Where each operator could change a module: its name, which occurrence, and the line."""
    nodes = list(ast_nodes(get_ast(source)))
    for name in OPERATORS:
        operator = get_operator(name)()
        lines = [start[0] for node in nodes for start, _end in operator.mutation_positions(node)]
        yield from ((name, occurrence, line) for occurrence, line in enumerate(lines))


def difference(source: str, changed: str) -> tuple[int, int, str, str]:
    """Which characters one text has for which of another, and the same for people."""
    start = alike(source, changed)
    same = alike(source[:start:-1], changed[:start:-1])
    hunk = list(difflib.unified_diff(source.splitlines(), changed.splitlines(), n=2, lineterm=""))[2:]
    return start, len(source) - same, changed[start : len(changed) - same], "\n".join(hunk)


def alike(one: str, other: str) -> int:
    """How many characters two different texts begin with in common."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def surroundings(source: str, line: int) -> tuple[int, tuple[int, ...]]:
    """`function` and `lines` of a fault; of a statement that holds others, the lines before the first of them."""
    nodes = [one for one in ast.walk(ast.parse(source)) if isinstance(one, (ast.stmt, ast.ExceptHandler))]
    around = [one for one in nodes if one.lineno <= line <= (one.end_lineno or 0)]  # from without to within
    functions = [one for one in around if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef))]
    if not any(one.body[0].lineno <= line for one in functions):
        return 0, ()
    body = getattr(around[-1], "body", None)
    last = body[0].lineno - 1 if body else around[-1].end_lineno
    return functions[-1].lineno, tuple(range(around[-1].lineno, max(last or 0, line) + 1))
