"""Helpers for tests of programs that embed boxoffice; ``boxoffice.ManualClock`` is the other one."""

from boxoffice import _native
from boxoffice._gateway import PaymentGateway
from boxoffice._native import StripeGateway


def check_gateway(gateway: PaymentGateway | StripeGateway, *, charged_token: str, declined_token: str) -> None:
    """Asks a gateway everything that the box office relies on; raises ``AssertionError`` with all that it does wrong.

    ``charged_token`` is one whose card pays at once, ``declined_token`` one whose card is declined at once. The amounts are small, and
    what is taken is given back, so that it can run against a processor's test mode.

    Blocks: coroutines of the gateway run on an event loop of the package's own.
    """
    faults = _native.check_gateway(gateway, charged_token, declined_token)
    if faults:
        raise AssertionError("the gateway does not conform:\n" + "\n".join(f"- {fault}" for fault in faults))
