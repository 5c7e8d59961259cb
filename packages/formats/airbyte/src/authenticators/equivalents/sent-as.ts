import type { AuthStrategy, CredentialContext, OutgoingRequest } from '@latchkey/core'
import { chain } from '@latchkey/core/crypto'

/** A strategy that sends its bearer token in another way. */
export function sentAs(
  inner: AuthStrategy,
  put: (token: string, request: OutgoingRequest, c: CredentialContext<unknown, unknown>) => void,
): AuthStrategy {
  return {
    ...inner,
    apply(request, c: CredentialContext<unknown, unknown>) {
      const applied: void | Promise<void> = inner.apply(request, c)
      return chain(applied, () => {
        const token = /^Bearer (.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1]
        if (token === undefined) return
        request.headers.delete('authorization')
        put(token, request, c)
      })
    },
  }
}
