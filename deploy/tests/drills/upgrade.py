"""A rolling upgrade with two builds, of which one knows an event more.

The older build is the newer one with another name for that event in the program itself: what reads the journal there has
never heard of the event that the newer build writes.
"""
import json

from asking import ask, check, done, wait_until
from sales import list_tickets, sign_up

EVENT, OTHER = b"TicketWithdrawn", b"TicketWithdrawX"


def older_build(program, folder):
    """Returns a program that knows one event less."""
    content = program.read_bytes()
    check(content.count(EVENT), f"{program} doesn't name the event {EVENT}")
    folder.mkdir(parents=True, exist_ok=True)
    older = folder / "boxoffice-server-before"
    older.write_bytes(content.replace(EVENT, OTHER))
    older.chmod(0o755)
    return older


def from_older(cluster, newer):
    """The cluster runs the older build. Hosts are replaced one after the other, readers first."""
    older, writer = cluster.program, cluster.writer()
    first, last = cluster.followers()
    seller = sign_up(writer.address, "seller")
    tickets = list_tickets(writer.address, seller, 3)
    cluster.level()
    for host, program in [(first, newer), (writer, newer), (last, older)]:
        host.stop()
        host.start(program)
        cluster.wait_until_whole()
    # The older build doesn't write: it couldn't write the event either.
    newer_hosts = [first, writer]
    if cluster.writer() is last:
        last.stop()
        cluster.writer(newer_hosts)
        last.start(older)
        cluster.wait_until_whole()
    done(cluster.writer(newer_hosts).address, "DELETE", f"/api/tickets/{tickets[0]}", token=seller, status=204)
    why = [None]

    def is_told():
        why[0] = last.why_unready() or ""
        return EVENT.decode() in why[0]

    wait_until(is_told, lambda: f"the older build is unready, and names the event: {why[0]}")
    check("version" in why[0], f"the older build doesn't say which version knows the event: {why[0]}")
    check(last.get("/healthz").status == 200, "the older build doesn't live any more")
    passed_over(last, newer_hosts, seller, tickets)
    last.kill()
    last.start(newer)
    cluster.wait_until_whole()
    cluster.program = newer
    cluster.account()
    print(f"    the older build said: {json.loads(why[0])['errors'][0]['message']}")


def passed_over(last, newer_hosts, seller, tickets):
    """The hosts that know the event go on, and the other one passes over nothing."""
    level = newer_hosts[0].records()
    done(newer_hosts[0].address, "DELETE", f"/api/tickets/{tickets[1]}", token=seller, status=204)
    wait_until(lambda: len(newer_hosts[1].records()) > len(level), "the hosts that know the event go on")
    kept = last.records()
    check(kept == level[: len(kept)], "the older build has another journal")
    check(not any(EVENT in line.encode() for line in kept), "the older build has a record that it can't read")
    answer = ask(last.address, "DELETE", f"/api/tickets/{tickets[2]}", token=seller, timeout=60)
    check(answer.status in (503, 504), f"a host that can't read the journal answers {answer.status} {answer.text[:300]}")
