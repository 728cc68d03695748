// The gateway to Stripe that comes with the package.

import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import test from 'node:test'
import { inspect } from 'node:util'

import { PaymentDeclinedError, StripeGateway, ValidationError, checkGateway } from 'boxoffice'
import { cast, open } from './helpers.mjs'
import { KEY, standIn } from './stripe-stand-in.mjs'

test('it conforms', async (t) => {
  const { url } = await standIn(t)
  await checkGateway(new StripeGateway({ secretKey: KEY, apiBase: url }), { chargedToken: 'pm_visa', declinedToken: 'pm_empty' })
})

for (const authorizeFirst of [false, true]) {
  test(`a sale ${authorizeFirst ? 'whose money is set aside first' : 'at once'}`, async (t) => {
    const { books, url } = await standIn(t)
    const office = await open(t, { gateway: new StripeGateway({ secretKey: KEY, apiBase: url, authorizeFirst }) })
    const { ann, bob, ticket } = await cast(office)
    const order = await office.orders.create(bob.id, [ticket.id])
    const charge = await office.payments.pay(bob.id, order.id, 'pm_visa')
    assert.deepEqual([charge.status, charge.gateway, charge.reference], ['succeeded', 'stripe-test', 'pi_1'])
    const { status, amount, currency, capture, metadata } = books.intents.get('pi_1')
    assert.deepEqual([status, amount, currency, capture], ['succeeded', 1999, 'usd', authorizeFirst ? 'manual' : 'automatic'])
    assert.deepEqual(metadata, { order_id: order.id, charge_id: charge.id })
    const { refunded, refunds } = await office.payments.refundPart(ann.id, order.id, '5.00')
    assert.deepEqual([refunded.minor, refunds[0].reference, books.refunds.get('re_1').amount], [500, 're_1', 500])
    const other = await office.tickets.create(ann.id, { title: 'Seat 2', price: '5' })
    const { id } = await office.orders.create(bob.id, [other.id])
    await assert.rejects(office.payments.pay(bob.id, id, 'pm_empty'), (error) => {
      return error instanceof PaymentDeclinedError && /insufficient funds/.test(error.message)
    })
    assert.equal(books.intents.get('pi_2').status, 'canceled')
  })
}

/** A webhook as Stripe sends it. */
function signed(payload, secret) {
  const [body, now] = [JSON.stringify(payload), Math.floor(Date.now() / 1000)]
  return [{ 'stripe-signature': `t=${now},v1=${createHmac('sha256', secret).update(`${now}.${body}`).digest('hex')}` }, body]
}

for (const [webhookSecret, secret] of [
  ['whsec_one', 'whsec_one'],
  [['whsec_new', 'whsec_old'], 'whsec_old'],
]) {
  test(`webhooks are believed if they are signed with ${inspect(webhookSecret)}`, async (t) => {
    const { url } = await standIn(t)
    const office = await open(t, { gateway: new StripeGateway({ secretKey: KEY, webhookSecret, apiBase: url }) })
    const { bob, ticket } = await cast(office)
    const order = await office.orders.create(bob.id, [ticket.id])
    const { id } = await office.payments.pay(bob.id, order.id, 'pm_visa')
    const object = { id: 'dp_1', amount: 1999, currency: 'usd', reason: 'fraudulent', status: 'needs_response', payment_intent: 'pi_1' }
    const payload = { id: 'evt_1', type: 'charge.dispute.created', livemode: false, data: { object } }
    assert.equal(office.payments.takesWebhooksOf('stripe'), true)
    await assert.rejects(office.payments.receiveWebhook(...signed(payload, 'whsec_of_a_thief')), /signature does not match/)
    await office.payments.receiveWebhook(...signed(payload, secret))
    const { disputes } = await office.payments.get(bob.id, id)
    assert.deepEqual(disputes.map(({ reference, amount, status }) => [reference, amount.minor, status]), [['dp_1', 1999, 'open']])
  })
}

test('keys are checked and never shown', async (t) => {
  const [testing, live] = ['sk_test_hidden', 'rk_live_hidden'].map((secretKey) => new StripeGateway({ secretKey }))
  assert.deepEqual([testing.name, testing.mode, live.name, live.mode], ['stripe-test', 'test', 'stripe', 'live'])
  assert.doesNotMatch(inspect(live, { showHidden: true, getters: true }), /hidden/)
  for (const [options, field] of [
    [{ secretKey: 'pk_test_hidden' }, 'secretKey'],
    [{ secretKey: '' }, 'secretKey'],
    [{ secretKey: 'sk_test_hidden', apiBase: 'http://stripe.example' }, 'apiBase'],
    [{ secretKey: 'sk_test_hidden', apiBase: 'no address' }, 'apiBase'],
  ]) {
    assert.throws(
      () => new StripeGateway(options),
      (error) => error instanceof ValidationError && error.errors[0].field === field && !error.message.includes('hidden'),
    )
  }
  for (const options of [undefined, {}, { secretKey: 5 }, { secretKey: 'sk_test_1', webhookSecret: 5 }]) {
    assert.throws(() => new StripeGateway(options))
  }
  // A call that is none of the constructor's makes no gateway.
  await assert.rejects(open(t, { gateway: { name: 'stripe' } }), TypeError)
})
