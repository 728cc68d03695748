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
  PaymentDeclinedError,
  PreconditionFailedError,
  TooManyRequestsError,
  UnauthenticatedError,
  UnavailableError,
  ValidationError,
  checkGateway,
  codes,
} = boxoffice
