"""`python -m sandbox.provider <engine address>`: the plugin named `aws` that the engine starts."""

from sandbox.provider.invokes import INVOKES
from sandbox.provider.provider import AwsProvider
from sandbox.provider.server import serve
from sandbox.provider.table import TYPES

if __name__ == "__main__":
    serve(AwsProvider(TYPES, INVOKES))
