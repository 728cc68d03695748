// The guide for Next.js: its route and its box office as they are on the page, called as Next.js calls them. It isn't installed itself.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import test from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'

import { cast, directory } from './helpers.mjs'

/** The files of a guide, by the comment with which each begins, in a folder beside the tests. */
function project(t, guide) {
  const folder = mkdtempSync(fileURLToPath(new URL('guide-', import.meta.url)))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const text = readFileSync(new URL(`../${guide}`, import.meta.url), 'utf8')
  for (const [, name, code] of text.matchAll(/^```jsx?\n\/\/ (\S+)\n(.*?)^```$/gms)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), code)
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n')
  return (name) => pathToFileURL(join(folder, name)).href
}

test('the route of the guide for Next.js sells, and all bundles have one box office', async (t) => {
  const file = project(t, 'nextjs.md')
  const data = directory(t)
  t.after(() => {
    delete process.env.BOXOFFICE_DATA
    delete globalThis.boxoffice
  })
  assert.deepEqual((await import(file('next.config.mjs'))).default, { serverExternalPackages: ['boxoffice'] })

  // What can't be opened is tried again.
  writeFileSync(join(data, 'file'), '')
  process.env.BOXOFFICE_DATA = join(data, 'file', 'below')
  const { office } = await import(file('lib/office.mjs'))
  await assert.rejects(office(), { code: 'journal.unavailable' })
  process.env.BOXOFFICE_DATA = join(data, 'office')
  const opened = await office()
  t.after(() => opened.close())
  // The copy of another bundle.
  const copy = await import(`${file('lib/office.mjs')}?copy`)
  assert.notEqual(copy.office, office)
  assert.equal(await copy.office(), opened)

  const { bob, ticket } = await cast(opened)
  const { token } = await opened.auth.signIn('bob@example.com', 'battery staple')
  const { POST, runtime } = await import(file('app/api/orders/route.js'))
  assert.equal(runtime, 'nodejs')
  const order = async (headers) => {
    const body = JSON.stringify({ ticketId: ticket.id })
    const answer = await POST(new Request('http://localhost/api/orders', { method: 'POST', headers, body }))
    return [answer.status, await answer.json()]
  }
  assert.equal((await order({}))[0], 401)
  const [status, made] = await order({ authorization: `Bearer ${token}` })
  assert.deepEqual([status, made.buyerId, made.tickets[0].id], [201, bob.id, ticket.id])
  const [again, { errors }] = await order({ authorization: `Bearer ${token}` })
  assert.deepEqual([again, errors.length], [409, 1])
})
