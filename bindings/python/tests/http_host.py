"""The FastAPI example as the program that the HTTP tests talk to: see host-server/tests/it/harness/outside.rs for the protocol."""

import argparse
import asyncio
import importlib
import json
import os
import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import uvicorn
from boxoffice import AsyncBoxOffice, FeePolicy, ManualClock, Money
from fastapi import FastAPI


def create_app(*arguments: Any) -> FastAPI:
    """The example's application."""
    sys.path.insert(0, str(Path(__file__).parents[3] / "examples" / "fastapi"))
    app: FastAPI = importlib.import_module("main").create_app(*arguments)
    return app


async def obey(command: dict[str, Any], app: FastAPI, clock: ManualClock | None) -> None:
    office: AsyncBoxOffice = app.state.boxoffice.office
    match command:
        case {"advanceMs": int(millis)}:
            assert clock is not None
            clock.advance(timedelta(milliseconds=millis))
        case {"operator": [email, operator]}:
            await office.auth.set_operator(email, operator)
        case {"close": True}:
            await office.close()
        case _:
            raise ValueError(f"no such command: {command}")


async def serve(directory: str) -> None:
    settings = json.loads(os.environ["BOXOFFICE_TEST_SETTINGS"])
    clock = None if settings["now"] is None else ManualClock(settings["now"])
    options: dict[str, Any] = {"answer_payment_within": timedelta(milliseconds=settings["answerPaymentWithinMs"])}
    if clock is not None:
        options["clock"] = clock
    if settings["fees"] is not None:
        fixed = [Money(part["amount"], part["currency"]) for part in settings["fees"]["fixed"]]
        options["fees"] = FeePolicy(settings["fees"]["percent"], fixed=fixed)
    app = create_app(
        directory,
        options,
        {
            "public_url": settings["publicUrl"],
            "cors_origins": settings["corsOrigins"],
            "rate_limit": settings["rateLimit"],
            "feeds_max": settings["feedsMax"],
            "pages": True,
            "metrics": True,
        },
    )
    # Of a client that has gone nobody waits for the end of its stream.
    config = uvicorn.Config(app, port=0, log_level="warning", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        if serving.done():
            raise SystemExit("the server did not start")
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    print(f"listening on http://127.0.0.1:{port}", flush=True)

    event_loop = asyncio.get_running_loop()

    def listen() -> None:
        for line in sys.stdin:
            asyncio.run_coroutine_threadsafe(obey(json.loads(line), app, clock), event_loop).result()
            print("ok", flush=True)
        server.should_exit = True

    threading.Thread(target=listen, daemon=True).start()
    await serving


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True)
    asyncio.run(serve(parser.parse_args().data))
