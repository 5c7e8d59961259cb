// The little that the demo needs of HTTP.

/** Reads a request whole, in the forms in which parameters come. */
export const read = async (request) => {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString()
  const { headers, method } = request
  const { pathname, search, searchParams } = new URL(request.url, 'http://localhost')
  const [, host = '', ...path] = pathname.split('/')
  const type = headers['content-type'] ?? ''
  return {
    method,
    host,
    path: `/${path.join('/')}`,
    search,
    query: Object.fromEntries(searchParams),
    headers,
    type,
    form: type.startsWith('application/x-www-form-urlencoded')
      ? Object.fromEntries(new URLSearchParams(text))
      : {},
    json: type.startsWith('application/json') ? JSON.parse(text || '{}') : {},
    bearer: /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1],
  }
}

/** User name and password of a Basic header, form-decoded. RFC 6749 section 2.3.1. */
export const basicOf = ({ authorization = '' }) => {
  const [, encoded = ''] = /^Basic (.+)$/.exec(authorization) ?? []
  const [id = '', secret = ''] = Buffer.from(encoded, 'base64').toString().split(':').map(decodeURIComponent)
  return { id, secret }
}

export const json = (value, status = 200) => ({
  status,
  type: 'application/json',
  body: `${JSON.stringify(value)}\n`,
})
export const form = (value) => ({
  status: 200,
  type: 'application/x-www-form-urlencoded; charset=utf-8',
  body: new URLSearchParams(value).toString(),
})
export const html = (body, status = 200) => ({ status, type: 'text/html; charset=utf-8', body })
export const redirect = (location) => ({ status: 302, location })

const escaped = (text) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)

/** Where a person agrees, or does not. */
export const consentPage = ({ name, scope, ticket }) =>
  html(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<link rel="icon" href="data:,">
<title>${escaped(name)}</title>
<h1>${escaped(name)}, as the demo plays it</h1>
<p>Latchkey asks for: ${escaped(scope || 'nothing in particular')}</p>
<p><a id="allow" href="/-/decide?ticket=${ticket}&amp;answer=allow">Allow</a></p>
<p><a id="deny" href="/-/decide?ticket=${ticket}&amp;answer=deny">Deny</a></p>
</html>
`)
