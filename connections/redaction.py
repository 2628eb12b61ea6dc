"""Takes secrets out of text before it is logged or kept on a row."""

import logging
import re

_PARAMETER = re.compile(
    r"(?i)\b(access_token|refresh_token|id_token|client_secret|code|token|key|signed_request)(=|\"\s*:\s*\"|'\s*:\s*')"
    r"[^\s&\"']+"
)
_BEARER = re.compile(r"(?i)\b(Bearer|OAuth)\s+[A-Za-z0-9._~+/=-]{8,}")
_TOKEN = re.compile(r"\b(ya29\.|1//|sk-ant-|EAA|IGA|IGQ)[A-Za-z0-9._-]{8,}")
_CONTROL = {code: f"\\x{code:02x}" for code in range(32) if code not in (9, 10)} | {127: "\\x7f"}


def redact(text: str) -> str:
    """`text` without tokens, secrets and authorisation codes; control characters made visible."""
    text = _PARAMETER.sub(r"\1\2[redacted]", text)
    text = _BEARER.sub(r"\1 [redacted]", text)
    return _TOKEN.sub(r"\1[redacted]", text).translate(_CONTROL)


class RedactingFilter(logging.Filter):
    """On the handler, so that libraries' records and tracebacks pass it too."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redact(record.getMessage()), None
        if record.exc_info:
            record.exc_text = redact(logging.Formatter().formatException(record.exc_info))
            record.exc_info = None
        return True
