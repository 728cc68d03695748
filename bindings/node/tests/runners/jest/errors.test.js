// For Jest, which gives each test file a context and a copy of the package's JavaScript of its own.
const { mkdtempSync, rmSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')

const { BoxOffice, BoxOfficeError, ConflictError, NotFoundError, UnavailableError, ValidationError } = require('boxoffice')

const MISSING = '01938f6e-8c7a-7b2e-8f00-0123456789ab'
const folder = mkdtempSync(join(tmpdir(), 'boxoffice-jest-'))
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

test('a copy that is loaded anew knows the errors of the first, and the first its own', async () => {
  jest.resetModules()
  const again = require('boxoffice')
  expect(again.NotFoundError).not.toBe(NotFoundError)
  await expect(office.tickets.get(MISSING)).rejects.toThrow(again.NotFoundError)
  const error = await again.BoxOffice.open(folder).catch((reason) => reason)
  expect(error).toBeInstanceOf(UnavailableError)
  expect(error).toBeInstanceOf(again.UnavailableError)
  expect(error.code).toBe('journal.in_use')
})
