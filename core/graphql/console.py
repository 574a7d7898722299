"""A page to try queries with, in demo and development: one small file, nothing fetched from elsewhere."""

import base64
import hashlib
import re
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

PAGE = Path(__file__).with_name("console.html")


class Console:
    """The page, with a Content-Security-Policy that allows its own script and style and nothing else."""

    def __init__(self) -> None:
        page = PAGE.read_text(encoding="utf-8")
        self.body = page.encode()
        self.policy = "; ".join(
            [
                "default-src 'none'",
                "base-uri 'none'",
                "connect-src 'self'",
                "form-action 'none'",
                "frame-ancestors 'none'",
                f"script-src {_hash_of(page, 'script')}",
                f"style-src {_hash_of(page, 'style')}",
            ]
        )

    def wanted(self, request: Request) -> bool:
        """Tell whether a browser asks for a page."""
        return request.method == "GET" and "text/html" in request.headers.get("accept", "")

    def response(self) -> Response:
        """Answer with the page."""
        headers = {
            "cache-control": "no-store",
            "content-security-policy": self.policy,
            "referrer-policy": "no-referrer",
            "x-content-type-options": "nosniff",
        }
        return Response(self.body, 200, headers, "text/html; charset=utf-8")


def _hash_of(page: str, element: str) -> str:
    content = re.search(rf"<{element}>(.*?)</{element}>", page, re.DOTALL)
    if content is None:
        raise ValueError(f"the page has no <{element}>")
    return f"'sha256-{base64.b64encode(hashlib.sha256(content[1].encode()).digest()).decode()}'"
