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
  one('[data-live]').textContent = `The price of ${one('.seat-name', seat).textContent} has changed to ${totalOf([box])}.`
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
 * The text of a file, as spreadsheets save it: by its byte order mark, as UTF-8 if it is that throughout, as UTF-16 if every
 * other byte of its beginning is zero, and as Windows-1252 otherwise, which is what Excel calls CSV in Western Europe.
 */
function decoded(bytes) {
  const as = (encoding, fatal = false) => ({ text: new TextDecoder(encoding, { fatal }).decode(bytes), encoding })
  const zeros = (from) => bytes.length > 3 && [0, 2].every((at) => bytes[from + at] === 0)
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || zeros(1)) return as('utf-16le')
  if ((bytes[0] === 0xfe && bytes[1] === 0xff) || zeros(0)) return as('utf-16be')
  try {
    return as('utf-8', true)
  } catch {
    return as('windows-1252')
  }
}

/** Reads a file of rows into the form. */
function fileRows(place) {
  place.hidden = false
  one('input', place).addEventListener('change', async (event) => {
    const file = event.target.files[0]
    if (!file) return
    const { text, encoding } = decoded(new Uint8Array(await file.arrayBuffer()))
    one('#rows').value = text
    one('[role=status]', place).textContent = encoding === 'utf-8' ? '' : `Read as ${encoding}: look at its accents in the preview.`
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
