/**
 * Hears of what goes wrong, and of what is worth knowing, in the box offices of this process: `console`, winston and the like are
 * loggers. A method that is missing is not called. `fields` is what the sentence is about, such as `error` with all its causes.
 */
export interface Logger {
  error?(message: string, fields: Record<string, string>): void
  warn?(message: string, fields: Record<string, string>): void
  info?(message: string, fields: Record<string, string>): void
  debug?(message: string, fields: Record<string, string>): void
}
