"""A custom card processor that takes vouchers, with a connection that drops at the worst moment."""

import tempfile
import threading

from boxoffice import (
    BoxOffice,
    ChargeAnswer,
    Charged,
    ChargeRequest,
    Declined,
    LookupRequest,
    NewTicket,
    PaymentDeclinedError,
    RefundAnswer,
    Refunded,
    Refused,
    RefundRequest,
    Unknown,
)
from boxoffice.testing import check_gateway


class Vouchers:
    """A gateway that takes vouchers. It remembers each charge and refund, so a repetition has no effect."""

    name = "vouchers"

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: dict[str, ChargeAnswer] = {}
        self._left: dict[str, int] = {}
        self._refunds: set[str] = set()
        self.lookups = 0

    def charge(self, request: ChargeRequest) -> ChargeAnswer:
        good = request.token.startswith("voucher-")
        answer = Charged(request.charge_id) if good else Declined("That is no voucher")
        with self._lock:
            answer = self._answers.setdefault(request.charge_id, answer)
            if isinstance(answer, Charged):
                self._left.setdefault(request.charge_id, request.amount.minor)
        if request.token == "voucher-lost":
            # This voucher is charged, but the answer never arrives.
            raise ConnectionError("the line dropped")
        return answer

    def lookup(self, request: LookupRequest) -> ChargeAnswer:
        with self._lock:
            self.lookups += 1
            return self._answers.get(request.charge_id, Unknown())

    def refund(self, request: RefundRequest) -> RefundAnswer:
        with self._lock:
            if request.refund_id not in self._refunds:
                if self._left.get(request.charge_id, 0) < request.amount.minor:
                    return Refused("there is not so much to give back")
                self._left[request.charge_id] -= request.amount.minor
                self._refunds.add(request.refund_id)
            return Refunded()


def main() -> None:
    # Checks the gateway against the contract that the box office relies on. In your own program this is a test.
    check_gateway(Vouchers(), charged_token="voucher-1", declined_token="tok_visa")
    print("The gateway conforms.")

    vouchers = Vouchers()
    with tempfile.TemporaryDirectory() as directory, BoxOffice(directory, gateway=vouchers) as office:
        ann = office.auth.sign_up("ann@example.com", "correct horse").user
        bob = office.auth.sign_up("bob@example.com", "battery staple").user
        orders = []
        for seat in range(1, 4):
            ticket = office.tickets.create(ann.id, NewTicket(f"Seat {seat}", "19.99"))
            orders.append(office.orders.create(bob.id, [ticket.id]))

        charge = office.payments.pay(bob.id, orders[0].id, "voucher-1")
        print(f"Bob pays with a voucher: {charge.status} ({charge.gateway}).")

        try:
            office.payments.pay(bob.id, orders[1].id, "tok_visa")
        except PaymentDeclinedError as error:
            print(f"Bob pays with a card: {error.errors[0].message} ({error.code}).")
        else:
            raise SystemExit("a card is no voucher")

        # The outcome of the charge is unknown until the box office has looked it up.
        charge = office.payments.pay(bob.id, orders[2].id, "voucher-lost")
        print(f"The line drops while Bob pays: {charge.status} (lookups: {vouchers.lookups}).")

        charge = office.payments.refund(ann.id, orders[2].id, return_to_sale=True)
        print(f"Ann gives it back: {charge.status}.")


if __name__ == "__main__":
    main()
