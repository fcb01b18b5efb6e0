"""Sign-in by an identity service: only people an administrator has entered; nobody is made by signing in."""

from typing import Any

from mozilla_django_oidc.auth import OIDCAuthenticationBackend

from guangcheng.programme.platform.models import User


class ExistingUsers(OIDCAuthenticationBackend):  # type: ignore[misc]
    """Matches the service's ``preferred_username`` (else ``sub``) with a user name."""

    def filter_users_by_claims(self, claims: dict[str, Any]) -> Any:
        """The active user of that name, or nobody."""
        name = claims.get("preferred_username") or claims.get("sub") or ""
        return User.objects.filter(username=name, is_active=True)
