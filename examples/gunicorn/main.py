"""Workers of gunicorn that share one box office: each has a data directory, and all of them one journal on NATS."""

import os
import time
from datetime import timedelta
from pathlib import Path

from boxoffice import BoxOffice, BoxOfficeError, ClusterOptions, NewTicket, UnavailableError, init_cluster
from flask import Flask, Response, jsonify, request
from flask.typing import ResponseReturnValue

DATA = Path(os.environ.get("BOXOFFICE_DATA", "boxoffice-data"))
SERVERS = os.environ.get("BOXOFFICE_CLUSTER", "nats://127.0.0.1:4222").split(",")
KEY = os.environ["JWT_KEY"].encode()


def options(worker: str) -> ClusterOptions:
    """What a worker is in the cluster."""
    # One server, for a try: it loses sales with its power.
    is_try = os.environ.get("BOXOFFICE_CLUSTER_TEST") == "1"
    return ClusterOptions(SERVERS, host_name=f"worker-{worker}", replicas=1 if is_try else 3, test_servers=is_try)


def open_when_free(worker: str, seconds: float = 30) -> BoxOffice:
    """Opens a worker's directory once the worker before has let go of it, as at a reload, and the servers are there."""
    until = time.monotonic() + seconds
    while True:
        try:
            return BoxOffice(DATA / worker, cluster=options(worker), jwt_key=KEY)
        except UnavailableError as error:
            may_pass = error.code == "journal.in_use" or error.retry_after is not None
            if not may_pass or time.monotonic() > until:
                raise
            time.sleep(0.1)


def create_app() -> Flask:
    """Creates the application of a worker, whose number is in the environment: see gunicorn.conf.py."""
    worker = os.environ["BOXOFFICE_WORKER"]
    office = open_when_free(worker)
    cluster = office.cluster
    assert cluster is not None
    app = Flask(__name__)

    @app.before_request
    def wait_for_what_was_seen() -> None:
        # What a client has done at another worker is here some milliseconds later.
        position = request.cookies.get("position", "")
        if position.isdecimal() and len(position) < 19:
            cluster.level_with(int(position), timedelta(seconds=2))

    @app.after_request
    def tell_how_far_it_is(response: Response) -> Response:
        response.headers["x-worker"] = worker
        response.set_cookie("position", str(cluster.message()), httponly=True, samesite="Lax")
        return response

    @app.errorhandler(BoxOfficeError)
    def common_shape(error: BoxOfficeError) -> ResponseReturnValue:
        return jsonify(errors=error.serialize_errors()), error.status_code, {"x-error-code": error.code}

    def user_id() -> str:
        return office.auth.authenticate(request.headers.get("authorization", "").removeprefix("Bearer ")).user_id

    @app.post("/signup")
    def sign_up() -> ResponseReturnValue:
        body = request.get_json()
        signed_in = office.auth.sign_up(body["email"], body["password"])
        return jsonify(id=signed_in.user.id, token=signed_in.token), 201

    @app.get("/tickets")
    def tickets() -> Response:
        return jsonify([{"id": ticket.id, "title": ticket.title} for ticket in office.tickets.iter()])

    @app.post("/tickets")
    def list_ticket() -> ResponseReturnValue:
        body = request.get_json()
        return jsonify(id=office.tickets.create(user_id(), NewTicket(body["title"], body["price"])).id), 201

    @app.post("/purchases")
    def purchase() -> ResponseReturnValue:
        body, buyer = request.get_json(), user_id()
        # Under a key, a client may ask again that has no answer because the worker that writes has died.
        key = request.headers["idempotency-key"]
        order = office.orders.create(buyer, [body["ticketId"]], idempotency_key=f"order-{key}")
        charge = office.payments.pay(buyer, order.id, body["token"], idempotency_key=f"charge-{key}")
        return jsonify(order=order.id, status=charge.status), 201

    @app.get("/worker")
    def say_who_answers() -> Response:
        status = cluster.status()
        voters = sum(host.voter for host in status.hosts)
        records = office.journal.head()
        return jsonify(pid=os.getpid(), state=status.state, unready=status.unready, voters=voters, records=records)

    return app


if __name__ == "__main__":
    # Once in the life of the box office.
    print(f"made {init_cluster(DATA / '0', options('0'), KEY)}")
