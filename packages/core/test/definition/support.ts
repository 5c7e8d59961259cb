import { isAuthError, type AuthError } from '../../src/errors.ts'

/** The error that a function throws. */
export function faultOf(run: () => unknown): AuthError {
  try {
    run()
  } catch (error) {
    if (isAuthError(error)) return error
    throw error
  }
  throw new Error('nothing was thrown')
}
