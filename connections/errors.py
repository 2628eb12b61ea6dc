"""One tree for everything that can go wrong with a platform, cut by what we do about it.

| error | what the sync does |
|---|---|
| `Transient` | tries the same page again, later and later, in the end every ten minutes |
| `RateLimited` | waits until `until` |
| `QuotaExhausted` | waits until `until`, the next quota day; nothing is retried before |
| `NeedsReauthorization` | stops every stream of the connection until somebody connects the account again |
| `NotPermitted` | stops this stream alone; it is tried again once a day, on request and after reconnecting |
| `StaleCursor` | starts this part of the walk over, a few times at most |
| `Gone` | the stream marks the item and goes on; where the account itself is gone, the run fails |
| `InvalidRecord` | quarantines the record and goes on |
| `OurFault` | the platform refused what we asked: stops the run and says so; a retry would not help |

Messages are for operators: what happened and what to do, without tokens and without commenters' text.
"""

from datetime import datetime


class PlatformError(Exception):
    """`code` is a short word for the row, `status` the HTTP status and `raw` what the platform answered, if it did."""

    def __init__(self, message: str, *, code: str, status: int | None = None, raw: bytes = b"") -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.status = status
        self.raw = raw

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.__dict__))


def _rebuild(kind: type[PlatformError], state: dict[str, object]) -> PlatformError:
    error = kind.__new__(kind)
    error.__dict__.update(state)
    error.args = (state["message"],)
    return error


class Transient(PlatformError):
    """The network, a server's bad minute, an answer that broke off. `max_tries` caps the tries where few make sense."""

    def __init__(
        self, message: str, *, code: str, status: int | None = None, raw: bytes = b"", max_tries: int = 5
    ) -> None:
        super().__init__(message, code=code, status=status, raw=raw)
        self.max_tries = max_tries


class _Until(PlatformError):
    def __init__(
        self, message: str, *, code: str, until: datetime, status: int | None = None, raw: bytes = b""
    ) -> None:
        super().__init__(message, code=code, status=status, raw=raw)
        self.until = until


class RateLimited(_Until):
    pass


class QuotaExhausted(_Until):
    pass


class NeedsReauthorization(PlatformError):
    pass


class NotPermitted(PlatformError):
    pass


class StaleCursor(PlatformError):
    """The platform no longer knows the page token we came back with."""


class Gone(PlatformError):
    pass


class InvalidRecord(PlatformError):
    """One record of a page cannot be read. `raw` is the record as it came."""

    def __init__(self, message: str, *, external_id: str = "", raw: bytes = b"") -> None:
        super().__init__(message, code="invalid_record", raw=raw)
        self.external_id = external_id


class OurFault(PlatformError):
    pass
