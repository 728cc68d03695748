/** How the ready router behaves; what is left out is as the host has it. */
export interface HttpSettings {
  /** The address at which people reach the application; `https` there makes cookies `Secure`. */
  publicUrl?: string
  /** Sites whose pages may call it: none by default. */
  corsOrigins?: string[]
  /** Whether clients are limited in how much they may ask: they are by default. */
  rateLimit?: boolean
  /** Addresses of proxies whose `X-Forwarded-For` is believed: none by default. */
  trustedProxies?: string[]
  /** How many milliseconds a request may take: 30,000 by default. */
  requestTimeoutMs?: number
  /** How many requests may be under way: 4,096 by default. */
  inFlightMax?: number
  /** How many journal streams may be open: 128 by default. */
  feedsMax?: number
  /** Whether `notFound` serves the storefront and the operators' console too: not by default. */
  pages?: boolean
  /** Whether `/metrics` is served: not by default. */
  metrics?: boolean
}
