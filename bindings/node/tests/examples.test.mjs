// The examples print what their READMEs promise, which is what the same in Rust prints.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import test from 'node:test'
import { promisify } from 'node:util'

for (const name of ['quickstart', 'race', 'expiry', 'own-gateway', 'follow-the-journal']) {
  test(name, async () => {
    const folder = new URL(`../examples/${name}/`, import.meta.url)
    const [, promised] = /```text\n(.*?)```/s.exec(readFileSync(new URL('README.md', folder), 'utf8'))
    const { stdout } = await promisify(execFile)(process.execPath, [new URL('main.mjs', folder).pathname], { timeout: 60_000 })
    assert.equal(stdout, promised)
  })
}
