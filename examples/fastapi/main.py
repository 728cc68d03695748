"""A small FastAPI application: the whole box office over HTTP from the ready router, and one additional page."""

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Annotated

from boxoffice import AsyncBoxOffice, Options, User
from boxoffice.fastapi import BoxOfficeAPI, Settings, box_office, require_user
from fastapi import Depends, FastAPI


def create_app(
    directory: str, options: Options | None = None, settings: Settings | None = None
) -> FastAPI:
    """Creates the application of the box office in ``directory``."""
    api = BoxOfficeAPI(**(settings or {}))

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        async with AsyncBoxOffice.open(directory, **(options or {})) as office, api.serving(app, office):
            yield

    # The ready router serves the API description and its documentation.
    app = FastAPI(title="Tickets", lifespan=lifespan, openapi_url=None)
    api.install(app)

    @app.get("/my/summary")
    async def summary(
        user: Annotated[User, Depends(require_user)], office: Annotated[AsyncBoxOffice, Depends(box_office)]
    ) -> dict[str, object]:
        """The account of the signed-in user: a route of this application, in addition to those of the router."""
        orders = await office.orders.list(user.id)
        tickets = await office.tickets.list(seller=user.id, status="all")
        return {"email": user.email, "orders": len(orders.items), "listed": len(tickets.items)}

    return app


if __name__ == "__main__":
    import uvicorn

    # One worker: a box office is open in one process.
    # Event feeds never end: at shutdown, connected clients get some seconds.
    uvicorn.run(create_app(os.environ.get("BOXOFFICE_DATA", "boxoffice-data")), port=3000, timeout_graceful_shutdown=5)
