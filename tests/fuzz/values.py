"""What the tests make up: odd texts, and JSON."""

import re
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

CHEAP = settings(max_examples=settings().max_examples * 5)
DEAR = settings(max_examples=settings().max_examples // 10)
"""For tests of which each example starts a shell and some thirty tools."""

_ODD = st.sampled_from(
    [*"\n\r\t\0\"'\\$`#;:=<>&%[](){}@*!|~/ \x7f\x85\xa0\u2028\u2003\ufeff\udcff", "..", "${HOME}", "]]>", "{%", "%2F"]
) | st.characters(exclude_characters=",")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


def matches(pattern: str) -> st.SearchStrategy[str]:
    """Texts that match a pattern."""
    return st.from_regex(re.compile(pattern, re.ASCII), fullmatch=True)


def odd(plain: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Texts of a strategy, one in eight with something odd in it. Commas are left out: settings are split there."""
    inserted = st.builds(lambda text, more, at: text[:at] + more + text[at:], plain, _ODD, st.integers(0, 30))
    return st.integers(0, 7).flatmap(lambda number: plain if number else inserted)


def members(*names: str, of: st.SearchStrategy[Any] = JSON) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with some of these members."""
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names, of))
