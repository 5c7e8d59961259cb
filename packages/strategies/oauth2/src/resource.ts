import { renderEndpoint } from './endpoints.ts'
import type { Given } from './options.ts'
import type { Plan } from './plan.ts'

/** The resource indicator: as given, else the protected resource itself. RFC 8707 section 2. */
export async function resourceOf({ options }: Plan, given: Given): Promise<string | string[] | undefined> {
  const { resource, protectedResource } = options
  if (resource !== undefined) return typeof resource === 'string' ? resource : [...resource]
  return await Promise.resolve(
    protectedResource === undefined ? undefined : renderEndpoint(protectedResource, options, given),
  )
}
