// Makes pages better that work without it. Each part looks for its own elements and does nothing where there are none.

const all = (selector, within = document) => [...within.querySelectorAll(selector)]
const one = (selector, within = document) => within.querySelector(selector)

/** A form is sent once, however often its button is pressed; a page that comes back from the cache starts anew. */
function sendOnce() {
  document.addEventListener('submit', (event) => {
    const form = event.target
    if (event.defaultPrevented || form.method !== 'post') return
    if (form.dataset.sent) return event.preventDefault()
    form.dataset.sent = 'yes'
    event.submitter?.setAttribute('aria-busy', 'true')
  })
  addEventListener('pageshow', () => {
    for (const form of document.forms) delete form.dataset.sent
    for (const button of all('[aria-busy]')) button.removeAttribute('aria-busy')
  })
}

const STATES = { locked: 'held', sold: 'sold', withdrawn: 'off sale' }

/** What the tickets of these boxes cost, by currency, each with the digits that the server says it has: browsers know others for some. */
function totalOf(boxes) {
  const sums = new Map()
  for (const { dataset } of boxes) {
    const sum = sums.get(dataset.currency) ?? { minor: 0, digits: Number(dataset.exponent) }
    sums.set(dataset.currency, { ...sum, minor: sum.minor + Number(dataset.minor) })
  }
  const written = ([currency, { minor, digits }]) => {
    const options = { style: 'currency', currency, minimumFractionDigits: digits, maximumFractionDigits: digits }
    return new Intl.NumberFormat('en-US', options).format(minor / 10 ** digits)
  }
  return [...sums].map(written).join(' and ')
}

/** Shows a ticket's new price; a chosen one is no longer chosen, because its buyer saw another price. */
function reprice(seat, id, { minor, decimal, currency }) {
  const box = one('input', seat)
  Object.assign(box.dataset, { minor, currency })
  box.value = `${id}:${decimal}`
  one('.seat-price', seat).textContent = totalOf([box])
  if (!box.checked) return
  box.checked = false
  one('[data-live]').textContent = `The price of ${one('.seat-name', seat).textContent} has changed to ${totalOf([box])}, and it is no longer chosen.`
}

/** The tickets of a show: what is chosen, and what others do meanwhile. */
function showPage(form) {
  const boxes = all('input[name=ticket]', form)
  const chosen = one('[data-chosen]', form)
  const hint = chosen?.innerHTML
  const ticketsMax = Number(form.dataset.ticketsMax)

  const sum = () => {
    const picked = boxes.filter((box) => box.checked && !box.disabled)
    if (!chosen) return
    if (picked.length === 0) chosen.innerHTML = hint
    else chosen.textContent = `${picked.length} chosen, ${totalOf(picked)}`
    const full = picked.length >= ticketsMax
    if (full) chosen.textContent += `: as many as one order takes`
    for (const box of boxes) {
      const seat = box.closest('[data-ticket]')
      const isSpare = full && !box.checked && isFree(seat)
      seat.toggleAttribute('data-spare', isSpare)
      box.disabled = !isFree(seat) || isSpare
    }
  }
  const started = boxes.length > 0 && !one('.buy-bar', form)
  const isFree = (seat) => !started && seat.classList.contains('available') && !seat.hasAttribute('data-own')

  const put = (seat, state) => {
    seat.classList.remove('available', ...Object.keys(STATES))
    seat.classList.add(state)
    const box = one('input', seat)
    box.disabled = !isFree(seat)
    if (box.disabled && box.checked) {
      box.checked = false
      one('[data-live]').textContent = `${one('.seat-name', seat).textContent} is no longer free, and no longer chosen.`
    }
    const text = one('.seat-state', seat)
    if (!seat.hasAttribute('data-own')) text.textContent = STATES[state] ?? ''
  }

  form.addEventListener('change', sum)
  form.addEventListener('submit', (event) => {
    if (boxes.some((box) => box.checked)) return
    event.preventDefault()
    chosen.textContent = 'Choose at least one ticket first.'
    boxes.find((box) => !box.disabled)?.focus()
  }, { capture: true })
  addEventListener('pageshow', sum)
  follow(form, put, sum)
}

/** Follows what happens to the tickets; the browser connects again by itself, and then hears what it has missed. */
function follow(form, put, done) {
  const live = one('[data-live]')
  const left = one('[data-left]')
  const feed = new EventSource(form.dataset.show)
  feed.onopen = () => { live.textContent = '' }
  feed.onerror = () => { live.textContent = 'Connection lost. What you see may be out of date; trying again.' }
  feed.onmessage = (event) => {
    const news = JSON.parse(event.data)
    for (const [id, state] of Object.entries(news.tickets)) {
      const seat = one(`[data-ticket="${CSS.escape(id)}"]`, form)
      if (seat) put(seat, state)
    }
    for (const [id, price] of Object.entries(news.prices ?? {})) {
      const seat = one(`[data-ticket="${CSS.escape(id)}"]`, form)
      if (seat) reprice(seat, id, price)
    }
    if (left) left.textContent = `${news.left} left`
    done()
  }
  // Too much has happened to tell: the page is read again, with what is chosen, and says what of it is lost.
  feed.addEventListener('reset', () => {
    const ids = all('input[name=ticket]:checked', form).map((box) => box.value.split(':')[0])
    const query = new URLSearchParams({ section: form.elements.section.value, page: form.elements.page.value, chosen: ids.join(',') })
    feed.close()
    location.replace(`${location.pathname}?${query}`)
  })
  addEventListener('pagehide', () => feed.close())
}

/** Waits for tickets of a show that is sold out, and shows them as soon as there are some. */
function comesBack(place) {
  const feed = new EventSource(place.dataset.comesBack)
  feed.onmessage = (event) => { if (JSON.parse(event.data).left > 0) location.reload() }
  feed.addEventListener('reset', () => location.reload())
  addEventListener('pagehide', () => feed.close())
}

/** Counts down by the server's own reckoning, whatever this machine's clock says; at the end the server tells what became of it. */
function countdown(place) {
  const since = performance.now()
  const total = Number(place.dataset.countdown)
  const text = one('[data-left-time]', place)
  const spoken = one('[data-spoken]')
  const told = new Set()
  const tick = () => {
    const left = Math.max(0, total - (performance.now() - since))
    const secs = Math.ceil(left / 1000)
    text.textContent = `${Math.floor(secs / 60)}:${String(secs % 60).padStart(2, '0')}`
    place.classList.toggle('soon', secs <= 60)
    for (const mark of [300, 60]) {
      if (secs === mark && !told.has(mark)) {
        told.add(mark)
        if (spoken) spoken.textContent = mark === 60 ? 'One minute left' : 'Five minutes left'
      }
    }
    if (left > 0) setTimeout(tick, 250)
    else setTimeout(() => location.reload(), 300)
  }
  tick()
  // A page from the cache has slept: only the server knows the time.
  addEventListener('pageshow', (event) => { if (event.persisted) location.reload() })
}

/** Says that nothing was sent, instead of leaving the checkout for the browser's own error. */
function offline(form) {
  const notice = one('[data-offline]')
  form.addEventListener('submit', (event) => {
    if (navigator.onLine) return
    event.preventDefault()
    notice.hidden = false
  }, { capture: true })
  addEventListener('online', () => { notice.hidden = true })
}

/**
 * What no text has: control characters, among them those that stand for the five bytes without a letter in Windows-1252, and the
 * mark that stands for bytes that are none in their encoding.
 */
const UNREADABLE = /[\0-\x08\x0e-\x1f\x7f-\x9f\ufffd]/

/**
 * The text of a file with the name of its encoding, as spreadsheets save it: UTF-16 by its byte order mark, or by zeros at every
 * other byte of its beginning; otherwise UTF-8. Only where nothing beyond ASCII is UTF-8 is it Windows-1252, which is what Excel
 * calls CSV in Western Europe: one letter of several bytes shows that the others are damaged.
 */
function decoded(bytes) {
  const as = (encoding, sizeOf) => ({ text: new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes), encoding, sizeOf })
  const zeros = (from) => bytes.length > 3 && [0, 2].every((at) => bytes[from + at] === 0)
  const twoEach = (text) => 2 * text.length
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || zeros(1)) return as('UTF-16LE', twoEach)
  if ((bytes[0] === 0xfe && bytes[1] === 0xff) || zeros(0)) return as('UTF-16BE', twoEach)
  const unicode = as('UTF-8', (text) => new TextEncoder().encode(text).length)
  if (!unicode.text.includes('\ufffd') || /[^\0-\x7f\ufffd]/.test(unicode.text)) return unicode
  const western = as('Windows-1252', (text) => text.length)
  // The mark itself, as UTF-8: what it stands for was lost when somebody else saved the file.
  return western.text.includes('\xef\xbf\xbd') ? unicode : western
}

/** The row, and the byte in it, of the first thing in a file that can't be read, both from 1; none if all can. */
function unreadable({ text, sizeOf }) {
  const at = text.search(UNREADABLE)
  if (at < 0) return undefined
  const rows = text.slice(0, at).split(/\r\n?|\n/)
  return { row: rows.length, byte: sizeOf(rows.at(-1)) + 1 }
}

/** How a file was read. Windows-1252 fits almost any bytes, so that a word tells whether it is right. */
function readAs({ text, encoding }) {
  const word = encoding === 'Windows-1252' && text.split(/[\s,;"]+/).find((part) => /[^\0-\x7f]/.test(part))
  if (!word) return `Read as ${encoding}.`
  return `Read as ${encoding}, where it says “${word}”. If that is wrong, save the file as CSV UTF-8 and choose it again.`
}

/** Reads a file of rows into the form, or refuses it whole. */
function fileRows(place) {
  const [input, status] = [one('input', place), one('[role=status]', place)]
  place.hidden = false
  input.addEventListener('change', async () => {
    const file = input.files[0]
    if (!file) return
    const found = decoded(new Uint8Array(await file.arrayBuffer()))
    const wrong = unreadable(found)
    status.classList.toggle('error', Boolean(wrong))
    if (!wrong) {
      one('#rows').value = found.text.replace(/^\ufeff/, '')
      status.textContent = readAs(found)
      return
    }
    // So that the same file can be chosen again once it is saved anew.
    input.value = ''
    status.textContent = `Nothing was read: byte ${wrong.byte} of row ${wrong.row} is no text in ${found.encoding}. Save the file as CSV UTF-8 and choose it again.`
  })
}

// A form that came back with errors is, to the back button and to a reload, the page that it is on.
history.replaceState(history.state, '')
sendOnce()
for (const form of all('form[data-show]')) showPage(form)
for (const place of all('[data-comes-back]')) comesBack(place)
for (const place of all('[data-countdown]')) countdown(place)
for (const form of all('form[data-pay]')) offline(form)
for (const place of all('[data-file]')) fileRows(place)
for (const place of all('[data-reload]')) setTimeout(() => location.reload(), Number(place.dataset.reload))
