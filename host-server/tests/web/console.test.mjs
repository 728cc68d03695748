// The console as operators use it.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkPage, demo, launch, misdeeds, serve, signUp, visitor } from './browser.mjs'

const folder = mkdtempSync(join(tmpdir(), 'boxoffice-console-'))
let browser, host

before(async () => {
  browser = await launch()
  await demo(folder)
  host = await serve(folder)
})

after(async () => {
  await browser?.close()
  await host?.stop()
  rmSync(folder, { recursive: true, force: true })
  assert.deepEqual(misdeeds, [])
})

/** The demo's operator, who came for a page of the console. */
async function operator(path = '/console', options = {}) {
  const page = await visitor(browser, host.url, options)
  await page.goto(path)
  await page.getByLabel('Email').fill('olga@boxoffice.example')
  await page.getByLabel('Password').fill('correct horse battery')
  await page.locator('main').getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL(`**${path}`)
  return page
}

/** Somebody of the demo does something over the API. */
async function person(name) {
  const { request } = await browser.newContext({ baseURL: host.url })
  const answer = await request.post('/api/users/signin', { data: { email: `${name}@boxoffice.example`, password: 'correct horse battery' } })
  assert.ok(answer.ok(), await answer.text())
  return async (method, path, data) => {
    const answer = await request.fetch(path, { method, data })
    assert.ok(answer.ok(), await answer.text())
    return answer.status() === 204 ? null : answer.json()
  }
}

test('the overview shows the last hours, and figures in words and numbers', async () => {
  const page = await operator()
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  assert.equal(await page.getByRole('img').count() >= 6, true)
  await page.getByRole('link', { name: '3 hours' }).click()
  const ends = page.locator('#ends-table')
  await ends.locator('summary').click()
  const sold = await ends.locator('tbody td:nth-child(2)').allInnerTexts()
  assert.ok(sold.some((text) => Number(text) > 0), 'the demo sold in the last hours')
  await ends.locator('summary').click()
  await checkPage(page, 'console-overview')
})

test('the journal is live, can be paused and goes on without a gap', async () => {
  const [page, ask] = [await operator('/console/journal'), await person('selma')]
  const list = (title) => ask('POST', '/api/tickets', { title, price: '12.00' })
  const row = (title) => page.locator('.record', { hasText: title })
  await page.getByText('Live', { exact: true }).waitFor()
  await list('Live one')
  await row('Live one').waitFor()
  await page.getByRole('button', { name: 'Pause' }).click()
  await page.getByText('Paused', { exact: true }).waitFor()
  await list('Paused <b>one</b>')
  await list('Paused two')
  assert.equal(await row('Paused two').count(), 0)
  await checkPage(page, 'console-journal')
  await page.getByRole('button', { name: 'Pause' }).click()
  await row('Paused two').waitFor()
  assert.equal(await row('Paused <b>one</b>').count(), 1, 'a title is a text')
  const seqs = await page.locator('.record').evaluateAll((rows) => rows.map((row) => Number(row.dataset.seq)))
  assert.deepEqual(seqs, seqs.map((_, at) => seqs[0] - at), 'none is missing and none comes twice')
  await page.getByLabel('Event').selectOption('OrderExpired')
  await page.getByRole('button', { name: 'Filter' }).click()
  assert.deepEqual([...new Set(await page.locator('.record .event').allInnerTexts())], ['OrderExpired'])
  await checkPage(page, 'console-journal-filtered')
})

test('why somebody did not get a ticket', async () => {
  const [page, selma, bea] = [await operator(), await person('selma'), await person('bea')]
  const ticket = await selma('POST', '/api/tickets', { title: 'The only seat', price: '30.00' })
  const order = await bea('POST', '/api/orders', { ticketId: ticket.id })
  await page.getByLabel('Find a user').fill(ticket.id)
  await page.getByRole('button', { name: 'Find' }).click()
  await page.getByText('Somebody has it: held').waitFor()
  await bea('POST', '/api/payments', { orderId: order.id, token: 'tok_visa' })
  await page.reload()
  await page.locator('.answers').getByText('it was sold at').waitFor()
  await checkPage(page, 'console-story')
  await page.getByLabel("Buyer's email").fill('nobody')
  await page.getByRole('button', { name: 'Ask' }).click()
  await page.getByText('must be the email or the id of a user').waitFor()
  await checkPage(page, 'console-ticket')
  await page.getByRole('link', { name: 'See the order' }).click()
  await page.getByText('30.00 USD was paid').waitFor()
  await checkPage(page, 'console-order')
  await page.goto('/console/find?q=nothing')
  await checkPage(page, 'console-find')
})

test("a user's story, found by the email", async () => {
  const page = await operator()
  for (const name of ['bea', 'selma']) {
    await page.getByLabel('Find a user').fill(`${name}@boxoffice.example`)
    await page.getByRole('button', { name: 'Find' }).click()
    await page.getByRole('heading', { level: 1, name: `${name}@boxoffice.example` }).waitFor()
    await checkPage(page, `console-user-${name}`)
  }
  const listings = page.getByRole('region', { name: 'Listings' }).getByRole('row')
  const first = await listings.nth(1).innerText()
  await page.getByRole('link', { name: 'More listings' }).click()
  assert.notEqual(await listings.nth(1).innerText(), first)
  await listings.nth(1).getByRole('link').first().click()
  await page.getByRole('link', { name: 'selma@boxoffice.example' }).first().click()
  await page.getByText('Somebody signed up').waitFor()
})

test('holds, payments, and the ledger with a payout', async () => {
  const [page, selma, cleo] = [await operator('/console/holds'), await person('selma'), await person('bea')]
  await page.locator('#holds tbody tr').first().waitFor()
  const before = await page.locator('#holds tbody tr').count()
  await checkPage(page, 'console-holds')
  // The list goes on by itself.
  const ticket = await selma('POST', '/api/tickets', { title: 'Held meanwhile', price: '5.00' })
  await cleo('POST', '/api/orders', { ticketId: ticket.id })
  await page.getByText('Held meanwhile').waitFor()
  assert.equal(await page.locator('#holds tbody tr').count(), before + 1)
  await page.getByRole('link', { name: 'Payments' }).click()
  await page.getByText('Money that waits for an operator').waitFor()
  await checkPage(page, 'console-payments')
  await page.getByRole('link', { name: 'Ledger' }).click()
  await page.locator('td a').first().click()
  await page.getByText('Statement of').waitFor()
  await page.getByLabel('Amount').fill('a lot')
  await page.getByLabel('Reference').fill('SEPA 1')
  await page.getByRole('button', { name: 'Record the payout' }).click()
  await page.locator('#amount-fault').waitFor()
  await checkPage(page, 'console-ledger-with-errors')
  await page.getByLabel('Amount').fill('1.50')
  await page.getByRole('button', { name: 'Record the payout' }).click()
  await page.getByText('The payout is recorded.').waitFor()
  await checkPage(page, 'console-ledger')
})

test('a webhook is added, changed, disabled and removed, also without JavaScript', async () => {
  const page = await operator('/console/webhooks', { javaScriptEnabled: false })
  await page.getByText('Nobody is subscribed.').waitFor()
  await page.getByRole('link', { name: 'Add a webhook' }).click()
  await page.getByLabel('Receiver').fill('https://localhost/hooks')
  await page.getByLabel('OrderCreated').check()
  await page.getByRole('button', { name: 'Add the webhook' }).click()
  await page.getByText('must not lead to a private address').waitFor()
  await page.getByLabel('Receiver').fill('https://receiver.example/hooks')
  await page.getByRole('button', { name: 'Add the webhook' }).click()
  assert.match(await page.locator('.con-secret').innerText(), /^whsec_.{43}=$/)
  await page.getByRole('link', { name: 'Go to the webhook' }).click()
  await page.getByText('OrderCreated', { exact: true }).waitFor()
  await page.getByRole('link', { name: 'Change' }).click()
  await page.getByLabel('ChargeCreated').check()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('ChargeCreated, OrderCreated').waitFor()

  const second = await operator('/console/webhooks')
  await checkPage(second, 'console-webhooks')
  await second.getByRole('link', { name: 'Add a webhook' }).click()
  await checkPage(second, 'console-webhook-form')
  await second.getByLabel('Receiver').fill('https://second.example/hooks')
  await second.getByRole('button', { name: 'Add the webhook' }).click()
  await second.getByText('it is not shown again').waitFor()
  await checkPage(second, 'console-webhook-secret')
  await second.getByRole('link', { name: 'Go to the webhook' }).click()
  await second.getByText('Remove this webhook').click()
  await second.getByRole('button', { name: 'Remove it for good' }).click()
  await second.getByText('The webhook is removed').waitFor()

  await second.getByRole('link', { name: 'receiver.example' }).click()
  await second.getByRole('button', { name: 'Disable' }).click()
  await second.getByText('Nothing is delivered until it is resumed.').waitFor()
  await checkPage(second, 'console-webhook')
})

test('the journal is verified at a button, also without JavaScript', async () => {
  const page = await operator('/console/verify')
  await page.getByRole('button', { name: /^Verify \d+ records$/ }).click()
  await page.getByText('All is in order').waitFor()
  await checkPage(page, 'console-verify')
  const plain = await operator('/console/verify', { javaScriptEnabled: false })
  await plain.getByRole('button', { name: /^Verify \d+ records$/ }).click()
  await plain.getByText('All is in order').waitFor()
  await plain.goto('/console/journal')
  await plain.getByRole('link', { name: 'Older' }).click()
  await plain.getByRole('link', { name: 'Latest' }).waitFor()
})

test('who is no operator finds nothing', async () => {
  const page = await visitor(browser, host.url)
  await signUp(page)
  assert.equal((await page.goto('/console')).status(), 404)
  assert.equal(await page.getByRole('link', { name: 'Console' }).count(), 0)
})
