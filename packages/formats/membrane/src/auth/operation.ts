import { below, unsupported } from '@latchkey/core/definition'
import { functionIn } from '../dialect/implementation.ts'
import type { Definition, Files, Implementation, ImportedFunction } from '../dialect/types.ts'
import { evaluate } from '../formula/index.ts'

type Mapped = Extract<Implementation, { readonly kind: 'operation-mapping' }>

/** The file of an operation, where the host has imported it: `operations/KEY.js`. */
export function operationFile(files: Files, key: string): string | undefined {
  const ending = new RegExp(`(?:^|/)operations/${key.replace(/[^\w-]/g, '\\$&')}(?:/index)?\\.[cm]?[jt]s$`)
  return Object.keys(files).find((path) => ending.test(path))
}

/**
 * The definition with its test's operation as a function.
 * @throws {AuthError} unsupported where the host has not imported it
 */
export function withOperation(definition: Definition, files: Files): Definition {
  const { test } = definition
  if (test?.kind !== 'operation-mapping') return definition
  const { operationKey, at } = test
  const path = operationFile(files, operationKey)
  const run = path === undefined ? undefined : functionIn(files[path], [operationKey])
  if (run === undefined)
    throw unsupported(
      below(at, 'operationKey'),
      `the operation ${operationKey} is a part of the connector that is not read; import it and give it in files as operations/${operationKey}.js`,
    )
  return { ...definition, test: { kind: 'javascript', run: called(test, run), at } }
}

/** An operation gets `input`, as its mapping makes it, besides what a test gets; its result is mapped as `response`. */
function called({ inputMapping, outputMapping, at }: Mapped, run: ImportedFunction): ImportedFunction {
  return async (given) => {
    const input = evaluate(inputMapping, given, below(at, 'inputMapping')) ?? {}
    const output = await run({ ...given, input })
    if (outputMapping === undefined) return output ?? true
    return evaluate(outputMapping, { ...given, output, response: output }, below(at, 'outputMapping'))
  }
}
