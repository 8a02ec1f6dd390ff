"""How Cloudsmith compares a claim with what is required of it.

Sources: Cloudsmith documentation, "OpenID Connect" (a wildcard counts at the end of a value only). What a list or a
number in a token is compared as is not documented: here one member of a list is enough, and a number counts as its
text.
"""

import json
from itertools import islice

_MAX_MEMBERS = 100
"""Of a list, on either side: two long ones would keep this machine busy."""


def matches(found: object, required: object) -> bool:
    """Say whether a claim's value is the required one, or begins as it does up to a wildcard at its end."""
    if isinstance(required, list):
        return any(matches(found, member) for member in islice(required, _MAX_MEMBERS) if not isinstance(member, list))
    expected = text(required)
    members = found if isinstance(found, list) else [found]
    texts = (text(member) for member in islice(members, _MAX_MEMBERS) if member is not None)
    start = before_wildcard(expected)
    return any(one == expected or (start is not None and one.startswith(start)) for one in texts)


def before_wildcard(required: str) -> str | None:
    """Return what stands before the wildcard at the end of a required value, `None` if there is no wildcard.

    Cloudsmith's pages disagree whether it is * or .*, so that either is taken.
    """
    return required.removesuffix("*").removesuffix(".") if required.endswith("*") else None


def text(value: object) -> str:
    """Return a claim as the text that it is compared as: JSON, unless it is one."""
    if isinstance(value, str):
        return value
    try:
        return json.dumps(value, ensure_ascii=False)
    except (RecursionError, ValueError):  # a nest that is too deep, or a number that is too long
        return ""
