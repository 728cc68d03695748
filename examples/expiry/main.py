"""Expiry of a hold whose buyer walks away: fifteen minutes on a manual clock."""

import tempfile
from datetime import datetime, timedelta

from boxoffice import BoxOffice, ConflictError, ManualClock, NewTicket


def at(time: datetime) -> str:
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def main() -> None:
    # The engine reads only its clock, so that tests can move the time instead of sleeping.
    clock = ManualClock("2027-05-01T12:00:00Z")
    hold = timedelta(minutes=15)
    with tempfile.TemporaryDirectory() as directory, BoxOffice(directory, hold=hold, clock=clock) as office:
        seller = office.auth.sign_up("seller@example.com", "correct horse").user
        bob = office.auth.sign_up("bob@example.com", "battery staple").user
        eve = office.auth.sign_up("eve@example.com", "let me in now").user
        ticket = office.tickets.create(seller.id, NewTicket("Box 5", 80))

        order = office.orders.create(bob.id, [ticket.id])
        print(f"{at(office.now())}  Bob holds the ticket until {at(order.expires_at)}.")

        clock.advance(timedelta(minutes=15) - timedelta(milliseconds=1))
        try:
            office.orders.create(eve.id, [ticket.id])
        except ConflictError as refusal:
            print(f"{at(office.now())}  Eve is refused: {refusal.code}.")

        # Followers of the journal receive the expiry as soon as it is recorded; this one starts at the current end.
        news = office.journal.subscribe(office.journal.head() + 1)
        clock.advance(timedelta(milliseconds=1))
        record = next(news)
        print(f"{at(record.at)}  {record.event}: the ticket is {office.tickets.get(ticket.id).status}.")

        try:
            office.payments.pay(bob.id, order.id, "tok_visa")
        except ConflictError as refusal:
            print(f"{at(office.now())}  Bob is too late to pay: {refusal.code}.")
        order = office.orders.create(eve.id, [ticket.id])
        print(f"{at(office.now())}  Eve holds the ticket until {at(order.expires_at)}.")


if __name__ == "__main__":
    main()
