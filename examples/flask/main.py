"""A box office in Flask, in a few lines: the current user, the common error shape, and two routes."""

import os

from boxoffice import BoxOffice, BoxOfficeError, NewTicket, UnauthenticatedError, User
from flask import Flask, Response, g, jsonify, request
from flask.typing import ResponseReturnValue


def create_app(office: BoxOffice) -> Flask:
    """Creates the application of an open box office."""
    app = Flask(__name__)

    @app.errorhandler(BoxOfficeError)
    def common_shape(error: BoxOfficeError) -> ResponseReturnValue:
        return jsonify(errors=error.serialize_errors()), error.status_code, {"x-error-code": error.code}

    @app.before_request
    def current_user() -> None:
        g.user = None
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            try:
                g.user = office.auth.current_user(office.auth.authenticate(token.strip()))
            except UnauthenticatedError:
                pass

    def require_user() -> User:
        if g.user is None:
            raise UnauthenticatedError("auth.required", [("Not signed in", None)])
        user: User = g.user
        return user

    @app.post("/signup")
    def sign_up() -> ResponseReturnValue:
        signed_in = office.auth.sign_up(request.json["email"], request.json["password"])  # type: ignore[index]
        return jsonify(id=signed_in.user.id, token=signed_in.token), 201

    @app.post("/tickets")
    def list_ticket() -> ResponseReturnValue:
        body = request.get_json()
        ticket = office.tickets.create(require_user().id, NewTicket(body["title"], str(body["price"])))
        return jsonify(id=ticket.id, price=str(ticket.price.amount), currency=ticket.price.currency), 201

    @app.get("/healthz")
    def health() -> Response:
        return jsonify(status="ok" if office.is_ready() else "closed")

    return app


if __name__ == "__main__":
    # Threads share the box office; more than one process can't.
    create_app(BoxOffice(os.environ.get("BOXOFFICE_DATA", "boxoffice-data"))).run(port=3000, threaded=True)
