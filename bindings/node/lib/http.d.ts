/** Settings of the ready router. Omitted settings have the host's defaults. */
export interface HttpSettings {
  /** Public address of the application. With `https`, cookies are `Secure`. */
  publicUrl?: string
  /** Origins whose pages may call the routes; none by default. */
  corsOrigins?: string[]
  /** `true`, the default, limits the request rate of each client. */
  rateLimit?: boolean
  /** IP addresses of proxies whose `X-Forwarded-For` is trusted; none by default. */
  trustedProxies?: string[]
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
