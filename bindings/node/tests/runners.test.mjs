// The package in the test runners that people have: each runs a tiny project of two files with it.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { fileURLToPath } from 'node:url'

import { directory } from './helpers.mjs'

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url))

/** Runs a test runner in its project; returns how many tests it ran, and how many of them passed. */
async function outcome(t, runner, project, ...args) {
  const file = join(directory(t), 'report.json')
  // This test is itself run by a test runner, which would be asked to take the reports of a child.
  const env = { ...process.env, NODE_TEST_CONTEXT: undefined }
  const [code, printed] = await new Promise((resolve) => {
    const options = { cwd: path(project), env, timeout: 120_000 }
    const child = execFile(process.execPath, [path(runner), ...args, `--outputFile=${file}`], options, (_, stdout, stderr) => {
      resolve([child.exitCode, stdout + stderr])
    })
  })
  assert.equal(code, 0, printed)
  const { success, numTotalTests, numPassedTests } = JSON.parse(readFileSync(file, 'utf8'))
  assert.equal(success, true, printed)
  return [numTotalTests, numPassedTests]
}

test('Jest', async (t) => {
  const jest = (...args) => outcome(t, '../node_modules/jest/bin/jest.js', 'runners/jest/', '--json', '--no-cache', '--watchman=false', ...args)
  // Both files in one process, one context after the other.
  assert.deepEqual(await jest('--runInBand'), [4, 4])
  assert.deepEqual(await jest('--maxWorkers=2'), [4, 4])
})

for (const pool of ['forks', 'threads', 'vmForks', 'vmThreads']) {
  test(`vitest, with the pool ${pool}`, async (t) => {
    const args = ['run', '--root', '.', `--pool=${pool}`, '--reporter=json']
    assert.deepEqual(await outcome(t, '../node_modules/vitest/vitest.mjs', 'runners/vitest/', ...args), [4, 4])
  })
}
