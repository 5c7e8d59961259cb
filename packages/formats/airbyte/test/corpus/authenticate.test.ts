import { expect, test } from '@jest/globals'
import { connect } from '@latchkey/core'
import { isObject, memberAt } from '@latchkey/core/definition'
import { missing } from '../../../../../tools/needs.ts'
import { fromAirbyte } from '../../src/index.ts'
import { apiOf } from './api.ts'
import { casesOf, type Case } from './cases.ts'
import { absence, manifestNames } from './corpus.ts'
import { both, extrasOf } from './extras.ts'
import { oracleOf } from './oracle.ts'
import { read } from './reading.ts'

if (absence !== undefined) missing("Airbyte's manifests", absence)
else {
  const all = manifestNames
    .flatMap(casesOf)
    .filter(({ definition }) => definition['type'] !== 'CustomAuthenticator')
  test.each(all.map((each) => [each.name, each] as const))('%s', async (_, each) => {
    await authenticates(each)
  })
}

async function authenticates({ manifest, resolved, request, definition, config }: Case): Promise<void> {
  const base = read(request.urlBase ?? '', config, { parameters: request.parameters ?? {} }).replace(
    /\/+$/,
    '',
  )
  const own = oracleOf(definition, config, base)
  if (!own) throw new Error(`there is no oracle for ${JSON.stringify(definition['type'])}`)
  const extras = extrasOf(request.requester, resolved, config)
  const oracle = { ...own, api: (token: string) => both(own.api(token), extras) }
  let time = Date.UTC(2026, 0, 1)
  const now = (): number => time
  const api = apiOf(oracle, now)
  const imported = fromAirbyte(manifest, { stream: request.stream })
  const settings = imported.settingsOf(config)
  const connection = connect(imported.connector, { settings, now, fetch: api.fetch, store: undefined })

  const carries = oracle.api('')
  const { http_method: method, request_body_json: body } = request.requester
  const post = { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'application/json' } }
  const form = { method: 'POST', body: new URLSearchParams({ a: '1' }) }
  const isJson = Object.keys(carries.json).length > 0 || (method === 'POST' && isObject(body))
  const init = isJson ? post : Object.keys(carries.form).length > 0 ? form : {}
  const call = async (): Promise<number> => (await connection.fetch(`${base}/latchkey-probe`, init)).status

  expect([await call(), api.faults, api.accepted()]).toEqual([200, [], 1])
  expect([await call(), api.faults, api.accepted()]).toEqual([200, [], 2])
  if (!oracle.issuer) return
  expect(api.issued).toHaveLength(1)

  // The end of its life, and a token that is refused before it.
  if (oracle.issuer.lifetime !== undefined) time += oracle.issuer.lifetime + 1000
  else api.expire()
  expect([await call(), api.faults, api.accepted()]).toEqual([200, [], 3])
  expect(api.issued).toHaveLength(2)
  time += 120_000
  api.expire()
  expect([await call(), api.faults, api.accepted()]).toEqual([200, [], 4])
  expect(api.issued).toHaveLength(3)

  if (!oracle.paths) return
  const kept = imported.configOf(settings, await connection.credentials())
  expect(memberAt(kept, oracle.paths.access)).toBe('token-3')
  expect(memberAt(kept, oracle.paths.refresh)).toBe('refresh-token-3')
}
