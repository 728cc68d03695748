// Compiled, never run: what editors and compilers know of the package.

import {
  BoxOffice,
  BoxOfficeError,
  ManualClock,
  WebhookRefused,
  StripeGateway,
  checkGateway,
  initCluster,
  type ChargeAnswer,
  type ClusterOptions,
  type ListedRefund,
  type LookupRequest,
  type WebhookEvent,
  type WebhookMessage,
  type Order,
  type PaymentGateway,
  type RefundAnswer,
} from 'boxoffice'
import {
  FileCursor,
  Listener,
  Publisher,
  Subjects,
  boxOfficeRouter,
  currentUser,
  errorHandler,
  requireAuth,
  type OrderCreatedEvent,
} from 'boxoffice/express'
import express from 'express'

class Vouchers implements PaymentGateway {
  readonly name = 'vouchers'
  async charge(): Promise<ChargeAnswer> {
    return { status: 'charged' }
  }
  lookup({ reference }: LookupRequest): ChargeAnswer {
    return { status: 'authorized', reference }
  }
  capture(): ChargeAnswer {
    return { status: 'actionRequired', clientSecret: 'x' }
  }
  void(): ChargeAnswer {
    return { status: 'misconfigured', reason: 'no such account' }
  }
  checkAmount({ minor }: { minor: number }): string | undefined {
    return minor < 50 ? 'it is too small' : undefined
  }
  refund(): void {}
  refundsOf({ orderId, chargeId }: LookupRequest): ListedRefund[] {
    // @ts-expect-error: a list has refunds only
    const wrong: ListedRefund = { kind: 'refundsChanged', orderId, chargeId }
    return [wrong, { kind: 'refund', orderId, chargeId, refundId: 'r', answer: null }]
  }
  async refundsSince(since: Date): Promise<ListedRefund[]> {
    return since.getTime() === 0 ? [] : this.refundsOf({} as LookupRequest)
  }
  async readWebhook({ headers, body, now }: WebhookMessage): Promise<WebhookEvent> {
    if (headers['from'] !== 'bank' || now.getTime() === 0) throw new WebhookRefused('signature')
    // @ts-expect-error: there is no such reason
    if (body.length === 0) throw new WebhookRefused('mood')
    const amount = { amount: '5.00', currency: 'USD' }
    return { id: 'evt_1', report: { kind: 'refundElsewhere', orderId: 'o', chargeId: 'c', reference: 're_1', amount } }
  }
}

export class Bank implements Omit<PaymentGateway, 'name' | 'charge' | 'lookup'> {
  async refund(): Promise<RefundAnswer> {
    return { status: 'refused', reason: 'The account is closed' }
  }
}

class OrderCreatedListener extends Listener<OrderCreatedEvent> {
  readonly subject = Subjects.OrderCreated
  async onMessage(data: OrderCreatedEvent['data'], message: { ack(): void }): Promise<void> {
    const minor: number = data.total.minor
    console.log(minor)
    message.ack()
  }
}

class OrderCreatedPublisher extends Publisher<OrderCreatedEvent> {
  readonly subject = Subjects.OrderCreated
  publish(data: OrderCreatedEvent['data']): void {
    // @ts-expect-error: an order has no such thing
    console.log(data.nonsense)
  }
}

export async function main(): Promise<void> {
  await using office = await BoxOffice.open('data', { clock: new ManualClock(new Date()), gateway: new Vouchers(), lateMoney: 'return' })
  const order: Order = await office.orders.create('buyer', ['ticket'])
  const status: 'created' | 'awaiting_payment' | 'complete' | 'cancelled' | 'expired' = order.status
  const at: Date = order.expiresAt
  console.log(status, at)
  const refund: 'pending' | 'done' | 'failed' | undefined = order.charge?.refunds[0]?.status
  // @ts-expect-error: there is no such resolution
  console.log(refund, await office.asSystem().payments.resolve(order.id, 'lost', ''))
  if (office.payments.takesWebhooksOf('vouchers')) await office.payments.receiveWebhook(new Headers(), Buffer.from('{}'))
  const { records, damage } = await BoxOffice.recover('data', async (record) => record.seq < 5)
  console.log(records, damage?.what)
  const { signal } = new AbortController()
  for await (const { title } of office.tickets.iter({ sort: 'price' }, { signal })) console.log(title)
  for await (const entry of office.asSystem().ledger.iter('seller')) {
    const kind: 'sale' | 'refund' | 'dispute_lost' | 'payout' = entry.kind
    console.log(kind)
  }
  // @ts-expect-error: there is no such state
  console.log(await office.tickets.list({ status: 'gone' }))
  // @ts-expect-error: there is no such order of a list
  console.log(await office.tickets.list({ sort: 'title' }))
  // @ts-expect-error: there is no such option
  await office.tickets.withdraw('seller', 'ticket', { expectVersion: 1 })
  // @ts-expect-error: there is no such option
  await BoxOffice.open('data', { holdSecond: 60 })
  // @ts-expect-error: there is no such policy
  await BoxOffice.open('data', { lateMoney: 'retake,returns' })
  await office.payments.pay('buyer', order.id, 'tok_visa', { signal: AbortSignal.timeout(1_000) })
  for await (const record of office.journal.iter(1)) {
    // @ts-expect-error: only some events are about an order
    console.log(record.data.orderId)
    if (record.event === 'OrderCancelled') console.log(record.data.reason === 'buyer', record.data.tickets[0]?.version)
    // @ts-expect-error: there is no such event
    if (record.event === 'OrderVanished') console.log(record)
  }
  using feed = office.journal.subscribe(1, { signal })
  for await (const record of feed) console.log(record.seq, record.event)
  using rest = office.journal.subscribeAfter('0', { signal })
  for await (const { cursor } of rest) console.log(await office.journal.readAfter(cursor, 1))
  // @ts-expect-error: prices are exact, and so texts
  await office.tickets.create('seller', { title: 'x', price: 19.99 })
  const app = express()
  app.use(boxOfficeRouter(office, { publicUrl: ['https://a.example', 'https://b.example'], trustedProxies: '10.0.0.0/8' }))
  app.post('/told', async (req, res) => void res.json(await office.payments.receiveWebhook(req.headers, 'x')))
  app.get('/me', currentUser(office), requireAuth, (req, res) => void res.json(req.currentUser?.email))
  app.use(errorHandler)
  await new OrderCreatedListener(office, new FileCursor('cursor')).listen()
  await new OrderCreatedPublisher(office, new FileCursor('other')).stop()
}

export async function stripe(): Promise<void> {
  const gateway = new StripeGateway({ secretKey: 'sk_test_1', webhookSecret: ['whsec_1'], authorizeFirst: true })
  const mode: 'live' | 'test' = gateway.mode
  console.log(mode, gateway.name)
  await checkGateway(gateway, { chargedToken: 'pm_card_visa', declinedToken: 'pm_card_visa_chargeDeclined' })
  await BoxOffice.open('data', { gateway })
  // @ts-expect-error: there is no account without a key
  console.log(new StripeGateway({}))
}

export async function cluster(): Promise<void> {
  const options: ClusterOptions = { servers: ['nats://nats-0:4222'], user: ['boxoffice', 'secret'], levelWithinMs: 5_000, votes: false }
  const jwtKey = Buffer.alloc(32)
  const stream: string = await initCluster('data', { cluster: options, jwtKey })
  const office = await BoxOffice.open('data', { cluster: { ...options, hostName: 'worker-0' }, jwtKey })
  // @ts-expect-error: a box office on one machine has no cluster
  await office.cluster.message()
  const seen: number | undefined = await office.cluster?.message()
  console.log(stream, await office.cluster?.levelWith(seen ?? 0, 2_000))
  for (const { id, voter, heardAgoMs } of (await office.cluster?.status())?.hosts ?? []) console.log(id, voter, heardAgoMs)
  await office.asSystem().cluster?.remove('host')
  await office.asSystem().cluster?.takeOverAlone()
  // @ts-expect-error: there is no cluster without servers
  await BoxOffice.open('data', { cluster: { hostName: 'worker-0' } })
  // @ts-expect-error: there is no such option
  await BoxOffice.open('data', { cluster: { ...options, credentials: 'nats.creds' } })
}

export function locked(error: BoxOfficeError): boolean {
  // @ts-expect-error: there is no such code
  if (error.code === 'ticket.lokced') return true
  return error.code === 'ticket.locked'
}

export function code(error: unknown): string | undefined {
  return error instanceof BoxOfficeError ? `${error.code} ${error.statusCode} ${error.serializeErrors()[0]?.field}` : undefined
}
