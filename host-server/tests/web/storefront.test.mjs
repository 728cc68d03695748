// The storefront as people use it.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkPage, demo, launch, misdeeds, pay, serve, signUp, visitor } from './browser.mjs'

const folder = mkdtempSync(join(tmpdir(), 'boxoffice-web-'))
let browser, host, quick

before(async () => {
  browser = await launch()
  await demo(join(folder, 'demo'))
  host = await serve(join(folder, 'demo'))
  // Holds that end while one looks.
  quick = await serve(join(folder, 'quick'), '--hold', '6s')
})

after(async () => {
  await browser?.close()
  await host?.stop()
  await quick?.stop()
  rmSync(folder, { recursive: true, force: true })
  assert.deepEqual(misdeeds, [])
})

const firstShow = (page) => page.locator('.show a').first()
const free = (page) => page.locator('.seat.available:not([data-own]) input')

async function toFirstShow(page) {
  await page.goto('/')
  await firstShow(page).click()
  await page.locator('.seats').first().waitFor()
}

/** Somebody who sells a row of seats at the host with short holds. */
async function seller() {
  const page = await visitor(browser, quick.url)
  await signUp(page, '/sell/many')
  await page.getByLabel('Show').fill('Short Holds')
  await page.getByLabel('Starts').fill('2039-05-01T19:30')
  await page.getByRole('textbox', { name: 'Rows' }).fill('A 1-6 20.00')
  await page.getByRole('button', { name: 'Preview' }).click()
  await page.getByRole('button', { name: 'Put 6 tickets on sale' }).click()
  await page.getByText('Your tickets are on sale').waitFor()
  return page
}

test('two rivals: one buys, the other sees it at once and is told when too late', async () => {
  const [ann, bob] = [await visitor(browser, host.url), await visitor(browser, host.url)]
  await signUp(ann)
  await signUp(bob)
  await toFirstShow(ann)
  await bob.goto(ann.url())
  const seat = ann.locator('.seat.available').first()
  const id = await seat.getAttribute('data-ticket')
  // Bob's second tab hears of nothing: it finds out when it is too late.
  const deaf = await bob.context().newPage()
  await deaf.route('**/live?*', (route) => route.fulfill({ contentType: 'text/event-stream', body: '' }))
  await deaf.goto(ann.url())
  await deaf.locator(`[data-ticket="${id}"] input`).check()
  await ann.locator(`[data-ticket="${id}"] input`).check()
  await ann.getByText('1 chosen').waitFor()
  await ann.getByRole('button', { name: 'Hold and check out' }).click()
  const started = Date.now()
  await bob.locator(`[data-ticket="${id}"].locked`).waitFor()
  assert.ok(Date.now() - started < 1500, 'it greys out within a second or so, page load included')
  assert.ok(await bob.locator(`[data-ticket="${id}"] input`).isDisabled())
  await deaf.getByRole('button', { name: 'Hold and check out' }).click()
  await deaf.getByRole('heading', { name: 'Somebody was quicker' }).waitFor()
  await checkPage(deaf, 'lost-the-race')

  await checkPage(bob, 'show-live')
  await ann.getByRole('heading', { name: 'Checkout' }).waitFor()
  const left = async () => (await ann.locator('[data-left-time]').innerText()).split(':').reduce((sum, part) => sum * 60 + Number(part), 0)
  const before = await left()
  await ann.reload()
  assert.ok((await left()) <= before && (await left()) > before - 20, 'the countdown survives a reload')
  await checkPage(ann, 'checkout')
  const checkout = ann.url()
  await pay(ann, '4242 4242 4242 4241')
  await ann.getByText('not a card number').waitFor()
  await checkPage(ann, 'checkout-with-errors')
  const twin = await ann.context().newPage()
  await twin.goto(checkout)
  await pay(ann)
  await ann.getByRole('heading', { name: 'The tickets are yours' }).waitFor()
  await checkPage(ann, 'receipt')
  await bob.locator(`[data-ticket="${id}"].sold`).waitFor()
  // Paid in one tab, then in the other.
  const answer = twin.waitForResponse((response) => response.request().method() === 'POST')
  await pay(twin)
  assert.equal((await answer).status(), 409)
  await twin.getByText('You were not charged again').waitFor()
  await checkPage(twin, 'paid-twice')
  // The back button shows what is true now.
  await ann.goBack()
  await ann.getByRole('heading', { name: 'The tickets are yours' }).waitFor()
  await ann.goto('/orders')
  await ann.getByText('Paid').waitFor()
  await checkPage(ann, 'orders')
})

test('a decline frees the tickets, and they can be held again', async () => {
  const page = await visitor(browser, host.url)
  await signUp(page)
  await toFirstShow(page)
  await free(page).first().check()
  await page.getByRole('button', { name: 'Hold and check out' }).click()
  await pay(page, '4000000000000002')
  await page.getByRole('heading', { name: 'Your card was declined' }).waitFor()
  await checkPage(page, 'declined')
  await page.getByRole('button', { name: 'Hold them again' }).click()
  await pay(page)
  await page.getByRole('heading', { name: 'The tickets are yours' }).waitFor()
})

test('a payment whose outcome is late is waited for', async () => {
  const page = await visitor(browser, host.url)
  await signUp(page)
  await toFirstShow(page)
  await free(page).first().check()
  await page.getByRole('button', { name: 'Hold and check out' }).click()
  await page.getByRole('heading', { name: 'Checkout' }).waitFor()
  // A second tab without the script, so that it stays as it is while it is judged.
  const twin = await page.context().newPage()
  await twin.route('**/assets/site.*', (route) => route.fulfill({ contentType: 'text/javascript', body: '' }))
  const order = page.url()
  const paying = pay(page, '4000000000000259')
  do await twin.goto(order)
  while (await twin.getByText('We are waiting for your bank').count() === 0)
  await checkPage(twin, 'waiting')
  await paying
  await page.getByRole('heading', { name: 'We are waiting for your bank' }).waitFor()
  // It reads itself again, and so comes to the receipt by itself.
  await page.getByRole('heading', { name: 'The tickets are yours' }).waitFor({ timeout: 30_000 })
})

test('a hold that ends is seen by its buyer and by who looks on', async () => {
  await seller()
  const [ann, bob] = [await visitor(browser, quick.url), await visitor(browser, quick.url)]
  await signUp(ann)
  await toFirstShow(ann)
  await bob.goto(ann.url())
  await free(ann).first().check()
  await ann.getByRole('button', { name: 'Hold and check out' }).click()
  await bob.locator('.seat.locked').waitFor()
  await checkPage(bob, 'show-with-a-held-ticket')
  await ann.getByRole('heading', { name: 'Your time is up' }).waitFor()
  await bob.locator('.seat.locked').waitFor({ state: 'detached' })
  assert.equal(await free(bob).count(), 6)
  await checkPage(ann, 'expired')
  await checkPage(bob, 'show')
})

test('a show that is sold out says so, and shows a ticket that comes back', async () => {
  const account = async (name) => {
    const { request } = await browser.newContext({ baseURL: quick.url })
    await request.post('/api/users/signup', { data: { email: `${name}@example.com`, password: 'correct horse battery' } })
    return async (path, data) => (await request.post(path, { data })).json()
  }
  const [sell, buy] = [await account('sold-out-seller'), await account('sold-out-buyer')]
  const show = { name: 'The Only Seat', startsAt: '2039-06-01T19:30:00Z' }
  const ticket = await sell('/api/tickets', { title: show.name, price: '30.00', show })
  const page = await visitor(browser, quick.url)
  await page.goto('/?q=only')
  await firstShow(page).click()
  const order = await buy('/api/orders', { ticketId: ticket.id })
  await buy('/api/payments', { orderId: order.id, token: 'tok_visa' })
  await page.locator('.seat.sold').waitFor()
  await page.goto('/?q=only')
  await page.locator('.show .tag', { hasText: 'sold out' }).waitFor()
  await checkPage(page, 'browse-sold-out')
  await firstShow(page).click()
  await page.getByRole('heading', { name: 'Every ticket is sold' }).waitFor()
  await checkPage(page, 'sold-out')
  // The page is open while the money goes back and the ticket with it.
  await sell(`/api/orders/${order.id}/refund`, { returnToSale: true })
  await page.locator('.seat.available').waitFor()
})

test('the connection is lost and comes back', async () => {
  const page = await visitor(browser, host.url)
  await signUp(page)
  await toFirstShow(page)
  await free(page).first().check()
  await page.getByRole('button', { name: 'Hold and check out' }).click()
  await page.getByRole('heading', { name: 'Checkout' }).waitFor()
  await page.context().setOffline(true)
  await pay(page)
  await page.getByText('You are offline').waitFor()
  await checkPage(page, 'offline')
  await page.context().setOffline(false)
  await page.getByRole('button', { name: 'Let them go' }).click()
  await page.getByRole('heading', { name: 'This order is cancelled' }).waitFor()
  await checkPage(page, 'cancelled')
})

test('a purchase with the keyboard alone', async () => {
  const page = await visitor(browser, host.url)
  const focused = () => page.evaluate(() => {
    const it = document.activeElement
    return `${it.tagName} ${it.getAttribute('name') ?? ''} ${it.innerText ?? ''}`
  })
  const tabTo = async (pattern) => {
    for (let steps = 0; steps < 300; steps++) {
      await page.keyboard.press('Tab')
      if (pattern.test(await focused())) return
    }
    assert.fail(`nothing like ${pattern} can be reached`)
  }
  await page.goto('/sign-up')
  await tabTo(/^INPUT email/)
  await page.keyboard.type(`keys-${process.pid}@example.com`)
  await tabTo(/^INPUT password/)
  await page.keyboard.type('correct horse battery')
  await page.keyboard.press('Enter')
  await page.getByText('Your account is ready').waitFor()
  await tabTo(/^A .*Copper|^A  (?!Shows|Sell|My orders|Account|Boxoffice|Skip)/)
  await page.keyboard.press('Enter')
  await page.locator('.seats').first().waitFor()
  await tabTo(/^INPUT ticket/)
  await page.keyboard.press('Space')
  await tabTo(/^BUTTON .*Hold and check out/)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Checkout' }).waitFor()
  for (const [field, text] of [['holder', 'Ada Lovelace'], ['number', '4242424242424242'], ['expiry', '04/39'], ['code', '123']]) {
    await tabTo(new RegExp(`^INPUT ${field}`))
    await page.keyboard.type(text)
  }
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'The tickets are yours' }).waitFor()
})

test('a purchase without JavaScript, on a phone', async () => {
  const page = await visitor(browser, host.url, { javaScriptEnabled: false, viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true })
  await signUp(page)
  await toFirstShow(page)
  await free(page).first().check()
  await page.getByRole('button', { name: 'Hold and check out' }).click()
  await pay(page)
  await page.getByRole('heading', { name: 'The tickets are yours' }).waitFor()
})

test('selling: many with a preview, row by row; one, changed and taken off sale', async () => {
  const page = await visitor(browser, host.url)
  await signUp(page, '/sell')
  await checkPage(page, 'listings-empty')
  await page.getByRole('link', { name: 'Sell many' }).click()
  await page.getByLabel('Show').fill('Tidal Choir')
  await page.getByLabel('Starts').fill('2039-05-01T19:30')
  await page.getByLabel('Venue').fill('Harbour Hall')
  await page.getByRole('textbox', { name: 'Rows' }).fill('A 1-3 20.00\nnonsense')
  await page.getByRole('button', { name: 'Preview' }).click()
  await page.getByText('1 of 4 rows').waitFor()
  await checkPage(page, 'many-with-a-problem')
  await page.getByRole('textbox', { name: 'Rows' }).fill('seat,price\n"Row A, seat 1",20.00\n"Row A, seat 2",21.50\n')
  await page.getByRole('button', { name: 'Preview' }).click()
  await page.getByRole('button', { name: 'Put 2 tickets on sale' }).click()
  await page.getByText('Your tickets are on sale').waitFor()
  await checkPage(page, 'listings')
  await page.getByRole('link', { name: /^Change/ }).first().click()
  await checkPage(page, 'ticket')
  await page.getByLabel('Price').fill('0')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.locator('.note.error').waitFor()
  await checkPage(page, 'ticket-with-an-error')
  await page.getByLabel('Price').fill('25')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('$25.00').waitFor()
  await page.getByRole('link', { name: /^Change/ }).first().click()
  await page.getByRole('button', { name: 'Take off sale' }).click()
  await page.getByText('Your ticket is off sale').waitFor()
  await page.goto('/sell/new')
  await checkPage(page, 'new-ticket')
  await page.goto('/sell/balance')
  await checkPage(page, 'balance-empty')
})

test('the account: wrong password, new email, signed out; and what a seller of the demo is owed', async () => {
  const page = await visitor(browser, host.url)
  const email = await signUp(page, '/account')
  await checkPage(page, 'account')
  await page.getByLabel('New email').fill(`new-${email}`)
  await page.getByLabel('Your password', { exact: true }).fill('wrong password')
  await page.getByRole('button', { name: 'Change email' }).click()
  await page.locator('.note.error').waitFor()
  await page.getByLabel('New email').fill(`new-${email}`)
  await page.getByLabel('Your password', { exact: true }).fill('correct horse battery')
  await page.getByRole('button', { name: 'Change email' }).click()
  await page.getByText('Your email address is changed').waitFor()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByText('You are signed out').waitFor()
  await page.goto('/sign-up')
  await checkPage(page, 'sign-up')
  await page.goto('/sell')
  await page.getByText('Please sign in').waitFor()
  await checkPage(page, 'sign-in')
  await page.getByLabel('Email').fill('selma@boxoffice.example')
  await page.getByLabel('Password').fill('correct horse battery')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'My listings' }).waitFor()
  await page.goto('/sell/balance')
  await page.getByText('You are owed').first().waitFor()
  await checkPage(page, 'balance')
})

test('browsing: filters, nothing found, nothing there; and the first page is small', async () => {
  const page = await visitor(browser, host.url)
  let bytes = 0
  page.on('response', async (response) => { bytes += (await response.body().catch(() => Buffer.alloc(0))).length })
  await page.goto('/', { waitUntil: 'networkidle' })
  assert.ok(bytes > 0 && bytes < 100_000, `the first page has ${bytes} bytes`)
  await checkPage(page, 'browse')
  await page.getByLabel('Search shows and venues').fill('hamlet')
  await page.getByRole('button', { name: 'Search' }).click()
  assert.equal(await page.locator('.show').count(), 1)
  await page.goto('/?q=nothing-like-it')
  await page.getByRole('heading', { name: 'Nothing fits' }).waitFor()
  await checkPage(page, 'browse-nothing')
  await page.goto('/no-such-page')
  await page.getByRole('heading', { name: 'There is nothing here' }).waitFor()
  await checkPage(page, 'not-found')
  await page.goto(`/shows/${'0'.repeat(32)}`)
  await page.getByRole('heading', { name: 'No tickets left' }).waitFor()
  await checkPage(page, 'gone')
})
