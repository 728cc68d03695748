"""Helpers for tests of programs that embed boxoffice; see also ``boxoffice.ManualClock``."""

from boxoffice import _native
from boxoffice._gateway import PaymentGateway
from boxoffice._native import StripeGateway


def check_gateway(gateway: PaymentGateway | StripeGateway, *, charged_token: str, declined_token: str) -> None:
    """Checks that a gateway behaves as the box office requires; raises ``AssertionError`` that lists all faults.

    The card of ``charged_token`` must pay at once; the card of ``declined_token`` must be declined at once. The amounts are small
    and every charge is refunded, so that the check can run against a processor's test mode.

    Blocks the calling thread. Coroutines of the gateway run on the package's background loop.
    """
    faults = _native.check_gateway(gateway, charged_token, declined_token)
    if faults:
        raise AssertionError("the gateway does not conform:\n" + "\n".join(f"- {fault}" for fault in faults))
