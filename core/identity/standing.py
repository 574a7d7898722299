"""Whether a session, and the password behind it, still hold: the limits in one place."""

from datetime import datetime, timedelta

from core.clock import Clock
from core.errors import SessionExpired, Unauthenticated
from core.identity.queries import SessionState, Validity
from core.identity.settings import IDLE_MINUTES, PASSWORD_AGE, PASSWORD_PROFILE
from core.settings import Settings


class Standing:
    """Judges by the clock and the settings."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._clock = clock
        self._idle = timedelta(minutes=settings[IDLE_MINUTES])
        self._age = PASSWORD_AGE[settings[PASSWORD_PROFILE]]

    def check_session(self, state: SessionState) -> None:
        """Raise Unauthenticated or SessionExpired unless the session holds now."""
        now = self._clock.now()
        if state.revoked_at is not None or not self.is_valid(state.validity):
            raise Unauthenticated
        if now >= state.ends_at or now - state.last_seen > self._idle:
            raise SessionExpired

    def is_valid(self, validity: Validity) -> bool:
        """Tell whether a person or a program is valid today."""
        return validity.holds(self._clock.today())

    def password_expired(self, set_at: datetime | None) -> bool:
        """Tell whether a password set at that moment has to be changed before anything else."""
        return set_at is None or (self._age is not None and self._clock.now() - set_at > self._age)
