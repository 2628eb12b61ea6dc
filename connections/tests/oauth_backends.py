from connections.oauth import ConnectBackend
from connections.tests.postcards import Postcards


class PostcardsBackend(ConnectBackend):
    name = "postcards"
    scopes = ("read", "comment")

    def get_key_and_secret(self) -> tuple[str, str]:
        return "client", "CANARY-client-secret"

    def authorization_url(self) -> str:
        return f"{Postcards.url}/authorize"

    def access_token_url(self) -> str:
        return f"{Postcards.url}/token"


class ParcelsBackend(PostcardsBackend):
    name = "parcels"
