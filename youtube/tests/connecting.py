from connections.connecting import connect_account
from connections.models import Connection, User, Workspace
from connections.oauth import grant_from
from youtube.platform import youtube
from youtube.tests.sandbox_control import SandboxControl


def connect(vendor: SandboxControl, workspace: Workspace, account: str = "", actor: User | None = None) -> Connection:
    """Connect an account of the sandbox, or connect it again, with tokens as a consent would grant them."""
    answer = vendor.post("tokens", **({"account": account} if account else {}))
    return connect_account(youtube, workspace, grant_from(answer, scopes=()), actor=actor)
