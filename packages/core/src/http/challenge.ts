/** One way in which a server says that a client may authenticate. */
export interface Challenge {
  /** In lower case. */
  readonly scheme: string
  /** What follows the scheme where it is one token instead of parameters (`Negotiate YII…`). */
  readonly token68?: string
  /** By lower-case name, without a prototype; of a name given twice, the first value. */
  readonly params: Readonly<Record<string, string>>
}

type Params = Record<string, string>

interface Cursor {
  readonly text: string
  at: number
}

const tokenAt = /[!#$%&'*+.^_`|~\w-]+/y
const valueAt = /[^\s,"]*/y // more than a token: servers leave base64 unquoted
const token68At = /[\w.~+/-]+=*(?=[ \t]*(?:,|$))/y
const spaceAt = /[ \t]*/y
const separatorAt = /[ \t,]*/y
const afterQuoteAt = /[ \t]*(?:,|$)|[ \t]+[!#$%&'*+.^_`|~\w-]+[ \t]*=/y

/** Reads at the cursor what the sticky expression matches; each of them has one class a step, so none backtracks. */
function take(cursor: Cursor, expression: RegExp): string | undefined {
  expression.lastIndex = cursor.at
  const found = expression.exec(cursor.text)?.[0]
  cursor.at += found?.length ?? 0
  return found
}

/** A quoted-string from its opening quote. RFC 9110 section 5.6.4. */
function takeQuoted(cursor: Cursor): string {
  const { text } = cursor
  let value = ''
  for (cursor.at++; cursor.at < text.length; cursor.at++) {
    const character = text.charAt(cursor.at)
    if (character === '\\' && cursor.at + 1 < text.length) {
      value += text.charAt(++cursor.at)
      continue
    }
    if (character === '"') {
      afterQuoteAt.lastIndex = cursor.at + 1
      // nginx writes a realm with quotes in it unescaped: a quote ends the string only where a parameter may end.
      if (afterQuoteAt.test(text)) {
        cursor.at++
        return value
      }
    }
    value += character
  }
  return value
}

/** `name = value` at the cursor into `params`; false, and the cursor where it was, where there is none. */
function takeParam(cursor: Cursor, params: Params): boolean {
  const start = cursor.at
  const name = take(cursor, tokenAt)?.toLowerCase()
  take(cursor, spaceAt)
  if (name === undefined || cursor.text.charAt(cursor.at) !== '=') {
    cursor.at = start
    return false
  }
  cursor.at++
  take(cursor, spaceAt)
  const value = cursor.text.charAt(cursor.at) === '"' ? takeQuoted(cursor) : (take(cursor, valueAt) ?? '')
  if (!(name in params)) params[name] = value
  return true
}

function skip(cursor: Cursor): void {
  const comma = cursor.text.indexOf(',', cursor.at)
  cursor.at = comma < 0 ? cursor.text.length : comma
}

const noParams = (): Params => Object.create(null) as Params

/**
 * The challenges of a `WWW-Authenticate` or `Proxy-Authenticate` header, several fields joined or not; null: none.
 * Never throws: what is not a challenge is passed over. Linear in the length. RFC 9110 section 11.6.1.
 */
export function parseChallenges(header: string | null): Challenge[] {
  const challenges: Challenge[] = []
  const cursor: Cursor = { text: header ?? '', at: 0 }
  let params: Params | undefined
  for (take(cursor, separatorAt); cursor.at < cursor.text.length; take(cursor, separatorAt)) {
    if (params !== undefined && takeParam(cursor, params)) continue
    const scheme = take(cursor, tokenAt)?.toLowerCase()
    if (scheme === undefined) {
      skip(cursor)
      continue
    }
    params = noParams()
    const token68 = take(cursor, spaceAt) === '' ? undefined : take(cursor, token68At)
    challenges.push(token68 === undefined ? { scheme, params } : { scheme, token68, params })
  }
  return challenges
}

/** The parameters of a header that has no scheme, such as `Authentication-Info`. RFC 9110 section 11.6.3. */
export function parseParams(header: string | null): Readonly<Record<string, string>> {
  const cursor: Cursor = { text: header ?? '', at: 0 }
  const params = noParams()
  for (take(cursor, separatorAt); cursor.at < cursor.text.length; take(cursor, separatorAt)) {
    if (!takeParam(cursor, params)) skip(cursor)
  }
  return params
}
