// Runs the examples of the package's README and of the project's, each in a process of its own.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const examples = ['README.md', 'PROJECT.md'].flatMap((name) => {
  const readme = readFileSync(new URL(`../${name}`, import.meta.url), 'utf8')
  const found = [...readme.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code)
  assert.ok(found.length > 0, `${name} has no examples`)
  return found
})

for (const code of examples) {
  const cwd = mkdtempSync(join(tmpdir(), 'boxoffice-readme-'))
  const file = new URL('readme-example.mjs', import.meta.url)
  writeFileSync(file, code)
  const printed = execFileSync(process.execPath, [file.pathname], { cwd, encoding: 'utf8', timeout: 60_000 })
  rmSync(file)
  rmSync(cwd, { recursive: true })
  // What a comment after `console.log` says is what it prints.
  for (const [, promised] of code.matchAll(/console\.log\(.*\) \/\/ (.*)$/gm)) {
    assert.ok(printed.split('\n').includes(promised), `${promised} is not in:\n${printed}`)
  }
}
