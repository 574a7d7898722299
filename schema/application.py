"""The Starlette application of a deployment: `/graphql`, the routes of plug-ins, `/health`."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from core.errors import StartError
from core.graphql.console import Console
from core.graphql.documents import Documents
from core.graphql.execution import Executor
from core.graphql.http import GraphQLEndpoint
from core.graphql.settings import PAGE_LIMIT, TRUSTED_DOCUMENTS, TRUSTED_DOCUMENTS_ONLY
from core.graphql.trusted import read_trusted
from core.identity.authenticator import Authenticator
from core.identity.identity import Identity
from core.identity.opening import open_identity
from core.runtime import Runtime
from core.storage.database import Database
from core.storage.readiness import check_ready
from schema.compose import compose_schema
from schema.safety import SafeAnswers, refuse


async def build_application(runtime: Runtime, database: Database) -> ASGIApp:
    """Make the application; raises StartError when the database or the configuration is not fit to serve."""
    problems = await check_ready(database, runtime.plugins.answers("migrations"))
    if problems:
        raise StartError(problems[0])
    identity = open_identity(runtime, database)
    routes = [
        Route("/graphql", build_endpoint(runtime, identity)),
        Route("/health", health),
        *runtime.plugins.gather("routes", runtime=runtime, database=database, identity=identity),
    ]
    app = Starlette(routes=routes, exception_handlers={HTTPException: refuse})
    app.router.redirect_slashes = False  # a redirection would name the host that the client made up
    return SafeAnswers(app)


def build_endpoint(runtime: Runtime, identity: Identity) -> GraphQLEndpoint:
    """Compose the schema and put the guarded way in before it."""
    settings = runtime.settings
    schema = compose_schema(runtime)
    documents = Documents(
        schema,
        introspection=not runtime.is_production,
        page_limit=settings[PAGE_LIMIT],
        trusted=read_trusted(settings[TRUSTED_DOCUMENTS]),
        trusted_only=settings[TRUSTED_DOCUMENTS_ONLY],
    )

    return GraphQLEndpoint(
        Executor(schema, identity.database, settings, identity.record, runtime, identity.seals.mark),
        documents,
        Authenticator(identity).authenticate,
        settings,
        runtime.clock,
        None if runtime.is_production else Console(),
    )


async def health(_: Request) -> JSONResponse:
    """Tell a load balancer that this process answers; says nothing of what is inside."""
    return JSONResponse({"status": "ok"})
