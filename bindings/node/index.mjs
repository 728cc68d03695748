import boxoffice from './index.js'

export const {
  BoxOffice,
  BoxOfficeError,
  ClosedError,
  ConflictError,
  ForbiddenError,
  IdempotencyMismatchError,
  InternalError,
  ManualClock,
  NotFoundError,
  WebhookRefused,
  PaymentDeclinedError,
  PreconditionFailedError,
  StripeGateway,
  TooManyRequestsError,
  UnauthenticatedError,
  UnavailableError,
  ValidationError,
  checkGateway,
  codes,
  initCluster,
} = boxoffice
