// Cards by way of Stripe. Its script makes the fields, so that no card number ever comes to us, and asks the buyer's bank.

const all = (selector, within = document) => [...within.querySelectorAll(selector)]
const one = (selector, within = document) => within.querySelector(selector)
const UNREACHED = 'Stripe can’t be reached, so nothing was sent and you were not charged. Check your connection and reload this page.'

/** Which field an error of Stripe's is about, by its code. */
const FIELDS = [[/number/, 'cardNumber'], [/expir/, 'cardExpiry'], [/cvc/, 'cardCvc']]

const tell = (place, text = '') => {
  place.textContent = text
  place.hidden = !text
  if (place.dataset.fault) place.closest('.field').classList.toggle('wrong', !place.hidden)
}

/** Looks of the fields within Stripe's frames, taken from the page's own. */
function look(field) {
  const style = getComputedStyle(field)
  const bad = getComputedStyle(one('.note.error')).color
  return {
    base: { color: style.color, fontFamily: style.fontFamily, fontSize: style.fontSize, '::placeholder': { color: getComputedStyle(one('.note')).color } },
    invalid: { color: bad, iconColor: bad },
  }
}

/** The fields of a card, mounted; what is wrong is told beside each. */
function mount(form, stripe) {
  const elements = stripe.elements()
  const fields = new Map()
  for (const place of all('[data-hosted]', form)) {
    const name = place.dataset.hosted
    const field = elements.create(name, { style: look(place), classes: { focus: 'focus', invalid: 'invalid' } })
    field.on('change', (event) => tell(one(`[data-fault="${name}"]`, form), event.error?.message))
    field.mount(place)
    fields.set(name, field)
  }
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    for (const place of all('[data-hosted]', form)) fields.get(place.dataset.hosted).update({ style: look(place) })
  })
  return fields
}

/** Sends the card to Stripe and what it gives for it to us, once however often the button is pressed. */
function cardForm(form, stripe) {
  const problem = one('[data-problem]', form)
  const button = one('button', form)
  const holder = one('[data-holder]', form)
  const fields = mount(form, stripe)
  let sending = false
  const free = () => {
    sending = false
    button.removeAttribute('aria-busy')
  }
  const wrong = (error) => {
    const field = FIELDS.find(([code]) => code.test(error.code ?? ''))?.[1]
    const text = error.type === 'api_connection_error' || !error.message ? UNREACHED : error.message
    tell(field ? one(`[data-fault="${field}"]`, form) : problem, text)
    if (field) fields.get(field).focus()
    free()
  }
  const pay = async () => {
    const { paymentMethod, error } = await stripe.createPaymentMethod({
      type: 'card', card: fields.get('cardNumber'), billing_details: { name: holder.value.trim() },
    })
    if (error) return wrong(error)
    form.elements.token.value = paymentMethod.id
    form.submit()
  }
  form.addEventListener('submit', (event) => {
    // That there is no connection was told already.
    if (event.defaultPrevented) return
    event.preventDefault()
    if (sending) return
    tell(problem)
    const named = holder.value.trim() !== ''
    tell(one('[data-fault=holder]', form), named ? '' : 'Enter the name on the card')
    if (!named) return holder.focus()
    sending = true
    button.setAttribute('aria-busy', 'true')
    pay().catch(wrong)
  })
  holder.addEventListener('input', () => tell(one('[data-fault=holder]', form)))
  addEventListener('pageshow', free)
  form.noValidate = true
  button.disabled = false
}

/** Has the buyer's bank ask the buyer; what came of it, the page of the order tells. */
function confirm(place, stripe) {
  const [problem, asking, button] = ['problem', 'asking', 'ask'].map((name) => one(`[data-${name}]`, place))
  const ask = async () => {
    button.disabled = true
    tell(problem)
    asking.textContent = 'Asking your bank …'
    const { error } = await stripe.handleNextAction({ clientSecret: place.dataset.confirm }).catch((error) => ({ error }))
    // Whatever the bank has said, the page of the order tells it; only if nobody was reached there is something to try again.
    if (error?.type !== 'api_connection_error') return location.replace(place.dataset.next)
    asking.textContent = ''
    tell(problem, 'Your bank can’t be reached, and nothing was taken. Check your connection and ask it again.')
    button.disabled = false
  }
  button.addEventListener('click', ask)
  ask()
}

for (const place of all('[data-stripe]')) {
  // Without it Stripe's script was not loaded: it is blocked, or there is no connection.
  if (typeof globalThis.Stripe !== 'function') tell(one('[data-problem]', place), UNREACHED)
  else if (place.matches('form')) cardForm(place, globalThis.Stripe(place.dataset.stripe))
  else confirm(place, globalThis.Stripe(place.dataset.stripe))
}
