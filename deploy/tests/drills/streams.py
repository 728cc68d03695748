"""The journal's stream, as the servers show it, and what the operator does with it."""
import asyncio
import json
import urllib.request

import nats

from asking import Mistake, check, wait_until
from servers import COUNT, ask

JOURNAL = "JOURNAL-1"


def with_client(servers, work, at=None):
    """Lets `work` talk with the servers as the operator."""

    async def talk():
        client = await first_client(servers, at)
        try:
            return await work(client)
        finally:
            await client.close()

    return asyncio.run(talk())


async def first_client(servers, at):
    """Connects to this server, or to any."""
    for number in range(COUNT) if at is None else [at]:
        try:
            return await servers.connect("operator", number)
        except (OSError, nats.errors.Error):
            continue
    raise Mistake("no server lets the operator in")


def asked(servers, what, body=None, seconds=5.0, at=None):
    """Returns the servers' answer to a request of the operator, or None."""
    return with_client(servers, lambda client: ask(client, f"$JS.API.{what}", body or {}, seconds), at)


def journal(servers, stream=JOURNAL):
    """Returns the state of the stream, once somebody leads it."""
    found = [None]

    def is_led():
        found[0] = asked(servers, f"STREAM.INFO.{stream}")
        return found[0] and "error" not in found[0] and found[0]["cluster"].get("leader")

    wait_until(is_led, lambda: f"somebody leads {stream}: {found[0]}")
    return found[0]


def leader(servers):
    """Returns the number of the server that leads the stream."""
    return int(journal(servers)["cluster"]["leader"].removeprefix("nats-"))


def lead(servers, at, stream=JOURNAL):
    """Lets a server lead the stream."""
    name = f"nats-{at}"

    def leads():
        if journal(servers, stream)["cluster"]["leader"] == name:
            return True
        # It is refused while the server is behind.
        asked(servers, f"STREAM.LEADER.STEPDOWN.{stream}", {"placement": {"preferred": name}})
        return False

    wait_until(leads, f"{name} leads {stream}", pause=0.5)


def of_server(servers, at, stream=JOURNAL):
    """Returns the state of a server's own copy of the stream, as its monitoring shows it."""
    with urllib.request.urlopen(f"{servers.monitoring(at)}/jsz?accounts=true&streams=true", timeout=5) as answer:
        accounts = json.load(answer).get("account_details", [])
    copies = [it for account in accounts for it in account.get("stream_detail", []) if it["name"] == stream]
    check(len(copies) == 1, f"server {at} has {len(copies)} copies of {stream}")
    return copies[0]["state"]


def hole(servers, at):
    """Returns how many messages a server lacks of what the others have."""
    return journal(servers)["state"]["last_seq"] - of_server(servers, at)["messages"]


def update(servers, changes, stream=JOURNAL):
    """Changes settings of the stream, as an operator may by mistake."""
    config = journal(servers, stream)["config"] | changes
    answer = asked(servers, f"STREAM.UPDATE.{stream}", config)
    check(answer and "error" not in answer, f"the operator can't change the stream: {answer}")


def remove(servers, stream=JOURNAL):
    answer = asked(servers, f"STREAM.DELETE.{stream}")
    check(answer and answer.get("success"), f"the operator can't delete the stream: {answer}")


def create(servers, config, stream=JOURNAL):
    answer = asked(servers, f"STREAM.CREATE.{stream}", config, seconds=20)
    check(answer and "error" not in answer, f"the operator can't make the stream: {answer}")


def snapshot(servers, stream=JOURNAL):
    """Returns a copy of the stream, as `nats stream backup` takes it: its settings, its state, and pieces of data."""

    async def take(client):
        inbox = await client.subscribe("_INBOX.snapshot")
        wish = {"deliver_subject": "_INBOX.snapshot", "no_consumers": True, "chunk_size": 128 * 1024}
        begun = await ask(client, f"$JS.API.STREAM.SNAPSHOT.{stream}", wish)
        check(begun and "error" not in begun, f"no snapshot: {begun}")
        pieces = []
        while True:
            message = await inbox.next_msg(timeout=20)
            if not message.data:
                return begun["config"], begun["state"], pieces
            pieces.append(message.data)
            if message.reply:
                await client.publish(message.reply, b"")

    return with_client(servers, take)


def restore(servers, copy, stream=JOURNAL):
    """Makes a stream of a copy, as `nats stream restore` does."""
    config, state, pieces = copy

    async def put(client):
        begun = await ask(client, f"$JS.API.STREAM.RESTORE.{stream}", {"config": config, "state": state}, 20)
        check(begun and "error" not in begun, f"no restore: {begun}")
        for piece in pieces:
            answer = await client.request(begun["deliver_subject"], piece, timeout=20)
            check(b"error" not in answer.data, f"a piece is refused: {answer.data}")
        made = json.loads((await client.request(begun["deliver_subject"], b"", timeout=30)).data)
        check("error" not in made, f"the stream is not restored: {made}")

    with_client(servers, put)
    found = journal(servers, stream)["state"]
    check(found["last_seq"] == state["last_seq"], f"the stream is restored to {found}, and was {state}")
