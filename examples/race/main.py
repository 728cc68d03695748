"""A thousand concurrent attempts to get one ticket: exactly one wins."""

import asyncio
import tempfile
from collections import Counter

from boxoffice import AsyncBoxOffice, BoxOfficeError, NewTicket

BUYERS = 10
ATTEMPTS = 1_000


async def main(directory: str) -> None:
    async with AsyncBoxOffice.open(directory) as office:
        seller = (await office.auth.sign_up("seller@example.com", "correct horse")).user
        ticket = await office.tickets.create(seller.id, NewTicket("The last ticket", 250))
        buyers = []
        for at in range(BUYERS):
            buyers.append((await office.auth.sign_up(f"buyer{at}@example.com", "battery staple")).user)

        async def attempt(at: int) -> str:
            try:
                await office.orders.create(buyers[at % BUYERS].id, [ticket.id])
            except BoxOfficeError as error:
                return f"refused: {error.code}"
            return "has the ticket"

        outcomes = Counter(await asyncio.gather(*(attempt(at) for at in range(ATTEMPTS))))
        print(f"{ATTEMPTS} attempts by {BUYERS} buyers:")
        for outcome, count in sorted(outcomes.items()):
            print(f"{count:>5} {outcome}")
        records = await office.journal.read(1, ATTEMPTS)
        orders = sum(record.event == "OrderCreated" for record in records)
        print(f"Orders in the journal: {orders}.")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as path:
        asyncio.run(main(path))
