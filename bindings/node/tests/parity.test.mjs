// The package has what the front door has, no less and no more; bindings/methods.json is made from it.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import test from 'node:test'

import * as boxoffice from 'boxoffice'
import * as express from 'boxoffice/express'
import { open } from './helpers.mjs'

const METHODS = JSON.parse(readFileSync(new URL('../methods.json', import.meta.url), 'utf8'))

const camel = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase())

function methods(object) {
  const names = Object.getOwnPropertyNames(Object.getPrototypeOf(object))
  return names.filter((name) => name !== 'constructor').sort()
}

test('every method is there', async (t) => {
  const office = await open(t)
  const { office: own, ...parts } = METHODS
  const expected = own.map(camel).filter((name) => name !== 'open')
  assert.ok(own.includes('open') && typeof boxoffice.BoxOffice.open === 'function')
  assert.deepEqual(methods(office), expected.sort())
  assert.deepEqual(Object.keys(office).sort(), Object.keys(parts).sort())
  for (const [part, names] of Object.entries(parts)) {
    assert.deepEqual(methods(office[part]), names.map(camel).sort(), part)
  }
})

test('every code has its class and status', () => {
  const rows = boxoffice.codes()
  assert.ok(rows.length > 30)
  for (const { code, name, statusCode, message } of rows) {
    const error = new boxoffice[name](code, [{ message, field: 'x' }])
    assert.ok(error instanceof boxoffice.BoxOfficeError)
    assert.equal(error.statusCode, statusCode, code)
    assert.equal(error.name, name)
    assert.deepEqual(error.serializeErrors(), [{ message, field: 'x' }])
  }
})

test('CommonJS and ESM have the same names and the same classes', () => {
  const require = createRequire(import.meta.url)
  for (const [name, module] of Object.entries({ boxoffice, 'boxoffice/express': express })) {
    const common = require(name)
    assert.deepEqual(Object.keys(module).sort(), Object.keys(common).sort())
    for (const key of Object.keys(common)) assert.equal(module[key], common[key], key)
  }
})
