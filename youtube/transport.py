"""Google's client library over our HTTP seam: it speaks httplib2's interface, we answer through `connections.http`."""

from collections.abc import Mapping

import httplib2

from connections import http


class SeamHttp:
    """What google-api-python-client takes as `http=`: one for each account's client, never shared between two.

    `last_body` keeps what came back, for the quarantine, when the library fails to read it.
    """

    def __init__(self, bearer: str | None = None) -> None:
        self.bearer = bearer
        self.last_body = b""

    def request(
        self,
        uri: str,
        method: str = "GET",
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
        redirections: int = 0,
        connection_type: object = None,
    ) -> tuple[httplib2.Response, bytes]:
        answer = http.request(method, uri, data=body or None, headers=headers, bearer=self.bearer)
        self.last_body = answer.content
        headers_out = {name.lower(): value for name, value in answer.headers.items()}
        return httplib2.Response({**headers_out, "status": str(answer.status)}), answer.content

    def close(self) -> None:
        """The connections are pooled by the seam."""
