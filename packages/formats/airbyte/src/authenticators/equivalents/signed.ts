import { awsSigV4 } from '@latchkey/aws-sigv4'
import type { AuthStrategy } from '@latchkey/core'
import { below, type JsonObject } from '@latchkey/core/definition'
import { chain, hmac } from '@latchkey/core/crypto'
import { base64Encode, headerValue } from '@latchkey/core/http'
import { attempt, strategyMade } from '../made.ts'
import { needed, textIn, type Text } from '../text.ts'
import type { Settings, Where } from '../where.ts'
import { memberOf, type Equivalent } from './equivalent.ts'

/** Requests to one service of AWS, signed with Signature Version 4. `type`: what its requests always are. */
function aws(
  definition: JsonObject,
  where: Where,
  service: string,
  names: readonly [id: string, secret: string, region: string],
  type: string,
): AuthStrategy {
  const [id, secret, region] = names.map((name) =>
    textIn(memberOf(definition, name, where.at), below(where.at, name)),
  ) as [Text, Text, Text]
  const signed = strategyMade(
    where,
    'aws-sigv4',
    (scope) => ({
      strategy: attempt(region.at, () => awsSigV4({ service, region: needed(region, scope) })),
      settings: { accessKeyId: needed(id, scope), secretAccessKey: needed(secret, scope) },
      names: { accessKeyId: id.field, secretAccessKey: secret.field },
    }),
    true,
  )
  return {
    ...signed,
    apply(request, c: never) {
      request.headers.set('content-type', type)
      return signed.apply(request, c)
    },
  }
}

const cloudTrail: Equivalent = {
  className: 'CustomAuthenticator',
  of: /cloudtrail/i,
  members: ['aws_key_id', 'aws_secret_key', 'aws_region_name'],
  left: 'Its changes to the body (whole numbers in StartTime and EndTime, LookupAttributes) are the caller’s to make.',
  strategy: (definition, where) =>
    aws(
      definition,
      where,
      'cloudtrail',
      ['aws_key_id', 'aws_secret_key', 'aws_region_name'],
      'application/x-amz-json-1.1',
    ),
}

const sqs: Equivalent = {
  className: 'CustomAuthenticator',
  of: /sqs/i,
  members: ['access_key', 'secret_key', 'region'],
  left: 'The parameters of ReceiveMessage are the caller’s to send.',
  strategy: (definition, where) =>
    aws(
      definition,
      where,
      'sqs',
      ['access_key', 'secret_key', 'region'],
      'application/x-www-form-urlencoded; charset=utf-8',
    ),
}

const nexusNames = ['access_key_id', 'secret_key', 'user_id', 'api_key'] as const

/**
 * Infor Nexus: an HMAC over the time, the method, the path and the query, all in lower case, and nothing of the body.
 */
const nexus: Equivalent = {
  className: 'NexusCustomAuthenticator',
  members: [],
  strategy(_, where) {
    const texts = nexusNames.map((name) => textIn(`{{ config['${name}'] }}`, below(where.at, name)))
    const signer: AuthStrategy<Settings> = {
      scheme: 'hmac',
      fields: {},
      apply({ method, url, headers }, { settings, now }) {
        const [id, secret, user, key] = nexusNames.map((name) => String(settings[name])) as Four
        const date = `${new Date(now()).toISOString().slice(0, 19)}.000Z`
        const message = `${date}${method}${url.pathname}${url.search}`.toLowerCase()
        return chain(hmac('SHA-256', secret, message), (mac) => {
          headers.set('x-dapi-date', date)
          headers.set('x-nexus-api-key', headerValue(key, 'api_key'))
          headers.set(
            'authorization',
            headerValue(`HMAC_1 ${id}:${base64Encode(mac)}:${user}`, 'access_key_id'),
          )
        })
      },
    }
    return strategyMade(where, 'hmac', (scope) => ({
      strategy: signer,
      settings: Object.fromEntries(
        texts.map((text, index) => [nexusNames[index] as string, needed(text, scope)]),
      ),
    }))
  },
}

type Four = [string, string, string, string]

export const signedEquivalents: readonly Equivalent[] = [cloudTrail, sqs, nexus]
