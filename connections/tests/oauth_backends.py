from connections.oauth import ConnectBackend
from connections.tests.postcards import Postcards


class PostcardsBackend(ConnectBackend):
    name = "postcards"

    def get_key_and_secret(self) -> tuple[str, str]:
        return "client", "CANARY-client-secret"

    def authorization_url(self) -> str:
        return f"{Postcards.url}/authorize"

    def access_token_url(self) -> str:
        return f"{Postcards.url}/token"

    def get_scope(self) -> list[str]:
        return ["read", "comment"]


class ParcelsBackend(PostcardsBackend):
    name = "parcels"
