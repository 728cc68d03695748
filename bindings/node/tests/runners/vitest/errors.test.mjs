// For vitest: in forks and threads, and in the contexts of its vm pools.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { BoxOffice, BoxOfficeError, ConflictError, NotFoundError, UnavailableError, ValidationError } from 'boxoffice'
import { afterAll, beforeAll, expect, test } from 'vitest'

const MISSING = '01938f6e-8c7a-7b2e-8f00-0123456789ab'
const folder = mkdtempSync(join(tmpdir(), 'boxoffice-vitest-'))
let office

beforeAll(async () => {
  office = await BoxOffice.open(folder)
})

afterAll(async () => {
  await office.close()
  rmSync(folder, { recursive: true })
})

test('errors have their class', async () => {
  await expect(office.tickets.get(MISSING)).rejects.toThrow(NotFoundError)
  await expect(office.tickets.get(MISSING)).rejects.toThrow('ticket.not_found')
  await expect(office.tickets.get(MISSING)).rejects.toBeInstanceOf(BoxOfficeError)
  await expect(office.tickets.get(MISSING)).rejects.toBeInstanceOf(Error)
  await expect(office.tickets.get(MISSING)).rejects.not.toBeInstanceOf(ConflictError)
  const error = await office.tickets.get(MISSING).catch((reason) => reason)
  expect([error.name, error.code, error.statusCode]).toEqual(['NotFoundError', 'ticket.not_found', 404])
  await expect(office.tickets.create(MISSING, { title: '', price: '1' })).rejects.toThrow(ValidationError)
})

test('what the native module itself finds wrong is an error of this context', async () => {
  await expect(office.tickets.get({})).rejects.toBeInstanceOf(Error)
})

test('a directory has one box office', async () => {
  const error = await BoxOffice.open(folder).catch((reason) => reason)
  expect(error).toBeInstanceOf(UnavailableError)
  expect(error.code).toBe('journal.in_use')
})
