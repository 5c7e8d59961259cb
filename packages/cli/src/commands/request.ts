import { checkSettings } from '@latchkey/core'
import { toAuthError } from '@latchkey/core/http'
import { resolve } from 'node:path'
import { exit, usage } from '../output/failure.ts'
import { keptConnection, withKept, type CommonFlags, type Session } from '../session.ts'
import type { KeptFlags } from './test.ts'
import { requestLines, responseLines, wholeUrl, type OwnRequest, type Ready } from './verbose.ts'

/** What is sent. */
export interface RequestFlags {
  readonly request?: string | undefined
  /** `name: value`. */
  readonly header?: readonly string[] | undefined
  /** Text, `@path`, or `@-` for standard input; several are joined by `&`. */
  readonly data?: readonly string[] | undefined
  /** As `data`, sent as JSON. */
  readonly jsonData?: string | undefined
  /** Prints status and headers of the response to standard error. */
  readonly include?: boolean | undefined
  /** Besides, the request, with everything that signs in masked. */
  readonly verbose?: boolean | undefined
}

/** `latchkey request`: a request that signs in. */
export async function requestCommand(
  session: Session,
  name: string,
  url: string,
  flags: RequestFlags & KeptFlags & CommonFlags,
): Promise<number> {
  const kept = await keptConnection(session, name, flags.connector)
  return withKept(session, kept, async (connection) => {
    const { connector } = kept.loaded
    const { leaf, settings } = checkSettings(connector.auth, kept.record.settings)
    return send(session, { connection, connector, leaf, settings }, url, flags)
  })
}

/** Sends a request and prints the body of the response to standard output as it comes; 22 where the status is 400 or more. */
export async function send(
  session: Session,
  ready: Ready,
  url: string,
  flags: RequestFlags,
): Promise<number> {
  const { connection } = ready
  const init = await initOf(session, flags)
  const whole = flags.verbose ? await wholeUrl(ready, url) : undefined
  if (whole !== undefined) {
    for (const line of await requestLines(connection, whole, init)) session.warn(`${line}\n`)
  }
  const response = await connection.fetch(url, init).catch((error: unknown) => {
    // What is wrong with the call itself comes as a TypeError without a cause; a failed network has one.
    if (error instanceof TypeError && error.cause === undefined)
      throw usage(error.message, 'Correct the URL or the headers.')
    throw toAuthError(error, { now: session.terminal.now() })
  })
  if (flags.include || flags.verbose)
    for (const line of responseLines(response, flags.verbose ? '< ' : '')) session.warn(`${line}\n`)
  await (session.json ? tellResponse(session, response) : printBody(session, response))
  return response.status >= 400 ? exit.httpError : exit.ok
}

async function initOf(session: Session, flags: RequestFlags): Promise<OwnRequest> {
  const headers = new Headers()
  const parts = await Promise.all((flags.data ?? []).map((part) => textOf(session, '--data', part)))
  const json = flags.jsonData === undefined ? undefined : await textOf(session, '--json', flags.jsonData)
  if (json !== undefined && parts.length > 0)
    throw usage('--data and --json are both given.', 'Give one body.')
  const body = json ?? (parts.length > 0 ? parts.join('&') : undefined)
  if (json !== undefined) headers.set('accept', 'application/json')
  if (body !== undefined)
    headers.set('content-type', json === undefined ? 'application/x-www-form-urlencoded' : 'application/json')
  for (const [name, value] of (flags.header ?? []).map(headerOf)) headers.set(name, value)
  const method = flags.request ?? (body === undefined ? 'GET' : 'POST')
  if (body !== undefined && /^(?:get|head)$/i.test(method))
    throw usage(`A ${method} has no body.`, 'Choose another method with -X.')
  return { method, headers, ...(body !== undefined && { body }) }
}

async function textOf({ terminal }: Session, flag: string, text: string): Promise<string> {
  if (text === '@-') return terminal.stdin()
  if (!text.startsWith('@')) return text
  const found = await terminal.files.read(resolve(terminal.cwd, text.slice(1)))
  if (found === undefined)
    throw usage(`${flag}: there is no file ${text.slice(1)}.`, 'Give the path of a file after the @.')
  return found
}

function headerOf(line: string): [string, string] {
  const at = line.indexOf(':')
  const pair: [string, string] = [line.slice(0, at), line.slice(at + 1).trim()]
  try {
    if (at < 0) throw new TypeError('no colon')
    new Headers([pair])
    return pair
  } catch {
    // The platform's message would repeat the value, which may be secret.
    throw usage('A header is not one.', "Write -H 'name: value'.")
  }
}

async function printBody({ terminal }: Session, response: Response): Promise<void> {
  if (response.body === null) return
  const reader = response.body.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    await terminal.out(value)
  }
}

/** One document for scripts; a body that is not JSON is text. Nothing of it is masked: it was asked for. */
async function tellResponse({ terminal }: Session, response: Response): Promise<void> {
  const text = await response.text()
  const { status, statusText, headers } = response
  await terminal.out(
    `${JSON.stringify({ status, statusText, headers: Object.fromEntries(headers), body: parsed(text) })}\n`,
  )
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
