// Paying real cards: the host takes them by way of Stripe, and Stripe's script makes the fields. localstripe keeps the books.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkPage, launch, misdeeds, serve, signUp, visitor } from './browser.mjs'
import { origins, standIn } from './stripe-script.mjs'

const address = process.env.BOXOFFICE_STRIPE_STAND_IN
process.env.STRIPE_SECRET_KEY = 'sk_test_12345'
const STRIPE = ['--gateway', 'stripe', '--stripe-api-base', address]
const POLICY = "script-src 'self' https://js.stripe.com https://*.js.stripe.com; img-src 'self'; connect-src 'self' https://api.stripe.com; "
  + 'frame-src https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com;'

const folder = mkdtempSync(join(tmpdir(), 'boxoffice-stripe-'))
let browser, host, keyless

before(async () => {
  browser = await launch()
  host = await serve(join(folder, 'host'), ...STRIPE, '--stripe-publishable-key', 'pk_test_12345')
  keyless = await serve(join(folder, 'keyless'), ...STRIPE)
  await sell(host)
  await sell(keyless)
})

after(async () => {
  await browser?.close()
  await host?.stop()
  await keyless?.stop()
  rmSync(folder, { recursive: true, force: true })
  assert.deepEqual(misdeeds, [])
})

async function sell({ url }) {
  const { request } = await browser.newContext({ baseURL: url })
  await request.post('/api/users/signup', { data: { email: 'seller@example.com', password: 'correct horse battery' } })
  const show = { name: 'Real Cards', venue: 'Harbour Hall', startsAt: '2039-05-01T19:30:00Z' }
  const tickets = Array.from({ length: 12 }, (_, at) => ({ title: show.name, price: '25.00', seat: `Seat ${at + 1}`, show }))
  const answer = await request.post('/api/tickets/batch', { data: { tickets } })
  assert.equal(answer.status(), 201)
}

/** Somebody at the checkout, and what was asked of Stripe from there. Nothing before it asks anybody else. */
async function buyer({ url }, options = {}) {
  const page = await visitor(browser, url, options)
  const asked = await standIn(page.context(), address)
  await signUp(page)
  await page.locator('.show a').first().click()
  await page.locator('.seat.available input').first().check()
  await page.getByRole('button', { name: 'Hold and check out' }).click()
  await page.getByRole('heading', { name: 'Checkout' }).waitFor()
  return { page, asked }
}

const field = (page, name) => page.frameLocator(`[data-hosted=${name}] iframe`).getByRole('textbox')
const payButton = (page) => page.getByRole('button', { name: /^Pay/ })

async function fill(page, number) {
  await page.getByLabel('Name on the card').fill('Ada Lovelace')
  await field(page, 'cardNumber').fill(number)
  await field(page, 'cardExpiry').fill('04 / 39')
  await field(page, 'cardCvc').fill('123')
}

/** What Stripe has taken for an order, in cents. */
async function taken(order) {
  const answer = await fetch(`${address}/v1/payment_intents?limit=100`, { headers: { authorization: 'Bearer sk_test_12345' } })
  const intents = (await answer.json()).data.filter((intent) => intent.metadata.order_id === order)
  return intents.map((intent) => [intent.status, intent.status === 'succeeded' ? intent.amount : 0])
}

const orderOf = (page) => /orders\/([0-9a-f-]{36})/.exec(page.url())[1]

test('a card is paid by Stripe, once, and what is wrong is told beside its field', async () => {
  const { page, asked } = await buyer(host, { origins })
  const order = orderOf(page)
  const answer = await page.reload()
  assert.ok(answer.headers()['content-security-policy'].includes(POLICY), answer.headers()['content-security-policy'])
  await field(page, 'cardNumber').waitFor()
  await checkPage(page, 'checkout-stripe')
  await payButton(page).click()
  await page.getByText('Enter the name on the card').waitFor()
  await page.getByLabel('Name on the card').fill('Ada Lovelace')
  await field(page, 'cardNumber').fill('4242 4242 42x2')
  await page.locator('[data-fault=cardNumber]').getByText('is invalid').waitFor()
  await field(page, 'cardNumber').fill('4242 4242')
  await page.locator('[data-fault=cardNumber]').waitFor({ state: 'hidden' })
  await payButton(page).click()
  await page.locator('[data-fault=cardNumber]').getByText('is incomplete').waitFor()
  await checkPage(page, 'checkout-stripe-with-errors')
  assert.deepEqual(asked, [], 'nothing that can’t be right is sent')
  await fill(page, '4242424242424242')
  await payButton(page).dblclick()
  await page.getByRole('heading', { name: 'The tickets are yours' }).waitFor()
  assert.deepEqual(asked, ['/v1/payment_methods'])
  assert.deepEqual(await taken(order), [['succeeded', 2500]])
  // The receipt is a page like any other again.
  const receipt = await page.reload()
  assert.ok(!receipt.headers()['content-security-policy'].includes('stripe'))
  assert.equal(await page.locator('script[src*="stripe"]').count(), 0)
})

test('a card that is declined', async () => {
  const { page } = await buyer(host, { origins })
  const order = orderOf(page)
  await fill(page, '4000000000000341')
  await payButton(page).click()
  await page.getByRole('heading', { name: 'Your card was declined' }).waitFor()
  assert.deepEqual(await taken(order), [['canceled', 0]])
})

test('the bank asks the buyer, who confirms, also after a reload', async () => {
  const { page, asked } = await buyer(host, { origins })
  const order = orderOf(page)
  await fill(page, '4000002500003155')
  await payButton(page).click()
  await page.getByRole('heading', { name: 'Confirm with your bank' }).waitFor()
  const yes = () => page.frameLocator('iframe[title="Your bank"]').getByRole('button', { name: 'Yes' })
  await yes().waitFor()
  const again = await page.reload()
  assert.ok(again.headers()['content-security-policy'].includes(POLICY))
  await yes().waitFor()
  await checkPage(page, 'confirm-with-the-bank')
  assert.deepEqual(await taken(order), [['requires_action', 0]])
  await yes().click()
  await page.getByRole('heading', { name: 'The tickets are yours' }).waitFor({ timeout: 60_000 })
  assert.equal(asked.filter((path) => path.endsWith('_authenticate')).length, 1)
  assert.deepEqual(await taken(order), [['succeeded', 2500]])
})

test('the bank asks the buyer, who is somebody else', async () => {
  const { page } = await buyer(host, { origins })
  await fill(page, '4000002500003155')
  await payButton(page).click()
  await page.frameLocator('iframe[title="Your bank"]').getByRole('button', { name: 'No' }).click()
  await page.getByRole('heading', { name: 'Your card was declined' }).waitFor({ timeout: 60_000 })
  await page.getByText('The bank could not confirm the payment').waitFor()
})

test('the bank is not reached at first', async () => {
  const { page } = await buyer(host, { origins, expected: /ERR_FAILED|ERR_INTERNET_DISCONNECTED/ })
  await fill(page, '4000002500003155')
  await payButton(page).click()
  await page.frameLocator('iframe[title="Your bank"]').getByRole('button', { name: 'Yes' }).waitFor()
  await page.route('https://api.stripe.com/**', (route) => route.abort())
  await page.frameLocator('iframe[title="Your bank"]').getByRole('button', { name: 'Yes' }).click()
  await page.getByText('Your bank can’t be reached').waitFor()
  await checkPage(page, 'bank-not-reached')
  await page.unroute('https://api.stripe.com/**')
  await page.getByRole('button', { name: 'Ask my bank' }).click()
  await page.frameLocator('iframe[title="Your bank"]').getByRole('button', { name: 'Yes' }).click()
  await page.getByRole('heading', { name: 'The tickets are yours' }).waitFor({ timeout: 60_000 })
})

test('Stripe is not reached: the page says so and sends nothing', async () => {
  const { page } = await buyer(host, { origins, expected: /ERR_FAILED/ })
  await field(page, 'cardNumber').waitFor()
  await page.route('https://api.stripe.com/**', (route) => route.abort())
  await fill(page, '4242424242424242')
  await payButton(page).click()
  await page.getByText('Stripe can’t be reached').waitFor()
  assert.equal(await payButton(page).getAttribute('aria-busy'), null)
  await page.route('https://js.stripe.com/**', (route) => route.abort())
  await page.reload()
  await page.getByText('Stripe can’t be reached').waitFor()
  assert.ok(await payButton(page).isDisabled())
  await checkPage(page, 'checkout-stripe-not-reached')
})

test('without JavaScript the checkout says that it needs it', async () => {
  const { page } = await buyer(host, { javaScriptEnabled: false })
  await page.getByText('Paying by card needs JavaScript here').waitFor()
  assert.ok(await payButton(page).isDisabled())
  // Whoever sends the form all the same is told, and keeps the tickets.
  const token = await page.locator('form[data-pay] [name=form-token]').inputValue()
  const headers = { origin: host.url, accept: 'text/html' }
  const answer = await page.request.post(`/orders/${orderOf(page)}/pay`, { headers, form: { 'form-token': token, token: 'tok_visa' } })
  assert.equal(answer.status(), 400)
  assert.match(await answer.text(), /Your card did not reach us.*You were not charged/)
  await page.getByRole('button', { name: 'Let them go' }).click()
  await page.getByRole('heading', { name: 'This order is cancelled' }).waitFor()
})

test('a host without a publishable key takes no cards in the browser, and asks nobody', async () => {
  const { page, asked } = await buyer(keyless)
  await page.getByText('Cards can’t be taken on this page').waitFor()
  await checkPage(page, 'checkout-without-cards')
  const answer = await page.reload()
  assert.ok(!answer.headers()['content-security-policy'].includes('stripe'))
  assert.deepEqual(asked, [])
})
