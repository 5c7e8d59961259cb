import { AuthError, type AuthContext, type AuthStrategy, type OutgoingRequest } from '@latchkey/core'
import {
  bodyBytes,
  formEncode,
  headerName,
  headerValue,
  jsonSlotNames,
  parseUrlTemplate,
  renderJson,
  renderOptional,
  renderUrl,
  slotNames,
} from '@latchkey/core/http'
import { scheme } from './judge.ts'
import type { LoginRequest } from './options.ts'
import { xmlEscape } from './xml.ts'

export type Values = Readonly<Record<string, unknown>>
export type Context = AuthContext<Values>

/** The slots of a request. @throws {TypeError} that names the option */
export function requestSlots(request: LoginRequest, what: string): string[] {
  const { url, query = {}, headers = {}, json, form, text } = request
  if ([json, form, text].filter((body) => body !== undefined).length > 1)
    throw new TypeError(`session: ${what} has more than one of json, form and text`)
  const parsed = parseUrlTemplate(url)
  Object.keys(headers).forEach(headerName)
  const pieces = [...parsed.host, ...parsed.path, ...parsed.query, parsed.port ?? '']
  return [
    ...pieces.flatMap((piece) => (typeof piece === 'object' ? [piece.name] : [])),
    ...[query, headers, form ?? {}].flatMap((part) => Object.values(part)).flatMap(slotNames),
    ...jsonSlotNames(json ?? null),
    ...slotNames(text ?? ''),
  ]
}

/** The request, its slots filled with settings and with what earlier answers gave. */
export function build(
  request: LoginRequest,
  values: Values,
  isOptional: (name: string) => boolean,
): OutgoingRequest {
  const { query = {}, headers: named = {}, json, form, text } = request
  const url = new URL(renderUrl(request.url, values))
  const fill = (template: string, check?: (value: string, what: string) => string): string | undefined =>
    renderOptional(template, values, isOptional, check)
  for (const [name, template] of Object.entries(query)) {
    const value = fill(template)
    if (value !== undefined) url.searchParams.append(name, value)
  }
  const headers = new Headers()
  for (const [name, template] of Object.entries(named)) {
    const value = fill(template, headerValue)
    if (value !== undefined) headers.set(name, value)
  }
  const type = headers.get('content-type') ?? ''
  const escape = /[/+]xml\s*(?:;|$)/i.test(type) ? xmlEscape : (value: string) => value
  const body =
    json !== undefined
      ? JSON.stringify(renderJson(json, values, isOptional))
      : form !== undefined
        ? formEncode(Object.entries(form).map(([name, template]) => [name, fill(template)] as const))
        : text !== undefined
          ? text.replace(/\{([\w.-]+)\}/g, (slot) => fill(slot, escape) ?? '')
          : null
  if (body !== null && type === '')
    headers.set(
      'content-type',
      json !== undefined
        ? 'application/json'
        : form !== undefined
          ? 'application/x-www-form-urlencoded;charset=UTF-8'
          : 'text/plain;charset=UTF-8',
    )
  return outgoing(request.method ?? (body === null ? 'GET' : 'POST'), url, headers, body)
}

function outgoing(method: string, url: URL, headers: Headers, body: string | null): OutgoingRequest {
  const request: OutgoingRequest = {
    method: method.toUpperCase(),
    url,
    headers,
    body,
    async bytes() {
      const bytes = await bodyBytes(request.body)
      request.body = request.body === null ? null : bytes
      return bytes
    },
  }
  return request
}

/** Sends a request, authenticated by a strategy where one is given; `redirect` as in Fetch. */
export async function send(
  make: () => OutgoingRequest,
  auth: AuthStrategy | undefined,
  c: Context,
  redirect: RequestRedirect,
): Promise<{ readonly response: Response; readonly url: string }> {
  const leaf = leafOf(auth, c.settings)
  const memory = memoryIn(c.memory)
  const own = (more: Values): Context => Object.assign(Object.create(c) as Context, { memory, ...more })
  const credentials: unknown = await leaf?.acquire?.(own({}))
  if (leaf?.acquire !== undefined && credentials === undefined)
    throw new AuthError(
      'credentials_missing',
      `The login needs ${leaf.scheme} credentials, and nobody has earned them.`,
      { scheme },
    )
  for (let turn = 0; ; turn++) {
    const request = make()
    const { origin } = request.url
    await leaf?.apply(request, own({ credentials }) as never)
    // A strategy cannot move a request.
    if (request.url.origin !== origin)
      throw new AuthError('origin_forbidden', 'The login must not be sent to another origin than its own.', {
        scheme,
      })
    const { method, url, headers, body } = request
    const response = await c.fetch(url.href, { method, headers, body, redirect, signal: c.signal ?? null })
    const verdict = await leaf?.inspect?.(response, own({ credentials, request }) as never)
    // Something was learnt, such as the nonce of Digest.
    if (verdict !== 'retry' || turn > 0) return { response, url: url.href }
  }
}

function leafOf(auth: AuthStrategy | undefined, settings: Values): AuthStrategy | undefined {
  let leaf = auth
  while (leaf?.select) leaf = leaf.select(settings)
  return leaf
}

/** What the login's own strategy remembers, apart from what the session does. */
function memoryIn(memory: Context['memory']): Map<string, unknown> {
  const own = (memory.get('login') as Map<string, unknown> | undefined) ?? new Map<string, unknown>()
  memory.set('login', own)
  return own
}
