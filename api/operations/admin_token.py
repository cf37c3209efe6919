"""Who may call /admin: whoever has the token. Without one in the settings there is no /admin at all."""

from __future__ import annotations

import hmac

from pydantic import SecretStr
from starlette.requests import Request

LEAST_CHARACTERS = 22
"""Of 64 kinds each: 132 bits."""
LEAST_KINDS = 8
"""Different characters: fewer are no random token."""


class NoAdminError(Exception):
    """The service has no administration."""


class UnauthorizedError(Exception):
    """No bearer token was given."""


class ForbiddenError(Exception):
    """A bearer token was given, but not the one."""


def checked_token(token: str) -> str:
    """Raises ValueError for what can be guessed or cannot be sent."""
    if not (token.isascii() and token.isprintable()) or " " in token:
        raise ValueError("must be printable ASCII without spaces")
    if len(token) < LEAST_CHARACTERS or len(set(token)) < LEAST_KINDS:
        raise ValueError(f"must be random and have at least {LEAST_CHARACTERS} characters: openssl rand -base64 24")
    return token


def check_admin(request: Request, token: SecretStr | None) -> None:
    """Raises NoAdminError, UnauthorizedError and ForbiddenError."""
    if token is None:
        raise NoAdminError
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not given:
        raise UnauthorizedError
    # In constant time: how much of a token is right must not show in how long it takes to refuse it.
    if not hmac.compare_digest(given.strip().encode("utf-8", "replace"), token.get_secret_value().encode()):
        raise ForbiddenError
