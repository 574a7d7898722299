"""Nested fragments through the guarded way in: our linear limits beside Strawberry's own limiters.

    uv run python bench/hostile.py

Each of N fragments spreads the next one twice. The limit is 0.25 s for 150 of them. Strawberry's own
QueryDepthLimiter doubles with each, so it is asked about a few only, and the ratio is taken there.
"""

import platform
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from graphql import parse, validate
from strawberry.extensions.query_depth_limiter import create_validator

from core.errors import JuminzeiError
from core.graphql.documents import Documents
from core.graphql.request import GraphQLRequest
from schema.build import build_runtime
from schema.compose import compose_schema
from schema.testing import environ_of

LIMIT_SECONDS = 0.25
NESTED, FEW = 150, 16


def document(count: int) -> str:
    """Return a document whose fragments each spread the next one twice."""
    chain = " ".join(f"fragment F{n} on Person {{ ...F{n + 1} ...F{n + 1} }}" for n in range(count))
    return f'{{ person(atenaNumber: "1") {{ ...F0 }} }} {chain} fragment F{count} on Person {{ name }}'


def ours(documents: Documents, count: int) -> float:
    """Return the processor seconds until our refusal (or acceptance) of the document."""
    request = GraphQLRequest(document(count), None, None, {}, "")
    started = time.process_time()
    with suppress(JuminzeiError):
        documents.find(request)
    return time.process_time() - started


def theirs(documents: Documents, count: int) -> float:
    """Return the processor seconds of Strawberry's own depth limiter for the document."""
    limiter = create_validator(10, None, None)
    ast = parse(document(count))
    started = time.process_time()
    validate(documents.schema.core, ast, (limiter,))
    return time.process_time() - started


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        documents = Documents(compose_schema(build_runtime(environ_of(Path(folder)))))
    print(f"{platform.machine()}, Python {platform.python_version()}")
    whole = ours(documents, NESTED)
    print(f"{NESTED} nested fragments: {whole * 1000:.0f} ms, {whole / LIMIT_SECONDS:.2f} of the limit")
    few, other = ours(documents, FEW), theirs(documents, FEW)
    print(f"{FEW} nested fragments: ours {few * 1000:.1f} ms, Strawberry's {other * 1000:.1f} ms")
    print(f"ratio {other / few:.0f}, doubling with each further fragment")


if __name__ == "__main__":
    main()
