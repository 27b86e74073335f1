"""What a report says about the letters of a stream: converted, doubtful, mixed, cut, contradicting the profile."""

from collections.abc import Iterator

from loaders.checks.gate import Example, Finding
from loaders.letters.columns import Column, StreamLetters
from loaders.letters.evidence import same
from loaders.text import Letters

AMBIGUOUS, CONTRADICTED, CONVERTED, MIXED, CUT_SHORT, UNREADABLE = (f"TXT-0{number}" for number in range(1, 7))
CONTRADICTION = 10.0
"""How much better other letters must explain a column before a declared encoding is called wrong."""
MIXED_FROM = 0.001
"""Share of a column's rows below which values in other letters are converted and told, but do not make it mixed."""
NOTICED = {"doubtful": AMBIGUOUS, "cut": CUT_SHORT, "unreadable": UNREADABLE}
UNICODE = ("utf-8", "declared")


def letters_findings(stream: str, letters: StreamLetters) -> Iterator[Finding]:
    """Column by column; a finding names the file as its layer, and its examples are before and after."""
    for name, column in letters.columns.items():
        for code, kinds in _codes(column, letters.declared).items():
            examples = [change for kind in kinds for change in column.examples[kind]]
            count = sum(column.rows[kind] for kind in kinds) or column.rows["declared"]
            yield Finding(
                stream, code, name, count, tuple(Example(one.before, one.after, None, None) for one in examples[:5])
            )


def _codes(column: Column, declared: Letters) -> dict[str, list[str]]:
    """Codes, and what was noticed that they tell of."""
    found = {code: [kind] for kind, code in NOTICED.items() if column.rows[kind]}
    if declared != "auto":
        return {**found, CONTRADICTED: ["contradicted"]} if _contradicts(column, declared) else found
    read = {kind: rows for kind, rows in column.rows.items() if kind not in NOTICED}
    converted = [kind for kind in sorted(read) if kind not in UNICODE]
    ways = {
        "utf-8" if kind == "nfd" else kind for kind, rows in read.items() if rows >= MIXED_FROM * sum(read.values())
    }
    if converted:
        found[CONVERTED] = converted
    if len(ways) > 1:
        found[MIXED] = converted
    return dict(sorted(found.items()))


def _contradicts(column: Column, declared: Letters) -> bool:
    evidence = column.evidence
    if declared == "auto" or same(evidence.best, declared) or not column.examples["contradicted"]:
        return False
    return evidence.deficits[declared] - evidence.deficits[evidence.best] > CONTRADICTION
