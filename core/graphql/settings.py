"""Settings of the way in."""

from pathlib import Path

from core.settings import Setting, boolean, whole

BODY_LIMIT = Setting(
    "graphql_body_limit", whole(1_024, 67_108_864), 1_048_576, "longest GraphQL request in bytes"
)
PAGE_LIMIT = Setting("page_limit", whole(1, 500), 50, "most rows that one page of a list may hold")
CONCURRENCY = Setting(
    "graphql_concurrency",
    whole(1, 10_000),
    200,
    "GraphQL requests that one process works on at a time; more are answered 503 at once",
)
STREAMS_PER_ACTOR = Setting(
    "streams_per_actor", whole(1, 1_000), 5, "subscriptions that one person may have open in one process"
)
TRUSTED_DOCUMENTS = Setting(
    "trusted_documents", Path, Path(), "folder of stored queries (*.graphql), asked for by their SHA-256"
)
TRUSTED_DOCUMENTS_ONLY = Setting(
    "trusted_documents_only",
    boolean,
    default=False,
    help="answer stored queries only; wise where only our front ends ask",
)
SETTINGS = (BODY_LIMIT, PAGE_LIMIT, CONCURRENCY, STREAMS_PER_ACTOR, TRUSTED_DOCUMENTS, TRUSTED_DOCUMENTS_ONLY)
