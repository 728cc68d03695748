import express from './index.js'

export const {
  FileCursor,
  Listener,
  Publisher,
  Subjects,
  boxOfficeRouter,
  currentUser,
  errorHandler,
  requireAuth,
  validateRequest,
} = express
