// A stand-in for Stripe with as much of it as a payment needs. The gateway itself is tested against one that others wrote.

import { once } from 'node:events'
import { createServer } from 'node:http'

export const KEY = 'sk_test_12345'

/** Stripe says no: the status, and what is wrong. */
class Refused extends Error {
  constructor(status, error) {
    super(error.code)
    Object.assign(this, { status, error })
  }
}

/** What Stripe has. */
class Books {
  intents = new Map()
  refunds = new Map()
  answers = new Map()

  list(kind, intent) {
    const rows = [...(kind === 'payment_intents' ? this.intents : this.refunds).values()]
    return { data: rows.filter((row) => intent === null || row.payment_intent === intent), has_more: false }
  }

  create(kind, form) {
    const named = [...form].filter(([name]) => name.startsWith('metadata['))
    const metadata = Object.fromEntries(named.map(([name, value]) => [name.slice(9, -1), value]))
    const known = { amount: Number(form.get('amount')), metadata }
    if (kind === 'refunds') {
      const { id: payment_intent, currency } = this.intents.get(form.get('payment_intent'))
      const refund = { id: `re_${this.refunds.size + 1}`, payment_intent, currency, status: 'succeeded', ...known }
      this.refunds.set(refund.id, refund)
      return refund
    }
    const id = `pi_${this.intents.size + 1}`
    const [currency, capture] = [form.get('currency'), form.get('capture_method')]
    this.intents.set(id, { id, client_secret: `${id}_secret_1`, status: 'requires_payment_method', currency, capture, ...known })
    return this.intents.get(id)
  }

  change(id, what, form) {
    const intent = this.intents.get(id)
    const is = (asked, status) => what === asked && intent.status === status
    if (is(undefined, 'requires_payment_method')) {
      return Object.assign(intent, { card: form.get('payment_method'), status: 'requires_confirmation' })
    }
    if (is('confirm', 'requires_confirmation') && intent.card === 'pm_empty') {
      const error = { type: 'card_error', code: 'card_declined', decline_code: 'insufficient_funds' }
      Object.assign(intent, { status: 'requires_payment_method', last_payment_error: error })
      throw new Refused(402, error)
    }
    if (is('confirm', 'requires_confirmation')) {
      return Object.assign(intent, { status: intent.capture === 'manual' ? 'requires_capture' : 'succeeded' })
    }
    if (is('capture', 'requires_capture')) return Object.assign(intent, { status: 'succeeded' })
    if (what === 'cancel' && intent.status !== 'succeeded') return Object.assign(intent, { status: 'canceled' })
    throw new Refused(400, { type: 'invalid_request_error', code: 'payment_intent_unexpected_state' })
  }

  /** The status and the answer. */
  answer(method, url, authorization, form) {
    if (authorization !== `Bearer ${KEY}`) return [401, { error: { type: 'invalid_request_error' } }]
    const [, , kind, id, what] = url.pathname.split('/')
    try {
      if (method === 'GET') return [200, id === undefined ? this.list(kind, url.searchParams.get('payment_intent')) : this.intents.get(id)]
      return [200, id === undefined ? this.create(kind, form) : this.change(id, what, form)]
    } catch (error) {
      if (error instanceof Refused) return [error.status, { error: error.error }]
      throw error
    }
  }
}

/** A running stand-in, until the test ends: its books and its address. */
export async function standIn(t) {
  const books = new Books()
  const server = createServer(async (req, res) => {
    const parts = await req.toArray()
    const key = req.headers['idempotency-key']
    const repeated = key !== undefined && books.answers.has(key)
    if (!repeated) {
      const form = new URLSearchParams(Buffer.concat(parts).toString())
      const [status, answer] = books.answer(req.method, new URL(req.url, 'http://stand-in'), req.headers.authorization, form)
      const text = JSON.stringify(answer)
      if (key === undefined) return res.writeHead(status).end(text)
      books.answers.set(key, [status, text])
    }
    const [status, text] = books.answers.get(key)
    res.writeHead(status, repeated ? { 'idempotent-replayed': 'true' } : {}).end(text)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.closeAllConnections())
  t.after(() => server.close())
  return { books, url: `http://127.0.0.1:${server.address().port}` }
}
