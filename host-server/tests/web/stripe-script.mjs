// A stand-in for Stripe's script and for what it asks, by their real addresses, so that the content security policy is tested too:
// fields in frames of js.stripe.com, cards and payments at api.stripe.com, the buyer's bank in a frame of hooks.stripe.com.
// Behind api.stripe.com is localstripe, at which the host takes the money.

/** Where Stripe is, to a browser. */
export const origins = ['https://js.stripe.com', 'https://api.stripe.com', 'https://hooks.stripe.com']

/** What runs in the page. It is a text here, and code there. */
function script() {
  const NAMES = { cardNumber: 'card number', cardExpiry: 'expiration date', cardCvc: 'CVC' }
  const CODES = { cardNumber: 'number', cardExpiry: 'expiry', cardCvc: 'cvc' }

  class Field {
    value = ''
    handlers = []
    constructor(name) { this.name = name }
    on(event, handler) { if (event === 'change') this.handlers.push(handler) }
    update() {}
    focus() { this.frame.focus() }
    mount(place) {
      this.frame = document.createElement('iframe')
      this.frame.title = `Secure ${NAMES[this.name]} input frame`
      this.frame.src = `https://js.stripe.com/field#${this.name}`
      this.frame.width = '100%'
      this.frame.height = '20'
      this.frame.setAttribute('frameborder', '0')
      place.append(this.frame)
      addEventListener('message', ({ origin, data }) => {
        if (origin !== 'https://js.stripe.com' || data.name !== this.name) return
        this.value = data.value.replaceAll(/[ /]/g, '')
        for (const handler of this.handlers) handler({ elementType: this.name, empty: !this.value, error: this.fault(false) })
      })
    }
    /** Something that can't be right is told while it is typed; that something is missing, only in the end. */
    fault(atTheEnd) {
      const code = CODES[this.name]
      if (/\D/.test(this.value)) return { type: 'validation_error', code: `invalid_${code}`, message: `Your ${NAMES[this.name]} is invalid.` }
      const least = { cardNumber: 15, cardExpiry: 4, cardCvc: 3 }[this.name]
      if (atTheEnd && this.value.length < least) {
        return { type: 'validation_error', code: `incomplete_${code}`, message: `Your ${NAMES[this.name]} is incomplete.` }
      }
    }
  }

  async function ask(path, form) {
    try {
      const answer = await fetch(`https://api.stripe.com/v1/${path}`, { method: 'POST', body: new URLSearchParams(form) })
      return await answer.json()
    } catch {
      return { error: { type: 'api_connection_error', message: 'We are experiencing issues connecting to our payments provider.' } }
    }
  }

  /** The buyer's bank asks in a window of its own. */
  function bank() {
    const frame = document.createElement('iframe')
    frame.src = 'https://hooks.stripe.com/3d_secure'
    frame.title = 'Your bank'
    document.body.append(frame)
    return new Promise((answered) => {
      addEventListener('message', function hear({ origin, data }) {
        if (origin !== 'https://hooks.stripe.com') return
        removeEventListener('message', hear)
        frame.remove()
        answered(data.success)
      })
    })
  }

  globalThis.Stripe = (key) => {
    const fields = new Map()
    return {
      elements: () => ({
        create(name) {
          fields.set(name, new Field(name))
          return fields.get(name)
        },
      }),
      async createPaymentMethod({ type, card, billing_details: { name } }) {
        if (type !== 'card' || card !== fields.get('cardNumber')) throw new Error('IntegrationError')
        for (const field of fields.values()) if (field.fault(true)) return { error: field.fault(true) }
        const expiry = fields.get('cardExpiry').value
        const made = await ask('payment_methods', {
          key, type, 'card[number]': card.value, 'card[exp_month]': expiry.slice(0, 2), 'card[exp_year]': `20${expiry.slice(2)}`,
          'card[cvc]': fields.get('cardCvc').value, 'billing_details[name]': name,
        })
        return made.error ? { error: made.error } : { paymentMethod: made }
      },
      async handleNextAction({ clientSecret }) {
        const id = clientSecret.split('_secret_')[0]
        const success = await bank()
        const intent = await ask(`payment_intents/${id}/_authenticate`, { client_secret: clientSecret, success })
        if (intent.error) return { error: intent.error }
        return success ? { paymentIntent: intent } : { error: { type: 'invalid_request_error', code: 'payment_intent_authentication_failure' } }
      },
    }
  }
}

const FIELD = `<!doctype html><html lang="en"><title>Field</title><meta name="color-scheme" content="light dark">
<style>html { color-scheme: light dark } body { margin: 0 } input { border: 0; outline: 0; width: 100%; padding: 0; background: none; font: 16px/1.2 system-ui; color: inherit }</style>
<input><script>
  const name = location.hash.slice(1)
  const input = document.querySelector('input')
  input.ariaLabel = name
  input.placeholder = { cardNumber: '1234 1234 1234 1234', cardExpiry: 'MM / YY', cardCvc: 'CVC' }[name]
  input.oninput = () => parent.postMessage({ name, value: input.value }, '*')
  onfocus = () => input.focus()
</script>`

const BANK = `<!doctype html><html lang="en"><title>Bank</title><p>Is it you?</p>
<button onclick="parent.postMessage({ success: true }, '*')">Yes</button><button onclick="parent.postMessage({ success: false }, '*')">No</button>`

/** Answers for Stripe in this context; the returned list has the paths that api.stripe.com was asked for. */
export async function standIn(context, address) {
  const asked = []
  const html = (body) => ({ contentType: 'text/html', body })
  await context.route('https://js.stripe.com/**', (route) => {
    const { pathname } = new URL(route.request().url())
    if (pathname === '/dahlia/stripe.js') return route.fulfill({ contentType: 'text/javascript', body: `(${script})()` })
    return pathname === '/field' ? route.fulfill(html(FIELD)) : route.abort()
  })
  await context.route('https://hooks.stripe.com/3d_secure', (route) => route.fulfill(html(BANK)))
  await context.route('https://api.stripe.com/**', async (route) => {
    const { pathname } = new URL(route.request().url())
    asked.push(pathname)
    const form = new URLSearchParams(route.request().postData())
    form.delete('key')
    const answer = await fetch(address + pathname, { method: 'POST', headers: { authorization: 'Bearer sk_test_12345' }, body: form })
    const headers = { 'access-control-allow-origin': '*' }
    await route.fulfill({ status: answer.status, contentType: 'application/json', headers, body: await answer.text() })
  })
  return asked
}
