"""Requests over HTTP, a connection each."""
import collections
import http.client
import json
import time

Answer = collections.namedtuple("Answer", ["status", "headers", "text"])

# Longer than a host lets a request take.
TIMEOUT = 40


class Mistake(Exception):
    """Something is not as it must be."""


def check(condition, what):
    if not condition:
        raise Mistake(what)


def ask(address, method, path, body=None, token=None, headers=None, timeout=TIMEOUT):
    """Returns the answer of a host. Whatever keeps it from coming is an OSError or an HTTPException."""
    connection = http.client.HTTPConnection(address, timeout=timeout)
    try:
        given = {"Content-Type": "application/json"} | (headers or {})
        if token:
            given["Authorization"] = f"Bearer {token}"
        connection.request(method, path, None if body is None else json.dumps(body), given)
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read().decode())
    finally:
        connection.close()


def done(address, method, path, body=None, token=None, headers=None, status=201):
    """Returns the body of an answer that has this status."""
    answer = ask(address, method, path, body, token, headers)
    check(answer.status == status, f"{method} {path} at {address} gets {answer.status}: {answer.text[:300]}")
    return json.loads(answer.text) if answer.text else None


def token_of(answer):
    """Returns the token of a session that an answer has begun."""
    for cookie in answer.headers.get_all("Set-Cookie", []):
        name, _, value = cookie.split(";")[0].partition("=")
        if name in ("session", "__Host-session"):
            return value
    raise Mistake(f"an answer begins no session: {answer.status} {answer.text[:300]}")


def id_of(answer):
    """Returns the id of what an answer shows."""
    return json.loads(answer.text)["id"]


def wait_until(is_so, what, seconds=60, pause=0.05):
    """Waits until something is so, and returns the time that it took. `what` may be a function that says why it isn't."""
    begun = time.monotonic()
    while not is_so():
        if time.monotonic() > begun + seconds:
            raise Mistake(f"after {seconds} s still not: {what() if callable(what) else what}")
        time.sleep(pause)
    return time.monotonic() - begun
