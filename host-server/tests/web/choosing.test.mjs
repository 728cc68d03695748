// What a buyer chooses: sums in the digits of each currency, prices that change meanwhile, and tickets that others take.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { account, checkPage, launch, misdeeds, serve, signUp, toShow, visitor } from './browser.mjs'

const folder = mkdtempSync(join(tmpdir(), 'boxoffice-choosing-'))
let browser, host

before(async () => {
  browser = await launch()
  host = await serve(folder)
})

after(async () => {
  await browser?.close()
  await host?.stop()
  rmSync(folder, { recursive: true, force: true })
  assert.deepEqual(misdeeds, [])
})

/** Lists a seat for each price, and returns the seller with the tickets. A price is an amount and its currency. */
async function listed(name, ...prices) {
  const seller = await account(browser, host.url)
  const show = { name, startsAt: '2039-05-01T19:30:00Z' }
  const tickets = prices.map((text, at) => {
    const [price, currency] = text.split(' ')
    return { title: name, seat: `Row A, seat ${at + 1}`, price, currency, show }
  })
  return [seller, ...await seller('POST', '/api/tickets/batch', { tickets })]
}

const seat = (page, { id }) => page.locator(`[data-ticket="${id}"]`)
const box = (page, ticket) => seat(page, ticket).locator('input')
const live = (page) => page.locator('[data-live]').innerText()
/** What the bar at the bottom says, and a price, with plain spaces. */
const plain = async (place) => (await place.innerText()).replaceAll('\u00a0', ' ')
const sum = (page) => plain(page.locator('[data-chosen]'))

/** A tab that hears nothing of what others do. */
const deafen = (page) => page.route('**/live?*', (route) => route.fulfill({ contentType: 'text/event-stream', body: '' }))

test('sums have the digits that ISO 4217 gives a currency, whatever the browser believes', async () => {
  const page = await visitor(browser, host.url)
  for (const [currency, prices, first, both] of [
    ['HUF', ['1250.50', '1000.00'], 'HUF 1,250.50', 'HUF 2,250.50'],
    ['IQD', ['1250.125', '1000.250'], 'IQD 1,250.125', 'IQD 2,250.375'],
    ['IDR', ['15000.50', '20000.25'], 'IDR 15,000.50', 'IDR 35,000.75'],
    ['JPY', ['1500', '2000'], '¥1,500', '¥3,500'],
  ]) {
    const [, one, two] = await listed(`Prices in ${currency}`, ...prices.map((price) => `${price} ${currency}`))
    await toShow(page, `Prices in ${currency}`)
    assert.equal(await plain(seat(page, one).locator('.seat-price')), first)
    await box(page, one).check()
    assert.equal(await sum(page), `1 chosen, ${first}`)
    await box(page, two).check()
    assert.equal(await sum(page), `2 chosen, ${both}`)
    await box(page, one).uncheck()
    await box(page, two).uncheck()
    assert.match(await sum(page), /^Choose up to \d+ tickets\.$/)
  }
  const [, forints, dinars] = await listed('Two currencies', '1250.50 HUF', '1000.250 IQD')
  await toShow(page, 'Two currencies')
  await box(page, dinars).check()
  await box(page, forints).check()
  assert.equal(await sum(page), '2 chosen, HUF 1,250.50 and IQD 1,000.250')
})

test('a price that changes while one chooses is told, and its ticket has to be chosen again', async () => {
  const [seller, one, two] = await listed('Repriced', '20.00 USD', '30.00 USD')
  const page = await visitor(browser, host.url)
  await signUp(page)
  await toShow(page, 'Repriced')
  await box(page, one).check()
  await box(page, two).check()
  assert.equal(await sum(page), '2 chosen, $50.00')
  await seller('PUT', `/api/tickets/${one.id}`, { title: one.title, price: '25.00' })
  await seat(page, one).locator('.seat-price', { hasText: '$25.00' }).waitFor()
  assert.equal(await live(page), 'The price of Row A, seat 1 has changed to $25.00, and it is no longer chosen.')
  assert.deepEqual([await box(page, one).isChecked(), await box(page, two).isChecked()], [false, true])
  assert.equal(await sum(page), '1 chosen, $30.00')
  await box(page, one).check()
  assert.equal(await sum(page), '2 chosen, $55.00')
  await page.getByRole('button', { name: 'Hold and check out' }).click()
  await page.getByRole('heading', { name: 'Checkout' }).waitFor()
  await page.getByText('$55.00').first().waitFor()
})

test('who has not heard of a new price is asked again before anything is held', async () => {
  const [seller, ticket] = await listed('Repriced unheard', '20.00 USD')
  const page = await visitor(browser, host.url)
  await signUp(page)
  await deafen(page)
  await toShow(page, 'Repriced unheard')
  await box(page, ticket).check()
  await seller('PUT', `/api/tickets/${ticket.id}`, { title: ticket.title, price: '25.00' })
  await page.getByRole('button', { name: 'Hold and check out' }).click()
  await page.getByRole('heading', { name: 'The price has changed' }).waitFor()
  assert.equal(await page.locator('s').innerText(), '$20.00')
  assert.equal((await seller('GET', `/api/tickets/${ticket.id}`)).status, 'available')
  await checkPage(page, 'price-changed')
  await page.getByRole('button', { name: 'Hold them for $25.00' }).click()
  await page.getByRole('heading', { name: 'Checkout' }).waitFor()
  await page.getByText('$25.00').first().waitFor()
})

test('what is taken while one signs in is told, and the rest is still chosen', async () => {
  const [, one, two] = await listed('Signed in late', '20.00 USD', '30.00 USD')
  const [page, rival] = [await visitor(browser, host.url), await account(browser, host.url)]
  await toShow(page, 'Signed in late')
  await box(page, one).check()
  await box(page, two).check()
  await page.getByRole('button', { name: 'Sign in to buy' }).click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await rival('POST', '/api/orders', { ticketId: two.id })
  await page.getByRole('link', { name: 'Sign up' }).click()
  await page.getByLabel('Email').fill(`late-${process.pid}@example.com`)
  await page.getByLabel('Password').fill('correct horse battery')
  await page.getByRole('button', { name: 'Create my account' }).click()
  await page.getByText('No longer free: Row A, seat 2.').waitFor()
  await page.getByText('1 chosen, $20.00').waitFor()
  assert.deepEqual([await box(page, one).isChecked(), await box(page, two).isChecked()], [true, false])
  await checkPage(page, 'show-with-a-lost-ticket')
})

test('a chosen ticket that somebody else takes is told, and no longer chosen', async () => {
  const [, one, two] = await listed('Taken meanwhile', '20.00 USD', '30.00 USD')
  const [page, rival] = [await visitor(browser, host.url), await account(browser, host.url)]
  await toShow(page, 'Taken meanwhile')
  await box(page, one).check()
  await box(page, two).check()
  await rival('POST', '/api/orders', { ticketId: two.id })
  await page.locator(`[data-ticket="${two.id}"].locked`).waitFor()
  assert.equal(await live(page), 'Row A, seat 2 is no longer free, and no longer chosen.')
  assert.deepEqual([await box(page, two).isChecked(), await box(page, two).isDisabled()], [false, true])
  assert.equal(await sum(page), '1 chosen, $20.00')
})

test('tickets beyond what an order takes do not look as if they were held', async () => {
  const [, held] = await listed('More than enough', ...Array.from({ length: 30 }, () => '10.00 USD'))
  const [page, rival] = [await visitor(browser, host.url), await account(browser, host.url)]
  await rival('POST', '/api/orders', { ticketId: held.id })
  await toShow(page, 'More than enough')
  await page.locator('.seat.locked').waitFor()
  const max = Number(await page.locator('form[data-show]').getAttribute('data-tickets-max'))
  assert.ok(max > 1 && max < 29, `${max}`)
  const free = page.locator('.seat.available input')
  for (let at = 0; at < max; at++) await free.nth(at).check()
  assert.equal(await sum(page), `${max} chosen, $${max * 10}.00: as many as one order takes`)
  const spare = page.locator('.seat[data-spare]')
  assert.equal(await spare.count(), 29 - max)
  assert.ok(await spare.locator('input').first().isDisabled())
  const look = (place) => place.first().evaluate((it) => [getComputedStyle(it.querySelector('.seat-name')).textDecorationLine, getComputedStyle(it).borderTopStyle])
  assert.deepEqual([await look(spare), await look(page.locator('.seat.locked'))], [['none', 'solid'], ['line-through', 'dashed']])
  await checkPage(page, 'show-full-choice')
  await free.nth(0).uncheck()
  assert.equal(await spare.count(), 0)
  assert.ok(await free.last().isEnabled())
})
