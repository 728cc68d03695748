"""The life of one ticket: listed, locked, refused to a rival, paid. The journal records all of it."""

import tempfile

from boxoffice import BoxOffice, BoxOfficeError, NewShow, NewTicket


def main() -> None:
    # A box office is a directory. This one is temporary; yours would be permanent.
    with tempfile.TemporaryDirectory() as directory, BoxOffice(directory) as office:
        ann = office.auth.sign_up("ann@example.com", "correct horse").user
        bob = office.auth.sign_up("bob@example.com", "battery staple").user
        print("Ann and Bob have signed up.")

        show = NewShow("Hamlet", "2099-05-01T19:30:00Z", category="play", venue="Old Vic")
        listing = NewTicket("Hamlet, stalls", "19.99", seat="Row 3, seat 12", show=show)
        ticket = office.tickets.create(ann.id, listing)
        print(f"Ann lists a ticket for {ticket.price}: {ticket.status}.")

        # The first order holds the ticket for 15 minutes. The answer comes once the order is on the disk.
        order = office.orders.create(bob.id, [ticket.id])
        print(f"Bob's order is {order.status}, and the ticket {office.tickets.get(ticket.id).status}.")

        eve = office.auth.sign_up("eve@example.com", "let me in now").user
        try:
            office.orders.create(eve.id, [ticket.id])
        except BoxOfficeError as error:
            print(f"Eve is refused: {error.code} ({error.status_code}).")
        else:
            raise SystemExit("two people hold one ticket")

        # The bundled sandbox stands in for a card processor; this token always succeeds.
        charge = office.payments.pay(bob.id, order.id, "tok_visa")
        print(f"Bob's payment of {charge.amount.amount} has {charge.status}.")
        print(f"The ticket is {office.tickets.get(ticket.id).status}.")

        print("The journal:")
        for record in office.journal.read(1, 100):
            print(f"{record.seq:>3} {record.event}")


if __name__ == "__main__":
    main()
