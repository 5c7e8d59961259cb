import { exit, failure, usage } from '../output/failure.ts'
import type { Listener, Terminal } from '../terminal.ts'
import { page } from './page.ts'

/** Where a provider sends the browser back to. */
export type Redirect =
  | { readonly host: string; readonly port: number; readonly path: string }
  | { /** Not on this machine. */ readonly url: string }

const loopback = ['127.0.0.1', '[::1]', 'localhost']

/**
 * Where the browser ends: as `--redirect-uri` says, else at a free port, under a path that belongs to this connector and
 * this attempt alone, so that no other sign-in on this machine can be answered there.
 */
export function redirectFrom({ random }: Terminal, key: string, given?: string): Redirect {
  if (given === undefined) {
    const attempt = Buffer.from(random(16)).toString('base64url')
    return { host: '127.0.0.1', port: 0, path: `/${encodeURIComponent(key)}/${attempt}` }
  }
  const url = URL.canParse(given) ? new URL(given) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.hash !== '' || url.username !== '')
    throw usage('--redirect-uri is not a URL.', 'Write it as it is registered with the provider.')
  if (!loopback.includes(url.hostname)) return { url: given }
  if (url.protocol !== 'http:')
    throw usage('--redirect-uri: a loopback address must be http.', 'Register http://127.0.0.1:PORT/PATH.')
  // RFC 8252 section 7.3: a provider takes any port of a loopback address that is registered without one.
  return {
    host: url.hostname,
    port: Number(url.port),
    path: `${url.pathname}${url.search}`,
  }
}

/** Waits there for one answer. */
export async function listenerFor(
  { listen }: Terminal,
  { host, port, path }: Exclude<Redirect, { readonly url: string }>,
): Promise<Listener> {
  try {
    return await listen({ host, port, path, page })
  } catch (error) {
    const { code } = error as { readonly code?: unknown }
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error
    const why = code === 'EACCES' ? 'may not be used' : 'is in use'
    throw failure(
      exit.usage,
      `The port ${port} of ${host} ${why}.`,
      'Close what uses it, or register another --redirect-uri.',
    )
  }
}
