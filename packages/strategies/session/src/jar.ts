import { Cookie, CookieJar } from 'tough-cookie'

/** The cookies of a session, under the rules of RFC 6265; a jar of its own for each session. */
export interface Jar {
  /** Takes what an answer from that URL sets; what the rules forbid is passed over. True: something was set. */
  learn(headers: Headers, url: string, now: number): boolean
  /** The Cookie header for a URL; empty where no cookie belongs there. */
  header(url: string, now: number): string
  /** When a cookie for that URL ends, in epoch milliseconds; undefined: with the session, or there is none. */
  endOf(name: string, url: string): number | undefined
  save(): SavedCookies
}

/** Cookies at rest. The values stand apart, because every text of credentials counts as a secret, and a domain is none. */
export interface SavedCookies {
  readonly values: readonly string[]
  /** The library's own form as JSON, without the values. */
  readonly rest: string
}

/** A jar, with what another one held. */
export function openJar(saved?: SavedCookies): Jar {
  const jar = saved === undefined ? new CookieJar() : restored(saved)
  // RFC 6265 section 5.4: longer paths first. The library's own clock decides nothing: what has ended is left out below.
  const held = (url: string): Cookie[] => jar.getCookiesSync(url, { expire: false, sort: true })
  return {
    learn(headers, url, now) {
      const cookies = headers.getSetCookie().flatMap((line) => Cookie.parse(line) ?? [])
      for (const cookie of cookies) {
        // RFC 6265 section 5.2.2: Max-Age wins. As a date it counts from now, also where the cookie is an old one.
        if (typeof cookie.maxAge === 'number')
          cookie.expires = new Date(cookie.maxAge > 0 ? now + cookie.maxAge * 1000 : 0)
        cookie.maxAge = null
        jar.setCookieSync(cookie, url, { ignoreError: true, now: new Date(now) })
      }
      return cookies.length > 0
    },
    header: (url, now) =>
      held(url)
        .filter((cookie) => endOf(cookie) > now)
        .map((cookie) => cookie.cookieString())
        .join('; '),
    endOf(name, url) {
      const cookie = held(url).find(({ key }) => key === name)
      const end = cookie && endOf(cookie)
      return end === Infinity ? undefined : end
    },
    save() {
      const { cookies = [], ...rest } = jar.serializeSync() ?? {}
      const values = cookies.map(({ value }) => value ?? '')
      return {
        values,
        rest: JSON.stringify({ ...rest, cookies: cookies.map((cookie) => ({ ...cookie, value: '' })) }),
      }
    },
  }
}

function restored({ values, rest }: SavedCookies): CookieJar {
  const { cookies, ...jar } = JSON.parse(rest) as { readonly cookies: readonly object[] }
  return CookieJar.deserializeSync(
    JSON.stringify({ ...jar, cookies: cookies.map((cookie, at) => ({ ...cookie, value: values[at] })) }),
  )
}

function endOf({ expires }: Cookie): number {
  return expires === null || typeof expires === 'string' ? Infinity : expires.getTime()
}

/** The value of a cookie that an answer sets; of one that is set twice, the last. RFC 6265 section 5.3. */
export function cookieIn(headers: Headers, name: string): string | undefined {
  const pair = headers.getSetCookie().findLast((line) => line.slice(0, line.indexOf('=')).trim() === name)
  return pair
    ?.split(';', 1)[0]
    ?.slice(name.length + 1)
    .trim()
}
