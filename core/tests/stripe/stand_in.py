"""localstripe, with what Stripe does and it does not:

- Idempotency keys: it ignores them. Here the first answer under a key is given again, as Stripe documents it.
- Lists of payment intents by time: it refuses `created[...]`. Here all are listed, which is more than was asked for.
- `use_stripe_sdk`, which says whose script authenticates the buyer: it refuses it, and does as if it had been said.
"""

import asyncio

from aiohttp import web
from localstripe import resources


def confirm(use_stripe_sdk=None, **data):
    return resources.PaymentIntent._api_confirm(**data)


# Before the server is imported, because it makes its routes of this list.
for at, (method, url, _) in enumerate(resources.extra_apis):
    if url == '/v1/payment_intents/{id}/confirm':
        resources.extra_apis[at] = (method, url, confirm)

from localstripe import server  # noqa: E402

answers = {}
locks = {}


@web.middleware
async def as_stripe_does(request, handler):
    if request.method == 'GET' and request.path == '/v1/payment_intents':
        query = {name: value for name, value in request.query.items() if not name.startswith('created[')}
        request = request.clone(rel_url=request.rel_url.with_query(query))
    key = request.headers.get('Idempotency-Key')
    if key is None:
        return await handler(request)
    async with locks.setdefault(key, asyncio.Lock()):
        asked = (request.path, await request.read())
        if key in answers:
            before, body, status = answers[key]
            if before != asked:
                error = {'type': 'idempotency_error', 'message': 'Keys can only be used with the same parameters'}
                return web.json_response({'error': error}, status=400)
            headers = {'Idempotent-Replayed': 'true'}
            return web.Response(body=body, status=status, content_type='application/json', headers=headers)
        response = await handler(request)
        answers[key] = (asked, response.body, response.status)
        return response


server.app.middlewares.insert(0, as_stripe_does)
server.start()
