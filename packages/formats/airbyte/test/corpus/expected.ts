import { isObject, type JsonObject } from '@latchkey/core/definition'
import { read } from './reading.ts'

/** A configuration of the source's shape. */
export type Config = Readonly<Record<string, unknown>>

/** What a request must carry: exact values by name, where they are known before it is sent. */
export interface Expected {
  readonly headers: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly form: Readonly<Record<string, string>>
  readonly json: JsonObject
}

export const nothing: Expected = { headers: {}, query: {}, form: {}, json: {} }

/** One use of an authenticator, as its definition says it. */
export interface Oracle {
  /** What each request to the API carries; `token` is the one that was issued last. */
  api(token: string): Expected
  /** Where a token is issued, what the request for it carries, and the answer that issues it; absent: nothing is earned. */
  readonly issuer?: {
    readonly method: string
    readonly url: string
    request(state: { refreshToken: string | undefined }): Expected & { readonly isAssertion?: boolean }
    answer(token: string, now: number): { body: JsonObject; refreshToken?: string }
    /** How long the token lives, in milliseconds; absent: until it is refused. */
    readonly lifetime?: number
  }
  /** A value that the user brought and that the API refuses, in the header of this name. */
  readonly stale?: readonly [header: string, value: string]
  /** Where the configuration keeps what was issued, for single-use tokens. */
  readonly paths?: { readonly access: readonly string[]; readonly refresh: readonly string[] }
}

/** A text of a definition. */
export const text = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : ''
export const listOf = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(text) : [])

/** A value at the place that a request option names. */
export function placed(option: JsonObject, value: string, config: Config): Expected {
  const name = read(text(option['field_name']), config)
  switch (option['inject_into']) {
    case 'header':
      return { ...nothing, headers: { [name.toLowerCase()]: value } }
    case 'request_parameter':
      return { ...nothing, query: { [name]: value } }
    case 'body_data':
      return { ...nothing, form: { [name]: value } }
    default: {
      const path =
        Array.isArray(option['field_path']) && option['field_path'].length > 0
          ? listOf(option['field_path'])
          : [name]
      return {
        ...nothing,
        json: nested(
          path.map((each) => read(each, config)),
          value,
        ),
      }
    }
  }
}

export const nested = (path: readonly string[], value: string): JsonObject =>
  path.reduceRight<JsonObject | string>((inner, name) => ({ [name]: inner }), value) as JsonObject

/** Names and values of a map; what comes to nothing is not sent. */
export const mapped = (value: unknown, config: Config): Record<string, string> =>
  isObject(value)
    ? Object.fromEntries(
        Object.entries(value)
          .map(([name, each]) => [read(name, config), read(text(each), config)] as const)
          .filter(([, each]) => each !== ''),
      )
    : {}
