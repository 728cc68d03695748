// The examples print what their READMEs promise, which is what the same in Rust prints.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import { promisify } from 'node:util'

for (const name of ['quickstart', 'race', 'expiry', 'own-gateway', 'follow-the-journal', 'verify-draw', 'verify-ticket']) {
  test(name, async () => {
    const folder = new URL(`../examples/${name}/`, import.meta.url)
    const [, promised] = /```text\n(.*?)```/s.exec(readFileSync(new URL('README.md', folder), 'utf8'))
    const { stdout } = await promisify(execFile)(process.execPath, [new URL('main.mjs', folder).pathname], { timeout: 60_000 })
    assert.equal(stdout, promised)
  })
}

// The JSON with one number or text in it changed, for each of them. A text becomes another one, or one that a careless
// reader takes for the same.
function* changed(value) {
  if (Array.isArray(value)) {
    for (const [at, item] of value.entries()) for (const other of changed(item)) yield value.with(at, other)
  } else if (typeof value === 'object') {
    for (const [name, member] of Object.entries(value)) {
      for (const other of changed(member)) yield { ...value, [name]: other }
    }
  } else if (typeof value === 'number') {
    yield value + 1
  } else {
    yield* [value.toUpperCase(), `${value}-`, `${value}zz`, ` ${value}`, (value.startsWith('0') ? '1' : '0') + value.slice(1)]
  }
}

test('a draw that does not fit is refused', async (t) => {
  const folder = new URL('../examples/verify-draw/', import.meta.url)
  const verify = (path) => promisify(execFile)(process.execPath, [new URL('main.mjs', folder).pathname, path])
  const refused = (error) => error.code === 1 && /refused/.test(error.stderr)
  await verify(new URL('seed.json', folder).pathname)
  await assert.rejects(verify(new URL('forged.json', folder).pathname), refused)
  const directory = await mkdtemp(join(tmpdir(), 'boxoffice-'))
  t.after(() => rm(directory, { recursive: true }))
  for (const [name, changes] of [['draw.json', 6 + 12 * 5], ['seed.json', 5 + 13 * 5]]) {
    const files = [...changed(JSON.parse(readFileSync(new URL(name, folder), 'utf8')))]
    assert.equal(files.length, changes)
    for (const file of files) {
      const path = join(directory, name)
      await writeFile(path, JSON.stringify(file))
      await assert.rejects(verify(path), refused, JSON.stringify(file))
    }
  }
})
