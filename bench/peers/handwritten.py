"""The limit: a hand-written handler, Starlette + asyncpg + orjson, no GraphQL, no permissions, no log."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

import asyncpg
import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from work import ADDRESS, INSTALMENTS, PERSON, POOL, database_url, serve


async def person(request: Request) -> Response:
    """Answer what the query of the benchmark asks for, whatever was asked."""
    asked = orjson.loads(await request.body())
    today = date.today()  # noqa: DTZ011  # the machine's own day is good enough here
    async with request.app.state.pool.acquire() as connection:
        found = await connection.fetchrow(PERSON, asked["variables"]["number"], today)
        address = await connection.fetchrow(ADDRESS, found["id"], today)
        instalments = await connection.fetch(INSTALMENTS, found["id"])
    content = {"data": {"person": _person(found, address, instalments)}}
    return Response(orjson.dumps(content), media_type="application/json")


def _person(found: Any, address: Any, instalments: Any) -> dict[str, Any]:
    return {
        "atenaNumber": found["atena_number"],
        "name": found["name"],
        "kana": found["kana"],
        "birthDate": found["birth_date"],
        "sex": found["sex"],
        "validFrom": found["valid_from"],
        "address": {
            "municipalityCode": address["municipality_code"],
            "prefecture": address["prefecture"],
            "municipality": address["municipality"],
            "town": address["town"],
            "lot": address["lot"],
            "postalCode": address["postal_code"],
            "validFrom": address["valid_from"],
        },
        "instalments": [
            {
                "number": each["number"],
                "dueDate": each["due_date"],
                "amount": each["amount"],
                "paidAmount": each["paid_amount"],
                "paidOn": each["paid_on"],
            }
            for each in instalments
        ],
    }


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    """Hold the pool while the server runs."""
    async with asyncpg.create_pool(database_url(), min_size=POOL, max_size=POOL) as pool:
        app.state.pool = pool
        yield


if __name__ == "__main__":
    serve(Starlette(routes=[Route("/graphql", person, methods=["POST"])], lifespan=lifespan))
