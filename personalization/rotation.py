"""Which of the accepted secrets Vapi still uses, so that a rotation can be finished. Metrics read it."""

from typing import Literal

Kind = Literal["secret", "signature"]

# When this process accepted each last, in seconds since 1970: by kind (VAPI_WEBHOOK_SECRETS, VAPI_HMAC_SECRETS) and
# position in the setting, the newest being 1.
last_used: dict[tuple[Kind, int], float] = {}


def note_use(*, kind: Kind, position: int, at: float) -> None:
    """Remembers that the secret at `position`, from 1, was accepted at `at`, seconds since 1970."""
    last_used[kind, position] = at
