"""A program that follows the journal, remembers its position, and continues from there after a restart."""

import asyncio
import tempfile
from pathlib import Path

from boxoffice import AsyncBoxOffice, ConflictError, NewTicket


class Follower:
    """Adds up the sales. It keeps one text between runs: the cursor of the last record that it has counted."""

    def __init__(self, office: AsyncBoxOffice, file: Path, sold_minor: int = 0) -> None:
        self.file = file
        self.sold_minor = sold_minor
        cursor = file.read_text() if file.exists() else "0"
        try:
            self.feed = office.journal.subscribe_after(cursor)
        except ConflictError as error:
            if error.code != "journal.cursor_unknown":
                raise
            print(f"The journal does not have record {cursor}, for a backup was restored: the follower starts over.")
            cursor, self.sold_minor = "0", 0
            self.feed = office.journal.subscribe_after(cursor)
        # A cursor begins with the number of its record.
        self.seen = int(cursor.partition("-")[0])
        print(f"The follower starts at record {self.seen + 1}.")

    async def next(self) -> None:
        record = await anext(self.feed)
        print(f"{record.seq:>3} {record.event}")
        if record.event == "ChargeCreated":
            self.sold_minor += record.data["amount"]["minor"]
        # Stored after the work, not before: a record may be seen twice after a crash, but is never missed.
        self.seen = record.seq
        self.file.write_text(record.cursor)

    async def up_to(self, head: int) -> None:
        while self.seen < head:
            await self.next()
        print(f"Sold so far: {self.sold_minor} cents.")


async def main(directory: Path) -> None:
    cursor = directory / "cursor"
    async with AsyncBoxOffice.open(directory / "office") as office:
        ann = (await office.auth.sign_up("ann@example.com", "correct horse")).user
        bob = (await office.auth.sign_up("bob@example.com", "battery staple")).user
        seats = [NewTicket("Seat 1", "19.99"), NewTicket("Seat 2", "19.99")]
        tickets = await office.tickets.create_many(ann.id, seats)
        order = await office.orders.create(bob.id, [tickets[0].id])
        await office.payments.pay(bob.id, order.id, "tok_visa")

        follower = Follower(office, cursor)
        await follower.up_to(await office.journal.head())

        print("While it is away, Bob orders the other seat and thinks better of it.")
        order = await office.orders.create(bob.id, [tickets[1].id])
        await office.orders.cancel(bob.id, order.id)

        follower = Follower(office, cursor, follower.sold_minor)
        await follower.up_to(await office.journal.head())

        print("It waits for news, and Ann lists a seat.")
        listing = asyncio.ensure_future(office.tickets.create(ann.id, NewTicket("Seat 3", 25)))
        await follower.next()
        await listing

    more = [record async for record in follower.feed]
    print(f"The box office closes: {'there is more' if more else 'the feed ends'}.")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as path:
        asyncio.run(main(Path(path)))
