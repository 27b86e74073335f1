"""Compiles the tree of a filter to one SQL condition: names from the catalog, values bound, kinds checked."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gis_server.features.cql import times
from gis_server.features.cql.letters import FOLDS, like_pattern
from gis_server.features.cql.sentences import bad_filter
from gis_server.features.cql.terms import Kind, Scope, Term, wrong_kind

COMPARISONS = ("=", "<>", "<", ">", "<=", ">=")
ARITHMETIC: Mapping[str, str] = {
    "+": "({0} + {1})",
    "-": "({0} - {1})",
    "*": "({0} * {1})",
    "/": "({0} / nullif({1}, 0))",
    "^": "power({0}, {1})",
    "%": "mod(({0})::numeric, nullif({1}, 0)::numeric)::float8",
    "div": "div(({0})::numeric, nullif({1}, 0)::numeric)::float8",
}
"""A division by nothing is no value, and its row is not found."""
SPATIAL: Mapping[str, str] = {
    "s_intersects": "ST_Intersects({0}, {1})",
    "s_disjoint": "NOT ST_Intersects({0}, {1})",
    "s_within": "ST_Within({0}, {1})",
    "s_contains": "ST_Contains({0}, {1})",
    "s_equals": "ST_Equals({0}, {1})",
    "s_touches": "ST_Touches({0}, {1})",
    "s_crosses": "ST_Crosses({0}, {1})",
    "s_overlaps": "ST_Overlaps({0}, {1})",
}
CUT_IS_SAFE = frozenset({"s_intersects", "s_disjoint", "s_within"})
ARRAYS: Mapping[str, str] = {
    "a_contains": "({0} @> {1})",
    "a_containedby": "({0} <@ {1})",
    "a_equals": "({0} @> {1} AND {0} <@ {1})",
    "a_overlaps": "({0} && {1})",
}
CASTS: Mapping[Kind, str] = {
    "text": "text",
    "integer": "bigint",
    "number": "float8",
    "boolean": "boolean",
    "date": "date",
    "datetime": "timestamptz",
}
NUMBERS = ("integer", "number")


def compile_filter(tree: Any, scope: Scope) -> str:
    """The condition; BadRequest says what in the filter will not do."""
    return _condition(scope, tree)


def _condition(scope: Scope, node: Any) -> str:
    term = _term(scope, node)
    if term.kind != "boolean":
        raise wrong_kind("điều kiện · a condition", "boolean", term.kind)
    return term.sql


def _term(scope: Scope, node: Any, wanted: Kind = "number") -> Term:
    """Any expression with a single value; `wanted` decides how a whole number is bound."""
    if isinstance(node, bool):
        return Term("true" if node else "false", "boolean")
    if isinstance(node, int | float):
        return scope.number(node, wanted)
    if isinstance(node, str):
        return scope.text(node)
    if times.is_instant(node):
        return times.instant(scope, node)
    if isinstance(node, dict) and set(node) == {"property"}:
        return scope.property(node["property"])
    if isinstance(node, dict) and set(node) == {"op", "args"}:
        return _operation(scope, node["op"], node["args"])
    if node is None:
        raise bad_filter(
            "NULL chỉ viết được trong IS NULL, IS NOT NULL", "NULL is only written in IS NULL, IS NOT NULL"
        )
    raise bad_filter("có phần không phải là CQL2", "a part of it is not CQL2")


def _operation(scope: Scope, op: Any, args: Any) -> Term:
    if not isinstance(op, str) or not isinstance(args, list):
        raise bad_filter("một phép toán phải viết là {op, args}", "an operation must be written {op, args}")
    name = op.lower()
    found = OPERATIONS.get(name)
    if found is None:
        known = ", ".join(OPERATIONS)
        raise bad_filter(f"không có phép toán “{op[:40]}”; có: {known}", f"there is no operation “{op[:40]}”; {known}")
    count, compile_ = found
    if (count and len(args) != count) or not args:
        raise bad_filter(f"{name} cần {count or 1} tham số", f"{name} takes {count or 'one or more'} arguments")
    return compile_(scope, name, args)


def _logic(scope: Scope, op: str, args: Sequence[Any]) -> Term:
    return Term("(" + f" {op.upper()} ".join(_condition(scope, one) for one in args) + ")", "boolean")


def _not(scope: Scope, op: str, args: Sequence[Any]) -> Term:
    return Term(f"(NOT {_condition(scope, args[0])})", "boolean")


def _compare(scope: Scope, op: str, args: Sequence[Any]) -> Term:
    first, second = _alike(scope, op, args)
    if first.kind == "boolean" and op not in ("=", "<>"):
        raise bad_filter(f"{op} không dùng cho giá trị đúng/sai", f"{op} cannot compare booleans")
    return Term(f"({first.sql} {op} {second.sql})", "boolean")


def _alike(scope: Scope, op: str, args: Sequence[Any]) -> list[Term]:
    """Expressions of one kind; written numbers follow the kind of the field beside them."""
    fixed = [None if _is_literal(one) else _term(scope, one) for one in args]
    wanted: Kind = "integer" if any(one and one.kind == "integer" for one in fixed) else "number"
    terms = [_term(scope, one, wanted) if term is None else term for one, term in zip(args, fixed, strict=True)]
    kind = next((term.kind for term in fixed if term), terms[0].kind)
    for term in terms:
        if term.kind != kind and not (term.kind in NUMBERS and kind in NUMBERS):
            raise wrong_kind(op, kind, term.kind)
    if kind == "geometry":
        raise bad_filter(
            f"{op} không dùng cho hình học; hãy dùng S_EQUALS", f"{op} cannot compare geometries; use S_EQUALS"
        )
    return terms


def _is_literal(node: Any) -> bool:
    return isinstance(node, int | float | str)


def _between(scope: Scope, op: str, args: Sequence[Any]) -> Term:
    value, low, high = _alike(scope, op, args)
    if value.kind not in (*NUMBERS, "date", "datetime"):
        raise wrong_kind(op, "number", value.kind)
    return Term(f"({value.sql} BETWEEN {low.sql} AND {high.sql})", "boolean")


def _in(scope: Scope, op: str, args: Sequence[Any]) -> Term:
    if not isinstance(args[1], list) or not args[1]:
        raise bad_filter("IN cần một danh sách", "IN takes a list")
    value, *listed = _alike(scope, op, [args[0], *args[1]])
    return Term(f"({value.sql} IN ({', '.join(one.sql for one in listed)}))", "boolean")


def _like(scope: Scope, op: str, args: Sequence[Any]) -> Term:
    value = _of(scope, op, args[0], "text")
    return Term(f"({value.sql} LIKE {_pattern(scope, args[1])})", "boolean")


def _pattern(scope: Scope, node: Any) -> str:
    """A written pattern, folded or not: what a row holds is never a pattern."""
    if isinstance(node, str):
        return scope.text(like_pattern(node)).sql
    if isinstance(node, dict) and set(node) == {"op", "args"} and node["op"] in FOLDS and len(node["args"]) == 1:
        return FOLDS[node["op"]].format(_pattern(scope, node["args"][0]))
    raise bad_filter("LIKE cần một mẫu chữ cố định", "LIKE takes a literal pattern")


def _is_null(scope: Scope, op: str, args: Sequence[Any]) -> Term:
    return Term(f"({_term(scope, args[0]).sql} IS NULL)", "boolean")


def _fold(scope: Scope, op: str, args: Sequence[Any]) -> Term:
    return Term(FOLDS[op].format(_of(scope, op, args[0], "text").sql), "text")


def _arithmetic(scope: Scope, op: str, args: Sequence[Any]) -> Term:
    scope.can_fail = True
    numbers = [f"{_number(scope, op, one)}::float8" for one in args]
    return Term(ARITHMETIC[op].format(*numbers), "number")


def _number(scope: Scope, op: str, node: Any) -> str:
    term = _term(scope, node)
    if term.kind not in NUMBERS:
        raise wrong_kind(op, "number", term.kind)
    return term.sql


def _of(scope: Scope, op: str, node: Any, kind: Kind) -> Term:
    term = _term(scope, node)
    if term.kind != kind:
        raise wrong_kind(op, kind, term.kind)
    return term


def _spatial(scope: Scope, op: str, args: Sequence[Any]) -> Term:
    shapes = [_shape(scope, op, one) for one in args]
    return Term(f"({SPATIAL[op].format(*shapes)})", "boolean")


def _shape(scope: Scope, op: str, node: Any) -> str:
    if isinstance(node, dict) and ("type" in node or "bbox" in node):
        if node.get("type") == "GeometryCollection" and op not in ("s_intersects", "s_disjoint"):
            raise bad_filter(f"{op} không nhận GEOMETRYCOLLECTION", f"{op} does not take a GEOMETRYCOLLECTION")
        return scope.shape(node, op in CUT_IS_SAFE)
    return _of(scope, op, node, "geometry").sql


def _temporal(scope: Scope, op: str, args: Sequence[Any]) -> Term:
    return times.relate(scope, op, args[0], args[1])


def _array(scope: Scope, op: str, args: Sequence[Any]) -> Term:
    """No field of the city is a list, so lists are written, of values or of fields: `A_OVERLAPS((a, b), ('x'))`."""
    if not all(isinstance(one, list) and one for one in args):
        raise bad_filter(f"{op} cần hai danh sách", f"{op} takes two lists, as (loai, 'x')")
    terms = _alike(scope, op, [*args[0], *args[1]])
    kind = "number" if any(term.kind == "number" for term in terms) else terms[0].kind
    first, second = terms[: len(args[0])], terms[len(args[0]) :]
    lists = [f"ARRAY[{', '.join(one.sql for one in part)}]::{CASTS[kind]}[]" for part in (first, second)]
    return Term(ARRAYS[op].format(*lists), "boolean")


OPERATIONS: Mapping[str, tuple[int, Callable[[Scope, str, Sequence[Any]], Term]]] = {
    "and": (0, _logic),
    "or": (0, _logic),
    "not": (1, _not),
    **dict.fromkeys(COMPARISONS, (2, _compare)),
    "between": (3, _between),
    "in": (2, _in),
    "like": (2, _like),
    "isnull": (1, _is_null),
    **dict.fromkeys(FOLDS, (1, _fold)),
    **dict.fromkeys(ARITHMETIC, (2, _arithmetic)),
    **dict.fromkeys(SPATIAL, (2, _spatial)),
    **dict.fromkeys(times.RELATIONS, (2, _temporal)),
    **dict.fromkeys(ARRAYS, (2, _array)),
}
"""Name → how many arguments (0: one or more), and what compiles it."""
