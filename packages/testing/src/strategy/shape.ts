import type { SeenRequest } from './case.ts'

/** The names of a request's parts without their values: two requests that differ in one secret have the same. */
export function shapeOf({ method, url, headers, text }: SeenRequest, withOrigin: boolean): unknown {
  const cookies = (headers.get('cookie') ?? '').split(';').map((pair) => pair.split('=', 1)[0]?.trim())
  return {
    method,
    origin: withOrigin ? url.origin : undefined,
    segments: url.pathname.split('/').length,
    query: [...url.searchParams.keys()],
    fragment: url.hash !== '',
    headers: [...headers.keys()].filter((name) => name !== 'content-length'),
    cookies,
    body: namesIn(text, headers.get('content-type') ?? ''),
  }
}

function namesIn(text: string, type: string): unknown {
  if (type.startsWith('application/x-www-form-urlencoded')) return [...new URLSearchParams(text).keys()]
  try {
    return names(JSON.parse(text))
  } catch {
    return undefined
  }
}

const names = (value: unknown): unknown =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).map(([name, part]) => [name, names(part)])
    : typeof value
