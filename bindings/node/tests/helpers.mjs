// What the tests share.

import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { BoxOffice } from 'boxoffice'

/** A directory that is gone after the test. */
export function directory(t) {
  const path = mkdtempSync(join(tmpdir(), 'boxoffice-test-'))
  t.after(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** An open box office that is closed after the test. */
export async function open(t, options) {
  const path = directory(t)
  const office = await BoxOffice.open(path, options)
  t.after(() => office.close())
  return office
}

/** A seller, a buyer, and a ticket of the seller. */
export async function cast(office, title = 'Seat 1') {
  const [{ user: ann }, { user: bob }] = await Promise.all([
    office.auth.signUp('ann@example.com', 'correct horse'),
    office.auth.signUp('bob@example.com', 'battery staple'),
  ])
  const ticket = await office.tickets.create(ann.id, { title, price: '19.99' })
  return { ann, bob, ticket }
}

/** Runs one of `programs.mjs` in a process of its own, which must end by itself. */
export function run(program, ...given) {
  const file = fileURLToPath(new URL('programs.mjs', import.meta.url))
  return new Promise((resolve) => {
    const child = execFile(process.execPath, ['--expose-gc', file, program, ...given], { timeout: Number(process.env.BOXOFFICE_TEST_CALLS ?? 1_000_000) / 2 + 60_000 }, (error, stdout, stderr) => {
      resolve({ code: child.exitCode, signal: child.signalCode, stdout, stderr })
    })
    run.child = child
  })
}
