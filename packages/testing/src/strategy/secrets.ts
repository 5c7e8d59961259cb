import type { AuthStrategy, Fields } from '@latchkey/core'
import type { AnyCase, SeenRequest, Settings } from './case.ts'

/** The strategy that the settings lead to, and all fields on the way. */
export function leafOf(strategy: AuthStrategy, settings: Settings): { leaf: AuthStrategy; fields: Fields } {
  let leaf = strategy
  let fields = strategy.fields
  while (leaf.select) {
    leaf = leaf.select(settings)
    fields = { ...fields, ...leaf.fields }
  }
  return { leaf, fields }
}

/** The settings with the defaults of the fields, as a strategy reads them. */
export function withDefaults(fields: Fields, settings: Settings): Settings {
  const defaults = Object.entries(fields).flatMap(([name, field]) =>
    field.default === undefined ? [] : [[name, field.default] as const],
  )
  return { ...Object.fromEntries(defaults), ...settings }
}

/** The names of the fields whose values must never be shown, and that have one. */
export function secretFields(fields: Fields, settings: Settings): string[] {
  return Object.entries(fields).flatMap(([name, field]) =>
    !field.public && !('choices' in field) && typeof settings[name] === 'string' && settings[name] !== ''
      ? [name]
      : [],
  )
}

/** The texts of credentials that must never be shown. */
export function secretsIn(kase: AnyCase, credentials: unknown): readonly string[] {
  if (credentials === undefined || credentials === null) return []
  return (
    kase.secrets?.(credentials) ??
    texts(credentials).filter((text) => text.length >= 8 && !URL.canParse(text))
  )
}

const texts = (value: unknown): string[] => {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : []
}

/** The first of these secrets that stands in the text, in any of the forms in which secrets travel. */
export function leaked(text: string, secrets: readonly string[]): string | undefined {
  return secrets.find((secret) => formsOf(secret).some((form) => text.includes(form)))
}

function formsOf(secret: string): string[] {
  const bytes = new TextEncoder().encode(secret)
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  // Base64 looks different at each of three offsets, as a password does behind a user name.
  const base64 = [0, 1, 2].map((offset) => {
    const text = btoa(String.fromCharCode(...new Uint8Array(offset), ...bytes))
    return text.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6))
  })
  const wellFormed = secret.replace(/\p{Cs}/gu, '\ufffd')
  return [
    secret,
    encodeURIComponent(wellFormed),
    new URLSearchParams([['', secret]]).toString().slice(1),
    JSON.stringify(secret).slice(1, -1),
    ...base64,
    ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
    hex,
    hex.toUpperCase(),
  ].filter((form) => form.length > 5)
}

/** Everything of a request that the other side can read, as text. */
export function written({ method, url, headers, text }: SeenRequest): string {
  return [method, url.href, decoded(url.href), ...[...headers].map((pair) => pair.join(': ')), text].join(
    '\n',
  )
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** All that a log, a debugger or a curious host could print of a value, its causes included. */
export async function visible(value: unknown, depth = 0): Promise<string> {
  const inspect = await import('node:util').then(
    (util) => util.inspect,
    () => undefined,
  )
  const own =
    typeof value === 'object' && value !== null && depth < 5
      ? await Promise.all(
          Object.getOwnPropertyNames(value)
            .filter((name) => 'value' in (Object.getOwnPropertyDescriptor(value, name) ?? {}))
            .map((name) => visible((value as Readonly<Record<string, unknown>>)[name], depth + 1)),
        )
      : []
  return [String(value), json(value), inspect?.(value, { depth: 10, showHidden: true }) ?? '', ...own].join(
    '\n',
  )
}

const json = (value: unknown): string => {
  try {
    return JSON.stringify([value])
  } catch {
    return ''
  }
}
