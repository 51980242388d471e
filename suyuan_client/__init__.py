"""A typed client of the Suyuan service, of the standard library alone.

    from suyuan_client import Client, connect
    client = connect("http://127.0.0.1:8000", token)
    for merchant in client.merchants(10, where={"role": {"eq": "seller"}}).nodes:
        print(merchant.name)

There is a method for each document in `docs/reference/examples`; `python -m api.client_code` makes a
client from documents of your own. The folder can be copied: it imports nothing of the service.
"""

from suyuan_client.generated.client import Client
from suyuan_client.paging import pages
from suyuan_client.transport import Connection, ServiceError, ServiceRefused

__all__ = ["Client", "Connection", "ServiceError", "ServiceRefused", "connect", "pages"]


def connect(url: str, token: str, *, timeout_s: float = 60.0, language: str = "zh") -> Client:
    """A client of the service at `url` (`http://127.0.0.1:8000`); texts come in `zh` or `en`."""
    return Client(Connection(url, token, timeout_s, language))
