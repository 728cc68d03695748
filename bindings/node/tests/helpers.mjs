// What the tests share.

import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import vm from 'node:vm'

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

/** A context with a copy of the package's JavaScript; native modules are shared, as they are in test runners. */
export function context() {
  const sandbox = vm.createContext({ process, Buffer, AbortSignal, URL, console, setTimeout, clearTimeout, queueMicrotask })
  const modules = new Map()
  const load = (from) => (request) => {
    if (!request.startsWith('.') || request.endsWith('.node')) return createRequire(from)(request)
    const file = createRequire(from).resolve(request)
    if (!modules.has(file)) {
      const module = { exports: {} }
      modules.set(file, module)
      const text = `(function (exports, require, module, __filename, __dirname) {${readFileSync(file, 'utf8')}\n})`
      vm.runInContext(text, sandbox, { filename: file })(module.exports, load(file), module, file, dirname(file))
    }
    return modules.get(file).exports
  }
  return { boxoffice: load(import.meta.url)(`./../node_modules/boxoffice/index.js`), run: (text) => vm.runInContext(text, sandbox) }
}
