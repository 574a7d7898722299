"""Where the database is: one URL per role, taken from the settings or from the embedded server."""

from dataclasses import dataclass

from core.errors import StartError
from core.settings import Setting, Settings

DATABASE_URL = Setting(
    "database_url",
    str,
    "",
    "the PostgreSQL server, as the application's role (postgresql://…); empty: the embedded server",
    secret=True,
    env="DATABASE_URL",
)
DATABASE_OWNER_URL = Setting(
    "database_owner_url",
    str,
    "",
    "the same database as the owner of its schemas; needed only by `juminzei db migrate`",
    secret=True,
    env="DATABASE_OWNER_URL",
)


@dataclass(frozen=True)
class ServerAddress:
    """The two ways in: `app_url` for serving, `owner_url` for migrations (empty where it is not given)."""

    owner_url: str
    app_url: str


def external_address(settings: Settings) -> ServerAddress | None:
    """Return the address that the settings give, or None when the embedded server is wanted.

    Raises StartError for an owner without an application role, or a URL that is not PostgreSQL's.
    """
    app_url, owner_url = settings[DATABASE_URL], settings[DATABASE_OWNER_URL]
    if not app_url and not owner_url:
        return None
    if not app_url:
        raise StartError("setting database_owner_url is given without database_url")
    for setting, url in ((DATABASE_URL, app_url), (DATABASE_OWNER_URL, owner_url)):
        if url and not url.startswith(("postgresql://", "postgres://")):
            raise StartError(f"setting {setting.name} must start with postgresql://")
    return ServerAddress(owner_url=owner_url, app_url=app_url)
