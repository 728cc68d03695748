// Words as long as they may be: no page gets wider than the screen.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { account, launch, misdeeds, pay, serve, signUp, toShow, visitor } from './browser.mjs'

const folder = mkdtempSync(join(tmpdir(), 'boxoffice-words-'))
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

const WORD = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerk'.repeat(3)
const SEAT = 'Reihe'.repeat(18)
const CATEGORY = 'c'.repeat(40)
const EMAIL = `${'a'.repeat(64)}@${'b'.repeat(63)}.example`
const PRICE = '9999999.99'

/** Fails if the page can be scrolled sideways, on a phone or on a desktop. */
async function fits(page, what) {
  for (const [width, height] of [[1280, 860], [390, 844]]) {
    await page.setViewportSize({ width, height })
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    assert.ok(over <= 0, `${what} is ${over} px too wide at ${width} px`)
  }
}

async function look(page, path) {
  assert.equal((await page.goto(path)).status(), 200, path)
  await fits(page, path)
}

const hold = (page) => page.getByRole('button', { name: 'Hold and check out' }).click()

test('long words wrap on every page', async () => {
  const office = await visitor(browser, host.url)
  const seller = await account(browser, host.url, { email: EMAIL, context: office.context() })
  const show = { name: WORD, venue: WORD, category: CATEGORY, startsAt: '2039-05-01T19:30:00Z' }
  const list = (name, seats) => Array.from({ length: seats }, (_, at) => ({ title: WORD, price: PRICE, seat: `${SEAT} ${at}`, show: { ...show, name } }))
  const [one, two, three] = await seller('POST', '/api/tickets/batch', { tickets: list(WORD, 5) })
  const [only] = await seller('POST', '/api/tickets/batch', { tickets: list(`Last${WORD}`, 1) })

  const page = await visitor(browser, host.url)
  await signUp(page)
  const check = ({ id }) => page.locator(`[data-ticket="${id}"] input`).check()
  await look(page, '/')
  await toShow(page, `Last${WORD}`)
  const lastShow = page.url()
  await toShow(page, WORD)
  await fits(page, 'the show')
  await check(one)
  await hold(page)
  await page.getByRole('heading', { name: 'Checkout' }).waitFor()
  await fits(page, 'the checkout')
  const order = page.url().split('/').at(-1)
  await pay(page)
  await page.getByRole('heading', { name: 'The tickets are yours' }).waitFor()
  await fits(page, 'the receipt')
  await look(page, '/orders')

  // In a tab that hears nothing, a ticket is taken and a price changes.
  const rival = await account(browser, host.url)
  await page.route('**/live?*', (route) => route.fulfill({ contentType: 'text/event-stream', body: '' }))
  await toShow(page, WORD)
  await check(two)
  await rival('POST', '/api/orders', { ticketId: two.id })
  await hold(page)
  await page.getByRole('heading', { name: 'Somebody was quicker' }).waitFor()
  await fits(page, 'what was lost')
  await toShow(page, WORD)
  await check(three)
  await seller('PUT', `/api/tickets/${three.id}`, { title: WORD, price: '9999998.99' })
  await hold(page)
  await page.getByRole('heading', { name: 'The price has changed' }).waitFor()
  await fits(page, 'the new price')
  const last = await rival('POST', '/api/orders', { ticketId: only.id })
  await rival('POST', '/api/payments', { orderId: last.id, token: 'tok_visa' })
  await look(page, lastShow)
  await page.getByRole('heading', { name: 'Every ticket is sold' }).waitFor()

  for (const path of ['/sell', `/sell/tickets/${three.id}`, '/sell/balance', '/account']) await look(office, path)
  await look(office, '/sell/many')
  await office.getByRole('textbox', { name: 'Rows' }).fill(`title,seat,price\n${`${WORD},${SEAT} 9,20.00\n`.repeat(2)}`)
  await office.getByRole('button', { name: 'Preview' }).click()
  await office.getByText('1 of 2 rows').waitFor()
  await fits(office, 'the preview')

  execFileSync(process.env.BOXOFFICE_PROGRAM, ['operator', 'add', EMAIL, '--data', folder], { stdio: ['ignore', 'ignore', 'inherit'] })
  const { sellerId } = one
  for (const path of [`tickets/${one.id}`, `orders/${order}`, `users/${sellerId}`, `ledger?seller=${sellerId}`, 'journal', 'holds', 'payments']) {
    await look(office, `/console/${path}`)
  }
})
