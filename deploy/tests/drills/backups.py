"""Every host and the stream are lost, and a backup is left: a box office goes on from it, as the guide to Kubernetes says."""
import shutil

import streams
from asking import check, wait_until
from hosts import OPEN_WITHIN
from sales import list_tickets, sign_up

NEXT = "JOURNAL-2"


def restored(cluster):
    first, *others = cluster.hosts
    seller = sign_up(first.address, "seller")
    cluster.level()
    list_tickets(others[0].address, seller, 3)
    cluster.account()
    backup = cluster.folder / "backup"
    first.command("backup", backup)
    kept = first.records()
    # What comes after the backup is lost with the hosts.
    list_tickets(others[0].address, seller, 1)
    for host in cluster.hosts:
        host.kill()
        shutil.rmtree(host.folder)
    streams.remove(cluster.servers)
    shutil.copytree(backup, first.folder)
    go_on(first, others)
    cluster.wait_until_whole()
    list_tickets(others[0].address, seller, 2)
    # A majority of the hosts has to keep the keys of somebody new.
    sign_up(others[1].address, "buyer")
    cluster.account()
    check(first.records()[: len(kept)] == kept, "a box office that was restored has another beginning than its backup")
    check(streams.journal(cluster.servers, NEXT)["state"]["last_seq"], f"there is no {NEXT}")
    print(f"    {NEXT} goes on from a backup with {len(kept)} records")


def go_on(first, others):
    """The host with the backup writes alone, until the others, which were lost, have left and new ones have joined."""
    refused = first.remake()
    names = [f"host-{host.at}" for host in [first, *others]]
    told = refused.returncode != 0 and all(name in refused.stderr for name in ["--as", *names])
    check(told, f"a backup is nobody's directory, and goes on all the same: {refused}")
    made = first.remake("--as", names[0])
    check(made.returncode == 0, f"the stream is not made anew: {made}")
    first.start()
    is_open = lambda: first.run("cluster", "status").returncode == 0  # noqa: E731
    wait_until(is_open, "the server of the host with the backup has it open", OPEN_WITHIN, pause=1)
    first.command("cluster", "take-over", "--alone")
    for host in others:
        first.command("cluster", "leave", f"host-{host.at}")
    for host in others:
        host.start()
        host.wait_until_ready()
        host.command("cluster", "join")
