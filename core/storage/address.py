"""Where the database is: one URL per role, taken from the settings or from the embedded server."""

from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

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

    @property
    def app_role(self) -> str:
        """The application's role, as the grants name it."""
        parts = urlsplit(self.app_url)
        return unquote(parts.username or "") or parse_qs(parts.query).get("user", [""])[0]

    def at(self, database: str) -> "ServerAddress":
        """Return the address of another database on the same server."""
        owner, app = (
            urlsplit(url)._replace(path=f"/{database}").geturl() for url in (self.owner_url, self.app_url)
        )
        return ServerAddress(owner_url=owner, app_url=app)


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
