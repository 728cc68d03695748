// Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

/** Every code that an error may have. Codes never change their meaning. */
export type ErrorCode =
  /** There is no such user. */
  | 'auth.user_not_found'
  /** The email belongs to another user. */
  | 'auth.email_taken'
  /** A user with tickets on sale or open orders can't be erased. */
  | 'auth.still_trading'
  /** There is no such host. */
  | 'cluster.host_not_found'
  /** Another host has the name. */
  | 'cluster.name_taken'
  /** The last host that votes neither leaves nor gives up its vote. */
  | 'cluster.last_voter'
  /** Another host joins or leaves just now. */
  | 'cluster.change_pending'
  /** The seller is owed less than the payout. */
  | 'payout.exceeds_balance'
  /** The show has started. */
  | 'ticket.show_started'
  /** There is no such order. */
  | 'order.not_found'
  /** The order belongs to another user. */
  | 'order.not_yours'
  /** A buyer can't order their own ticket. */
  | 'order.own_ticket'
  /** The tickets of one order must have one currency. */
  | 'order.mixed_currencies'
  /** The sum of the tickets' prices is larger than an order can be. */
  | 'order.total_too_large'
  /** The tickets cost something else than the buyer has agreed to. */
  | 'order.price_changed'
  /** The buyer has the maximum number of open orders. */
  | 'order.too_many_open'
  /** The order has expired. */
  | 'order.expired'
  /** The order was cancelled. */
  | 'order.cancelled'
  /** The order is paid. */
  | 'order.already_paid'
  /** A payment of the order is under way, and its outcome is not yet known. */
  | 'order.payment_pending'
  /** There is no such charge. */
  | 'payment.not_found'
  /** Only a charge that took money can be refunded. */
  | 'payment.not_refundable'
  /** The charge is refunded, or its refund is pending. */
  | 'payment.already_refunded'
  /** The refund is larger than what is left of the charge. */
  | 'payment.refund_too_large'
  /** The refund must have the currency of its charge. */
  | 'payment.refund_currency'
  /** Tickets go back on sale only if all of their money goes back. */
  | 'payment.return_needs_full_refund'
  /** The charge is not escalated to an operator. */
  | 'payment.not_escalated'
  /** There is no such ticket. */
  | 'ticket.not_found'
  /** Only the ticket's seller may do this. */
  | 'ticket.not_yours'
  /** An open order holds the ticket. */
  | 'ticket.locked'
  /** The ticket is sold. */
  | 'ticket.sold'
  /** The ticket was withdrawn by its seller. */
  | 'ticket.withdrawn'
  /** The ticket's version differs from the expected one. */
  | 'ticket.version_mismatch'
  /** Another ticket for this seat of this show is on sale or sold. */
  | 'ticket.seat_taken'
  /** There is no such webhook. */
  | 'webhook.not_found'
  /** There are as many webhooks as there may be. */
  | 'webhook.limit_reached'
  /** A field of the input is invalid; the faults name it. */
  | 'validation'
  /** No user is signed in, or the session has ended. */
  | 'auth.required'
  /** The email is unknown or the password is wrong; the error does not tell which. */
  | 'auth.invalid_credentials'
  /** Only an operator may do this. */
  | 'auth.operator_required'
  /** The card processor refused the card. */
  | 'payment.declined'
  /** The charge belongs to another user's order. */
  | 'payment.not_yours'
  /** The message is not from the card processor, or is too old. */
  | 'payment.notice_refused'
  /** Too many payments wait for the card processor, so no more are accepted. */
  | 'payment.unavailable'
  /** The card processor does not accept the shop's own requests: its key, account or settings are wrong. No money was taken. */
  | 'payment.misconfigured'
  /** The idempotency key belongs to another command. */
  | 'command.key_reused'
  /** The command comes to more than a cluster can record at once. Nothing has changed. */
  | 'command.too_large'
  /** There were too many attempts. */
  | 'rate.limited'
  /** The program has a bug; the details are only in the trace. */
  | 'internal'
  /** The journal is damaged, and the engine does not guess its content. */
  | 'journal.damaged'
  /** The journal could not be written or read. The outcome of the command is unknown. */
  | 'journal.unavailable'
  /** The directory is already open, in this process or another. */
  | 'journal.in_use'
  /** The directory was written by a newer version of boxoffice. */
  | 'journal.newer_format'
  /** The cursor lies beyond the end of the journal, or in a history that a restored backup has replaced. */
  | 'journal.cursor_unknown'
  /** The clock is far from the journal's last time. */
  | 'clock.jumped'
  /** The engine is closed. */
  | 'engine.closed'
  /** The queue of commands is full. */
  | 'engine.overloaded'
