"""A snapshot of the stream is restored: as it was, hosts go on; an older one raises an alarm, and the stream is made anew."""
import streams
from asking import ask, check, wait_until
from deaths import selling
from sales import account, list_tickets, sign_up

NEXT = "JOURNAL-2"


def restored(cluster, card, processor):
    turn = [0]

    def anybody():
        turn[0] += 1
        return cluster.hosts[turn[0] % 3].address

    sold = []
    with selling(cluster, card, anybody) as sales:
        sales.wait_for(20)
        sales.stop()
    sold += sales.sales
    as_it_was(cluster)
    copy = streams.snapshot(cluster.servers)
    with selling(cluster, card, anybody) as sales:
        sales.wait_for(20)
        sales.stop()
    sold += sales.sales
    before = cluster.level()
    older(cluster, copy)
    after = cluster.account()
    check(after[: len(before)] == before, "a stream that was made anew has another beginning")
    account(after, sold, processor)
    seller = sign_up(cluster.hosts[1].address, "seller")
    list_tickets(cluster.hosts[2].address, seller, 1)
    cluster.level()


def as_it_was(cluster):
    """The hosts are stopped, the stream is lost, and a snapshot of now is restored."""
    for host in cluster.hosts:
        host.stop()
    copy = streams.snapshot(cluster.servers)
    streams.remove(cluster.servers)
    gone = streams.asked(cluster.servers, f"STREAM.INFO.{streams.JOURNAL}")
    check(gone and gone["error"]["err_code"] == 10059, f"the stream is still there: {gone}")
    streams.restore(cluster.servers, copy)
    for host in cluster.hosts:
        host.start()
    cluster.wait_until_whole()
    cluster.account()
    print(f"    a snapshot of {copy[1]['last_seq']} messages is restored, and the hosts go on")


def older(cluster, copy):
    """The stream is lost while hosts run, and an older snapshot is restored: they must not go on with that."""
    servers, hosts = cluster.servers, cluster.hosts
    streams.remove(servers)
    wait_until(lambda: all(host.why_unready() for host in hosts), "no host is ready without a stream", 30)
    streams.restore(servers, copy)
    alarm = 'boxoffice_cluster_state{state="alarm"}'
    wait_until(lambda: any(host.metric(alarm) == 1 for host in hosts), "a host raises an alarm")
    for host in hosts:
        check(host.why_unready(), f"host {host.at} is ready with a stream that is shorter than its copy")
        body = {"email": "late@example.com", "password": "correct horse"}
        answer = ask(host.address, "POST", "/api/users/signup", body)
        check(answer.status in (503, 504), f"host {host.at} answers {answer.status} with a stream that is shorter")
    kept = {host.at: len(host.records()) for host in hosts}
    for host in hosts:
        host.stop()
    most = max(hosts, key=lambda host: kept[host.at])
    refused = most.remake()
    check(refused.returncode != 0 and "still there" in refused.stderr, f"a stream that is there is left: {refused}")
    made = most.remake("--even-if-there")
    check(made.returncode == 0, f"the stream is not made anew: {made}")
    for host in [most, *(host for host in hosts if host is not most)]:
        host.start()
    cluster.wait_until_whole()
    check(streams.journal(servers, NEXT)["state"]["last_seq"], f"there is no {NEXT}")
    print(f"    an older snapshot raises an alarm; {NEXT} goes on from {kept[most.at]} records of host {most.at}")
