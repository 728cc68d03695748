// Runs the examples of the README, each in a process of its own.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const examples = [...readme.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code)
assert.ok(examples.length >= 2)

for (const code of examples) {
  const file = new URL('readme-example.mjs', import.meta.url)
  writeFileSync(file, code)
  const printed = execFileSync(process.execPath, [file.pathname], { encoding: 'utf8', timeout: 60_000 })
  rmSync(file)
  // What a comment after `console.log` says is what it prints.
  for (const [, promised] of code.matchAll(/console\.log\(.*\) \/\/ (.*)$/gm)) {
    assert.ok(printed.split('\n').includes(promised), `${promised} is not in:\n${printed}`)
  }
}
