"""What all peers do: the same query, the same rows, the same server under them."""

import sys

import uvicorn
from starlette.types import ASGIApp

PERSON = """
SELECT p.id, p.atena_number, r.name, r.kana, r.birth_date, r.sex, r.valid_from
FROM atena.person p JOIN atena.person_revision r ON r.person_id = p.id
WHERE p.atena_number = $1 AND r.valid_from <= $2 AND $2 < r.valid_to AND r.known_to = 'infinity'
"""
ADDRESS = """
SELECT municipality_code, prefecture, municipality, town, lot, postal_code, valid_from
FROM atena.address_revision
WHERE person_id = $1 AND valid_from <= $2 AND $2 < valid_to AND known_to = 'infinity'
"""
INSTALMENTS = """
SELECT number, due_date, amount, paid_amount, paid_on
FROM bench.instalment WHERE person_id = $1 ORDER BY number
"""
POOL = 10


def database_url() -> str:
    """Return the first argument."""
    return sys.argv[1]


def serve(app: ASGIApp) -> None:
    """Serve on the port that is the second argument, as our own server does: uvloop and httptools."""
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=int(sys.argv[2]),
        loop="uvloop",
        http="httptools",
        lifespan="on",
        access_log=False,
        server_header=False,
        log_level="warning",
    )
