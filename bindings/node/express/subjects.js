'use strict'
// Written by `cargo xtask generate` from the façade of the core. Changes here are lost.

const Subjects = Object.freeze({
  UserCreated: 'UserCreated',
  UserUpdated: 'UserUpdated',
  UserErased: 'UserErased',
  SessionRevoked: 'SessionRevoked',
  TicketCreated: 'TicketCreated',
  TicketUpdated: 'TicketUpdated',
  TicketWithdrawn: 'TicketWithdrawn',
  OrderCreated: 'OrderCreated',
  OrderCancelled: 'OrderCancelled',
  OrderExpired: 'OrderExpired',
  PaymentStarted: 'PaymentStarted',
  ChargeCreated: 'ChargeCreated',
  ChargeFailed: 'ChargeFailed',
  RefundStarted: 'RefundStarted',
  ChargeRefunded: 'ChargeRefunded',
  ChargeAuthorized: 'ChargeAuthorized',
  RefundFailed: 'RefundFailed',
  LateMoneyReceived: 'LateMoneyReceived',
  ChargeTransferred: 'ChargeTransferred',
  ChargeEscalated: 'ChargeEscalated',
  EscalationResolved: 'EscalationResolved',
  VoidStarted: 'VoidStarted',
  ChargeVoided: 'ChargeVoided',
  ChargeDisputed: 'ChargeDisputed',
  DisputeClosed: 'DisputeClosed',
  PayoutRecorded: 'PayoutRecorded',
})

module.exports = { Subjects }
