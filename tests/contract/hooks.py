"""What schemathesis draws, and what else it checks: see schemathesis.toml."""

import datetime
import os

import schemathesis
from hypothesis import strategies as st

POOL = os.environ["RETIRE_POOL"]
MEMBER = os.environ["RETIRE_MEMBER"]

# Dates that Retire knows, many of them within the pool's life.
schemathesis.openapi.format(
    "date",
    st.one_of(
        st.dates(datetime.date(2025, 1, 1), datetime.date(2025, 4, 30)),
        st.dates(datetime.date(1900, 1, 1), datetime.date(2199, 12, 31)),
    ).map(str),
)
# Ids, many of them of somebody.
schemathesis.openapi.format(
    "uuid",
    st.one_of(st.just(MEMBER), st.just(POOL), st.uuids().map(str)),
)


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """Most requests are about the pool that there is."""
    known = {"pool": POOL, "member": MEMBER}
    for name, value in known.items():
        drawn = (path_parameters or {}).get(name)
        # A third keeps what was drawn: by its first digit, so that a seed decides.
        if isinstance(drawn, str) and drawn[:1] not in "abcde":
            path_parameters[name] = value
    return path_parameters


# The codes of what a schema can tell.
OF_THE_FORM = {
    "idempotency-key-missing",
    "invalid-parameter",
    "malformed-json",
    "unsupported-media-type",
}


@schemathesis.check
def refused_by_a_rule(ctx, response, case):
    """What is good by its schema is refused, if at all, for what it says."""
    meta = case.meta
    if meta is None or not meta.generation.mode.is_positive:
        return
    if response.status_code in (400, 415, 422):
        if case.operation.path == "/v1/data/{view}":
            return  # The grammar of a query is no matter of a schema.
        problem = response.json()
        code = problem["code"]
        if code == "invalid-parameter" and problem["parameter"] in ("from", "interest", "to"):
            return  # How months follow each other, and a decimal's range, no schema can say.
        assert code not in OF_THE_FORM, f"good by its schema, and refused: {code}"
