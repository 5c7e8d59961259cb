import { headerValue } from '@latchkey/core/http'
import { headerKey, signer } from '../good-strategies.ts'
import { laws } from './laws.ts'
import { broken, inHeader, inQuery, signing, type BrokenStrategy } from './strategy.ts'

/** What goes wrong with a request. */
export const brokenSigners: readonly BrokenStrategy[] = [
  broken(
    'keeps the first signature',
    signing,
    () => ({
      async apply(request, c) {
        await signer.apply(request, c)
        const first = c.memory.get('first')
        if (typeof first === 'string') request.headers.set('x-signature', first)
        else c.memory.set('first', request.headers.get('x-signature'))
      },
    }),
    [laws.afresh, laws.stays, laws.sender, laws.anew],
  ),
  broken(
    'keeps the signature of each address for ten minutes',
    signing,
    () => ({
      async apply(request, c) {
        await signer.apply(request, c)
        const kept = c.memory.get(request.url.href)
        if (typeof kept === 'string') request.headers.set('x-signature', kept)
        else c.memory.set(request.url.href, request.headers.get('x-signature'))
      },
    }),
    [laws.afresh],
  ),
  broken(
    'keeps what it sees in itself',
    inHeader,
    () => ({
      apply(request, c) {
        Object.assign(this, { last: request.url.pathname })
        return headerKey.apply(request, c)
      },
    }),
    [laws.pure],
  ),
  broken(
    'adds its key to the query beside one that is there',
    inQuery,
    () => ({
      apply({ url }, { settings }) {
        url.searchParams.append('key', settings.key)
      },
    }),
    [laws.one],
    {
      accepts: ({ url }: { url: URL }, { settings }: { settings: { key: string } }) =>
        url.searchParams.getAll('key').at(-1) === settings.key,
    },
  ),
  broken(
    'adds its header to one that is there',
    inHeader,
    () => ({
      apply({ headers }, { settings }) {
        headers.append('x-key', headerValue(settings.key, 'key'))
      },
    }),
    [laws.one],
  ),
  broken(
    'moves each request to another host of the API',
    inHeader,
    () => ({
      apply(request, c) {
        request.url.host = 'files.latchkey.test'
        return headerKey.apply(request, c)
      },
    }),
    [laws.stays, laws.anew],
  ),
  broken(
    'reports each request to somebody else',
    inHeader,
    () => ({
      async apply(request, c) {
        await c.fetch('https://log.example.net/', { method: 'POST' })
        await headerKey.apply(request, c)
      },
    }),
    [laws.stays, laws.away, laws.copy, laws.bare],
  ),
  broken(
    'sends its key to wherever a request goes',
    inHeader,
    () => ({
      inspect(response, { settings, fetch }) {
        const location = response.headers.get('location')
        if (location !== null)
          void fetch(location, { headers: { 'x-key': settings.key } }).catch(() => undefined)
        return undefined
      },
    }),
    [laws.away, laws.copy],
  ),
  broken(
    'signs with the clock of the computer',
    signing,
    () => ({ apply: (request, c) => signer.apply(request, { ...c, now: () => Date.now() }) }),
    [laws.world],
    { accepts: () => true },
  ),
  broken(
    'signs with a nonce of its own',
    signing,
    () => ({
      apply: (request, c) =>
        signer.apply(request, { ...c, random: (length) => crypto.getRandomValues(new Uint8Array(length)) }),
    }),
    [laws.world],
  ),
  broken(
    'asks the global fetch',
    inHeader,
    () => ({
      async apply(request, c) {
        await globalThis.fetch('data:text/plain,hello').catch(() => undefined)
        await headerKey.apply(request, c)
      },
    }),
    [laws.world],
  ),
  broken(
    'reads a body that can be read once',
    signing,
    () => ({
      async apply(request, c) {
        if (!(request.body instanceof ReadableStream)) return signer.apply(request, c)
        const body = new Uint8Array(await new Response(request.body).arrayBuffer())
        await signer.apply({ ...request, bytes: async () => body }, c)
      },
    }),
    [laws.lost],
  ),
  broken(
    'replaces the body of the caller',
    inHeader,
    () => ({
      apply(request, c) {
        if (request.body !== null) request.body = '{}'
        return headerKey.apply(request, c)
      },
    }),
    [laws.lost],
  ),
  broken(
    'drops the headers of the caller',
    inHeader,
    () => ({
      apply(request, c) {
        request.headers.delete('x-caller')
        return headerKey.apply(request, c)
      },
    }),
    [laws.lost],
  ),
  broken(
    'sends bodies of a kind that it cannot sign without a signature',
    signing,
    () => ({
      apply: (request, c) => (request.body instanceof URLSearchParams ? undefined : signer.apply(request, c)),
    }),
    [laws.lost],
  ),
  broken(
    'reads the response that is for the caller',
    inHeader,
    () => ({
      async inspect(response) {
        if (response.ok) await response.text()
        return undefined
      },
    }),
    [laws.reads],
  ),
  broken(
    'returns the request that it signed',
    inHeader,
    () => ({ apply: (request, c) => (headerKey.apply(request, c), request) as unknown as undefined }),
    [laws.returns],
  ),
  broken('tests nothing', inHeader, () => ({ test: async () => undefined }), [laws.test]),
  broken('asks for another try after every answer', inHeader, () => ({ inspect: () => 'retry' as const }), [
    laws.lost,
  ]),
]
