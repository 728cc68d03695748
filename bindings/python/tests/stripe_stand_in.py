"""A stand-in for Stripe with as much of it as a payment needs. The gateway itself is tested against one that others wrote."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

KEY = "sk_test_12345"

Object = dict[str, Any]


class Refused(Exception):
    """Stripe says no: the status, and what is wrong."""

    def __init__(self, status: int, **error: Any) -> None:
        self.status, self.error = status, error


class Books:
    """What Stripe has."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.intents: dict[str, Object] = {}
        self.refunds: dict[str, Object] = {}
        self.answers: dict[str, tuple[int, Object]] = {}

    def list(self, kind: str, intent: str | None) -> Object:
        rows = self.intents.values() if kind == "payment_intents" else self.refunds.values()
        return {"data": [row for row in rows if intent in (None, row.get("payment_intent"))], "has_more": False}

    def create(self, kind: str, form: dict[str, str]) -> Object:
        metadata = {name[9:-1]: value for name, value in form.items() if name.startswith("metadata[")}
        known = {"amount": int(form["amount"]), "metadata": metadata}
        if kind == "refunds":
            intent = self.intents[form["payment_intent"]]
            refund = {"id": f"re_{len(self.refunds) + 1}", "payment_intent": intent["id"], "currency": intent["currency"]}
            return self.refunds.setdefault(refund["id"], {**known, **refund, "status": "succeeded"})
        id = f"pi_{len(self.intents) + 1}"
        intent = {"id": id, "client_secret": f"{id}_secret_1", "status": "requires_payment_method", **known}
        intent.update(currency=form["currency"], capture_method=form["capture_method"])
        return self.intents.setdefault(id, intent)

    def change(self, id: str, what: str, form: dict[str, str]) -> Object:
        intent = self.intents[id]
        match what, intent["status"]:
            case "", "requires_payment_method":
                intent.update(card=form["payment_method"], status="requires_confirmation")
            case "confirm", "requires_confirmation" if intent["card"] == "pm_empty":
                error = {"type": "card_error", "code": "card_declined", "decline_code": "insufficient_funds"}
                intent.update(status="requires_payment_method", last_payment_error=error)
                raise Refused(402, **error)
            case "confirm", "requires_confirmation":
                intent["status"] = "requires_capture" if intent["capture_method"] == "manual" else "succeeded"
            case "capture", "requires_capture":
                intent["status"] = "succeeded"
            case "cancel", status if status != "succeeded":
                intent["status"] = "canceled"
            case _:
                raise Refused(400, type="invalid_request_error", code="payment_intent_unexpected_state")
        return intent


class Handler(BaseHTTPRequestHandler):
    books: Books

    def answer(self, form: dict[str, str]) -> tuple[int, Object]:
        if self.headers["Authorization"] != f"Bearer {KEY}":
            return 401, {"error": {"type": "invalid_request_error"}}
        url = urlsplit(self.path)
        _, _, kind, *rest = url.path.split("/")
        try:
            if self.command == "GET":
                query = dict(parse_qsl(url.query))
                return 200, self.books.intents[rest[0]] if rest else self.books.list(kind, query.get("payment_intent"))
            if not rest:
                return 200, self.books.create(kind, form)
            return 200, self.books.change(rest[0], "".join(rest[1:]), form)
        except Refused as refused:
            return refused.status, {"error": refused.error}

    def do_GET(self) -> None:
        with self.books.lock:
            self.say(*self.answer({}))

    def do_POST(self) -> None:
        form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()))
        key = self.headers["Idempotency-Key"]
        with self.books.lock:
            if key in self.books.answers:
                return self.say(*self.books.answers[key], repeated=True)
            status, answer = self.answer(form)
            if key is not None:
                self.books.answers[key] = status, dict(answer)
            self.say(status, answer)

    def say(self, status: int, answer: Object, repeated: bool = False) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if repeated:
            self.send_header("Idempotent-Replayed", "true")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing: the tests look at the books."""


class StandIn:
    """A running stand-in."""

    def __init__(self) -> None:
        self.books = Books()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"books": self.books}))
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.server.shutdown()
        self.server.server_close()
