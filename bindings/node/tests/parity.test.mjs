// The package has what the façade has, no less and no more; bindings/methods.json is made from it.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import test from 'node:test'

import * as boxoffice from 'boxoffice'
import * as express from 'boxoffice/express'
import { directory, open } from './helpers.mjs'

const METHODS = JSON.parse(readFileSync(new URL('../methods.json', import.meta.url), 'utf8'))

const camel = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase())

function methods(object) {
  const names = Object.getOwnPropertyNames(Object.getPrototypeOf(object))
  return names.filter((name) => name !== 'constructor').sort()
}

test('every method is there', async (t) => {
  const office = await open(t)
  const { office: own, options, ...all } = METHODS
  const isSystem = ([name]) => name.startsWith('system_')
  const parts = Object.fromEntries(Object.entries(all).filter((it) => !isSystem(it)))
  const system = Object.entries(all).filter(isSystem)
  assert.ok(options.length > 10)
  // These come before there is a box office.
  const statics = ['open', 'recover']
  const expected = own.map(camel).filter((name) => !statics.includes(name))
  for (const name of statics) assert.ok(own.includes(name) && typeof boxoffice.BoxOffice[name] === 'function', name)
  assert.deepEqual(methods(office), expected.sort())
  assert.deepEqual(Object.keys(office).sort(), Object.keys(parts).sort())
  // A box office on one machine lacks it: see tests/nats.
  const { cluster, ...present } = parts
  assert.ok(cluster.length > 0 && office.cluster === null && office.asSystem().cluster === null)
  for (const [part, names] of Object.entries(present)) {
    assert.deepEqual(methods(office[part]), names.map(camel).sort(), part)
  }
  assert.deepEqual(Object.keys(office.asSystem()).sort(), system.map(([name]) => name.slice('system_'.length)).sort())
  for (const [name, names] of system.filter(([name]) => name !== 'system_cluster')) {
    assert.deepEqual(methods(office.asSystem()[name.slice('system_'.length)]), names.map(camel).sort(), name)
  }
})

test('every option is there', async (t) => {
  // Objects in Rust, and values here.
  const otherwise = { ids: ['seed'], keyRing: ['jwtKey', 'previousJwtKeys'] }
  const expected = METHODS.options.map(camel).flatMap((name) => otherwise[name] ?? [name])
  const declarations = readFileSync(new URL('../node_modules/boxoffice/index.d.ts', import.meta.url), 'utf8')
  const [, declared] = /^export interface Options \{(.*?)^\}/ms.exec(declarations)
  const names = [...declared.matchAll(/^  (\w+)\?:/gm)].map(([, name]) => name)
  // Times say their unit.
  assert.deepEqual(names.map((name) => name.replace(/Ms$/, '')).sort(), [...expected, 'logger'].sort())
  const office = await boxoffice.BoxOffice.open(directory(t), Object.fromEntries(names.map((name) => [name, undefined])))
  await office.close()
  for (const name of ['hold', 'nonsense']) await assert.rejects(open(t, { [name]: 1 }), /no option/)
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
