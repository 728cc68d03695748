// Files of rows that sellers bring: read as what they are, which the page says, or refused whole by row and byte.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { launch, misdeeds, serve, signUp, visitor } from './browser.mjs'

const folder = mkdtempSync(join(tmpdir(), 'boxoffice-files-'))
let browser, host, page

before(async () => {
  browser = await launch()
  host = await serve(folder)
  page = await visitor(browser, host.url)
  await signUp(page, '/sell/many')
})

after(async () => {
  await browser?.close()
  await host?.stop()
  rmSync(folder, { recursive: true, force: true })
  assert.deepEqual(misdeeds, [])
})

const BOM = '\ufeff'
const utf8 = (text) => Buffer.from(text)
const utf16 = (text) => Buffer.from(text, 'utf16le')
const turned = (bytes) => Buffer.from(bytes).swap16()
const bytes = (text) => Buffer.from(text, 'latin1')

const TEXT = 'title,seat,price\nCafé Müller €,A 1,20.00\n'
const WESTERN = bytes('title,seat,price\nCaf\xe9 M\xfcller \x80,A 1,20.00\n')
const BEFORE = 'A 1 5.00'

const rows = () => page.getByRole('textbox', { name: 'Rows' })
const file = () => page.getByLabel('or a CSV file')
const status = () => page.locator('[data-file] [role=status]')

/** Chooses a file on a fresh page with other rows, and returns what the page says about it. */
async function chosen(buffer) {
  await page.goto('/sell/many')
  await rows().fill(BEFORE)
  return again(buffer)
}

async function again(buffer) {
  const before = await status().innerText()
  await file().setInputFiles({ name: 'rows.csv', mimeType: 'text/csv', buffer })
  await page.waitForFunction((before) => ![before, ''].includes(document.querySelector('[data-file] [role=status]').textContent), before)
  return status().innerText()
}

test('a file is read in its encoding, which the page names', async () => {
  for (const [buffer, says] of [
    [utf8(TEXT), 'Read as UTF-8.'],
    [utf8(BOM + TEXT), 'Read as UTF-8.'],
    [utf16(BOM + TEXT), 'Read as UTF-16LE.'],
    [turned(utf16(BOM + TEXT)), 'Read as UTF-16BE.'],
    [utf16(TEXT), 'Read as UTF-16LE.'],
    [turned(utf16(TEXT)), 'Read as UTF-16BE.'],
    [WESTERN, 'Read as Windows-1252, where it says “Café”. If that is wrong, save the file as CSV UTF-8 and choose it again.'],
  ]) {
    assert.equal(await chosen(buffer), says)
    assert.equal(await rows().inputValue(), TEXT, says)
    assert.doesNotMatch(await status().getAttribute('class'), /error/, says)
  }
  await page.getByRole('button', { name: 'Preview' }).click()
  await page.getByText('1 tickets, all well').waitFor()
  await page.getByRole('cell', { name: 'Café Müller €' }).waitFor()
})

test('what is pasted is never cut to fit, but refused by its name', async () => {
  const [seat, currency] = ['Row A, seat 1'.padEnd(120, '.'), 'EURO']
  await page.goto('/sell/new')
  for (const [label, text] of [['Title', 'Hamlet'], ['Price', '20.00'], ['Currency', currency], ['Seat', seat]]) {
    await page.getByLabel(label).focus()
    await page.keyboard.insertText(text)
  }
  await page.getByRole('button', { name: 'Put it on sale' }).click()
  await page.getByText('Seat must have 1 to 100 characters').waitFor()
  await page.getByText('Currency must be an ISO 4217 currency code').waitFor()
  assert.deepEqual([await page.getByLabel('Seat').inputValue(), await page.getByLabel('Currency').inputValue()], [seat, currency])
})

test('a file that can not be read is refused by row and byte, and leaves the rows as they are', async () => {
  const damaged = (before, after) => Buffer.concat([utf8(before), bytes(after)])
  for (const [what, buffer, byte, row, encoding] of [
    ['one letter of Windows-1252 in UTF-8', damaged('title,price\nCafé,20\nM', '\xfcller,20\n'), 2, 3, 'UTF-8'],
    ['the same after a byte order mark', damaged(`${BOM}title,price\nM`, '\xfcller,20\n'), 2, 2, 'UTF-8'],
    ['the mark counts in its row', damaged(`${BOM}tit`, '\xe9l,price\n'), 7, 1, 'UTF-8'],
    ['letters of several bytes before it', damaged('title,price\r\nCafé é', '\xe9,20\r\n'), 9, 2, 'UTF-8'],
    ['cut short', damaged('title,price\nCafé,20\nCaf', '\xc3'), 4, 3, 'UTF-8'],
    ['lost before', utf8('title,price\nBj\ufffdrk,20\n'), 3, 2, 'UTF-8'],
    ['zeros', bytes('title,price\nA\0B,20\n'), 2, 2, 'UTF-8'],
    ['a workbook', bytes('PK\x03\x04\x14\0\x06\0'), 3, 1, 'UTF-8'],
    ...['\x81', '\x8d', '\x8f', '\x90', '\x9d'].map((byte) => ['no letter', bytes(`title,price\nCaf${byte} \xe9,20\n`), 4, 2, 'Windows-1252']),
    ['half a pair', utf16(`${BOM}title,price\nA\ud800B,20\n`), 3, 2, 'UTF-16LE'],
    ['half a unit', Buffer.concat([utf16(`${BOM}title,price\nA,2`), bytes('0')]), 7, 2, 'UTF-16LE'],
  ]) {
    const says = `Nothing was read: byte ${byte} of row ${row} is no text in ${encoding}. Save the file as CSV UTF-8 and choose it again.`
    assert.equal(await chosen(buffer), says, what)
    assert.equal(await rows().inputValue(), BEFORE, what)
    assert.match(await status().getAttribute('class'), /error/, what)
    assert.equal(await file().evaluate((input) => input.files.length), 0, what)
  }
  assert.equal(await again(utf8(TEXT)), 'Read as UTF-8.')
  assert.equal(await rows().inputValue(), TEXT)
  assert.doesNotMatch(await status().getAttribute('class'), /error/)
})
