// A host of its own for the tests, and a browser that watches what pages do.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import assert from 'node:assert/strict'
import { chromium } from 'playwright-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const shots = process.env.BOXOFFICE_SHOTS

/** The host, on a free port, with its data in `folder`. */
export async function serve(folder, ...flags) {
  const program = spawn(process.env.BOXOFFICE_PROGRAM, ['serve', '--data', folder, '--listen', '127.0.0.1:0', '--rate-limit', 'off', ...flags], {
    env: { ...process.env, BOXOFFICE_LOG: 'warn' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface({ input: program.stdout })) {
    const url = /listening on (http:\S+)/.exec(line)?.[1]
    if (url) return { url, pid: program.pid, stop: () => stop(program) }
  }
  throw new Error('the host did not start')
}

async function stop(program) {
  program.kill('SIGTERM')
  await once(program, 'exit')
}

/** Fills a folder with the demo. */
export async function demo(folder, ...flags) {
  const program = spawn(process.env.BOXOFFICE_PROGRAM, ['demo', '--data', folder, ...flags], { stdio: ['ignore', 'ignore', 'inherit'] })
  assert.deepEqual(await once(program, 'exit'), [0, null])
}

/** The browser, Debian's unless `CHROMIUM` names another. */
export function launch() {
  // Sandboxing needs what containers and root don't have; only our own pages are opened.
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage'] })
}

/** Whatever a page did that it must not: say something on the console, fail, or ask another origin. */
export const misdeeds = []

/**
 * A visitor with cookies of their own. A status that a test expects makes the browser complain, and is left out, as is what
 * `expected` has. Requests to other origins than those in `origins` are misdeeds.
 */
export async function visitor(browser, url, { origins = [], expected, ...options } = {}) {
  const context = await browser.newContext({ baseURL: url, ...options })
  context.setDefaultTimeout(20_000)
  context.on('console', (message) => {
    const text = message.text()
    const isStatus = /Failed to load resource: the server responded with a status of 4\d\d/.test(text)
    if (['error', 'warning'].includes(message.type()) && !isStatus && !expected?.test(text)) misdeeds.push(`console: ${text}`)
  })
  context.on('weberror', (error) => misdeeds.push(`error: ${error.error()}`))
  context.on('request', (request) => {
    if (![url, ...origins].includes(new URL(request.url()).origin)) misdeeds.push(`foreign request: ${request.url()}`)
  })
  return context.newPage()
}

let people = 0

/** Signs somebody new up, through the page. */
export async function signUp(page, next = '/') {
  const email = `person-${++people}-${process.pid}@example.com`
  await page.goto(`/sign-up?next=${encodeURIComponent(next)}`)
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password').fill('correct horse battery')
  await page.getByRole('button', { name: 'Create my account' }).click()
  await page.getByText('Your account is ready').waitFor()
  return email
}

/** Somebody who asks the API of a host, which must answer well. Their requests share the cookies of `context`, if it is given. */
export async function account(browser, url, { email = `person-${++people}-${process.pid}@example.com`, context } = {}) {
  const { request } = context ?? await browser.newContext({ baseURL: url })
  const ask = async (method, path, data) => {
    const answer = await request.fetch(path, { method, data })
    assert.ok(answer.ok(), `${method} ${path}: ${await answer.text()}`)
    return answer.json()
  }
  await ask('POST', '/api/users/signup', { email, password: 'correct horse battery' })
  return Object.assign(ask, { email })
}

/** Goes to the page of a show, as soon as it is on the first page. */
export async function toShow(page, name) {
  const link = page.locator('.show a', { hasText: new RegExp(`^${name}$`) })
  do await page.goto('/')
  while (await link.count() === 0)
  await link.click()
  await page.locator('.seats').first().waitFor()
}

/** Fills the card form in and pays. */
export async function pay(page, number = '4242 4242 4242 4242') {
  await page.getByLabel('Name on the card').fill('Ada Lovelace')
  await page.getByLabel('Card number').fill(number)
  await page.getByLabel('Expires').fill('04/39')
  await page.getByLabel('Security code').fill('123')
  await page.getByRole('button', { name: /^Pay/ }).click()
}

/** Judges a page by axe, and keeps pictures of it: light and dark, desktop and phone. */
export async function checkPage(page, name) {
  const size = page.viewportSize()
  for (const [device, viewport] of [['desktop', { width: 1280, height: 860 }], ['phone', { width: 390, height: 844 }]]) {
    await page.setViewportSize(viewport)
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      const found = await page.evaluate(`(() => { ${axe}; return axe.run(document, { resultTypes: ['violations'] }) })()`)
      const violations = found.violations.map((rule) => `${rule.id}: ${rule.nodes.map((node) => node.target.join(' ')).join(', ')}`)
      assert.deepEqual(violations, [], `${name}, ${colorScheme}, ${device}`)
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
      assert.ok(wide <= 0, `${name} is ${wide} px too wide on a ${device}`)
      if (shots) {
        mkdirSync(shots, { recursive: true })
        await page.screenshot({ path: join(shots, `${name}-${device}-${colorScheme}.png`) })
      }
    }
  }
  await page.emulateMedia({ colorScheme: 'light' })
  if (size) await page.setViewportSize(size)
}
