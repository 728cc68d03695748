/** How the ready router behaves; what is left out is as the host has it. */
export interface HttpSettings {
  /** The address at which people reach the application; `https` there makes cookies `Secure`. */
  publicUrl?: string
  /** Sites whose pages may call it: none unless told otherwise. */
  corsOrigins?: string[]
  /** Whether clients are limited in how much they may ask: they are unless told otherwise. */
  rateLimit?: boolean
  /** Addresses of proxies whose `X-Forwarded-For` is believed: none unless told otherwise. */
  trustedProxies?: string[]
  /** How many milliseconds a request may take: 30,000 unless told otherwise. */
  requestTimeoutMs?: number
  /** How many requests may be under way: 4,096 unless told otherwise. */
  inFlightMax?: number
  /** How many journal streams may be open: 128 unless told otherwise. */
  feedsMax?: number
}
