"""Places in the journal: a reader goes on after its cursor, and hears of it if the journal never had what it has read."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from boxoffice import AsyncBoxOffice, BoxOffice, ConflictError, ManualClock, NewTicket, ValidationError
from conftest import PASSWORD, Shop


def refuses(ask: Callable[[], object]) -> None:
    with pytest.raises(ConflictError) as refused:
        ask()
    assert (refused.value.code, refused.value.status_code) == ("journal.cursor_unknown", 409)


def test_a_place_beyond_the_head_is_unknown(office: BoxOffice, shop: Shop) -> None:
    journal, head = office.journal, office.journal.head()
    assert head == len(journal.read(1, 100)) == 2
    for beyond in (head + 1, head + 1000, 2**62):
        refuses(lambda: journal.read(beyond + 1, 5))
        refuses(lambda: journal.read_after(str(beyond), 5))
        refuses(lambda: list(journal.iter(beyond + 1)))
        refuses(lambda: journal.subscribe_after(str(beyond)))
        refuses(lambda: next(journal.subscribe(beyond + 1)))
    # The place behind the last record is known: the next one comes there.
    assert journal.read(head + 1, 5) == journal.read_after(str(head), 5) == list(journal.iter(head + 1)) == []
    for none in ("", "-1", "x", "1-x", "2-0123456789ABCDEF"):
        with pytest.raises(ValidationError) as wrong:
            journal.subscribe_after(none)
        assert wrong.value.errors[0].field == "cursor"


def test_a_reader_goes_on_after_its_cursor(office: BoxOffice, shop: Shop) -> None:
    journal = office.journal
    shop.lists()
    shop.lists()
    records = journal.read_after("0", 100)
    assert [record.seq for record in records] == [1, 2, 3, 4]
    for at, record in enumerate(records[:-1]):
        assert record.cursor.partition("-")[0] == str(record.seq)
        assert journal.read_after(record.cursor, 100) == records[at + 1 :]
        with journal.subscribe_after(record.cursor) as feed:
            assert [next(feed) for _ in records[at + 1 :]] == records[at + 1 :]
    with journal.subscribe_after(records[-1].cursor) as feed:
        ticket = shop.lists()
        news = next(feed)
    assert (news.seq, news.data["ticketId"]) == (5, ticket.id)


def test_a_restored_backup_knows_no_cursors_of_the_history_that_is_gone(
    office: BoxOffice, shop: Shop, clock: ManualClock, tmp_path: Path
) -> None:
    shop.lists()
    head = office.journal.backup(tmp_path / "copy")
    office.tickets.create_many(shop.ann.id, [NewTicket("Hamlet", 1)] * 3)
    shared, *gone = [record.cursor for record in office.journal.read(head, 10)]
    assert len(gone) == 3
    with BoxOffice(tmp_path / "copy", clock=clock) as restored:
        journal = restored.journal
        for _ in range(2):
            for cursor in gone:
                refuses(lambda: journal.read_after(cursor, 10))
                refuses(lambda: journal.subscribe_after(cursor))
            # The second time the journal has records of these numbers again, which are others.
            restored.tickets.create_many(shop.ann.id, [NewTicket("Macbeth", 5)] * 3)
        assert [record.seq for record in journal.read_after(shared, 2)] == [head + 1, head + 2]
        with journal.subscribe_after(shared) as feed:
            assert next(feed).data["title"] == "Macbeth"
        one, two = office.journal.history(), journal.history()
        assert one.id != two.id
        assert (one.common, two.common) == (None, head)
    # The original goes on as before.
    assert [record.seq for record in office.journal.read_after(gone[0], 10)] == [head + 2, head + 3]


def test_asyncio_has_the_same(tmp_path: Path, clock: ManualClock) -> None:
    async def unknown(office: AsyncBoxOffice, cursor: str) -> None:
        with pytest.raises(ConflictError) as refused:
            await office.journal.read_after(cursor, 10)
        assert refused.value.code == "journal.cursor_unknown"
        with pytest.raises(ConflictError) as refused:
            office.journal.subscribe_after(cursor)
        assert refused.value.code == "journal.cursor_unknown"

    async def main() -> None:
        async with AsyncBoxOffice.open(tmp_path / "office", clock=clock) as office:
            ann = (await office.auth.sign_up("ann@example.com", PASSWORD)).user.id
            head = await office.journal.backup(tmp_path / "copy")
            await office.tickets.create_many(ann, [NewTicket("Hamlet", 1)] * 2)
            await unknown(office, str(head + 3))
            with pytest.raises(ConflictError, match="journal.cursor_unknown"):
                await anext(office.journal.subscribe(head + 4))
            # Whoever waits for a record need not hold on to the subscription.
            assert (await anext(office.journal.subscribe(head + 1))).seq == head + 1
            with pytest.raises(ConflictError, match="journal.cursor_unknown"):
                _ = [record async for record in office.journal.iter(head + 4)]
            shared, *gone = [record.cursor for record in await office.journal.read(head, 10)]
            async with office.journal.subscribe_after(gone[0]) as feed:
                assert (await anext(feed)).cursor == gone[1]
                listing = asyncio.ensure_future(office.tickets.create(ann, NewTicket("Hamlet", 1)))
                assert (await anext(feed)).data["ticketId"] == (await listing).id
        async with AsyncBoxOffice.open(tmp_path / "copy", clock=clock) as restored:
            await restored.tickets.create_many(ann, [NewTicket("Macbeth", 5)] * 2)
            for cursor in gone:
                await unknown(restored, cursor)
            async with restored.journal.subscribe_after(shared) as feed:
                assert (await anext(feed)).seq == head + 1
            assert (await restored.journal.history()).common == head

    asyncio.run(main())
