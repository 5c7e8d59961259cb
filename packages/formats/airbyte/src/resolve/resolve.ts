import { createBudget, invalid, isObject, type JsonObject, type Limits } from '@latchkey/core/definition'
import { withParameters } from './parameters.ts'
import { withReferences } from './references.ts'

/** Five times what the largest manifest that we know needs, and thrice as deep. */
const limits: Limits = { steps: 500_000, depth: 100, size: 0 }

/**
 * A manifest as Airbyte reads it before it makes components: references filled in, types stated, `$parameters` handed down.
 * @throws {AuthError} definition_invalid naming the path
 */
export function resolveManifest(manifest: unknown): JsonObject {
  if (!isObject(manifest)) throw invalid('', 'a manifest is an object; read its YAML first.')
  const budget = createBudget('The manifest', limits)
  const filled = withReferences(manifest, budget)
  return withParameters(filled as JsonObject, budget)
}
