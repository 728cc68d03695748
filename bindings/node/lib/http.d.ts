/** Settings of the ready router. Omitted settings have the host's defaults. */
export interface HttpSettings {
  /**
   * Public address of the application, such as `'https://tickets.example.com'`, or several if people reach it by several names, all of
   * them `https` or all `http`. With `https`, cookies are `Secure`.
   */
  publicUrl?: string | string[]
  /** Origins whose pages may call the routes; none by default. */
  corsOrigins?: string | string[]
  /** `true`, the default, limits the request rate of each client. */
  rateLimit?: boolean
  /**
   * Proxies whose `X-Forwarded-For`, or `Forwarded`, is trusted: addresses, and networks such as `'10.0.0.0/8'`, in a list or in a text
   * with commas or blanks; none by default.
   */
  trustedProxies?: string | string[]
  /** Timeout of a request, in milliseconds; 30,000 by default. */
  requestTimeoutMs?: number
  /** Maximum number of requests in flight; 4,096 by default. */
  inFlightMax?: number
  /** Maximum number of open journal streams; 128 by default. */
  feedsMax?: number
  /** Whether `notFound` serves the storefront and the operators' console too: not by default. */
  pages?: boolean
  /** Whether `/metrics` is served: not by default. */
  metrics?: boolean
}
