import { isAuthError } from '@latchkey/core'
import { isObject } from '@latchkey/core/definition'
import { expect, test } from '@jest/globals'
import { missing } from '../../../../../tools/needs.ts'
import { normalise, type Normalised } from '../../src/dialect/index.ts'
import type { Implementation, MethodName } from '../../src/dialect/types.ts'
import { evaluate } from '../../src/formula/index.ts'
import { present, specs } from '../corpus.ts'

type Members = Readonly<Record<string, unknown>>
type Spec = Members & {
  readonly files?: Members
  readonly given?: Members
  readonly sdkEvaluatedMappings?: Members
}

/** The specification with each JavaScript text in it replaced by a function, as a host would have imported it. */
function read({ auth, connector, files = {} }: Spec, run: () => unknown): Normalised {
  const imported = Object.fromEntries(
    Object.entries(files).map(([path, content]) => [
      path,
      typeof content === 'string' ? { default: run } : content,
    ]),
  )
  // Files that the pages name and leave out.
  const left = Object.fromEntries(
    Object.entries(isObject(auth) ? auth : {}).flatMap(([name, method]) => {
      const path = `auth/${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.js`
      return isObject(method) && method['implementationType'] === 'javascript' ? [[path, run]] : []
    }),
  )
  const code = isObject(connector) ? withFunctions(connector, run) : undefined
  return normalise(code ?? { auth }, { ...left, ...imported })
}

const withFunctions = (connector: Members, run: () => unknown): Members =>
  Object.fromEntries(
    Object.entries(connector).map(([name, item]) => [
      name,
      isObject(item) && 'code' in item ? { type: 'javascript', code: run } : item,
    ]),
  )

const named = (path: string): MethodName => {
  const [base = ''] = path.replace(/^auth\/(?:options\/[^/]+\/)?/, '').split('.')
  const name = base.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
  return name === 'getOauthConfig' ? 'getOAuthConfig' : (name as MethodName)
}

if (present) {
  test.each(specs() as readonly (readonly [string, Spec])[])(
    '%s is read, and its mappings give what they gave',
    (_, spec) => {
      const run = (): boolean => true
      const { definition } = read(spec, run)
      const variables = Object.fromEntries(
        Object.entries(spec.given ?? {}).filter(([, value]) => isObject(value)),
      )
      const template = JSON.stringify(spec.files ?? {}).includes('$template')
      const intended = (spec['expect'] as Members | undefined)?.['intendedHeaders']
      for (const [path, theirs] of Object.entries(spec.sdkEvaluatedMappings ?? {})) {
        const [, option] = /options\/([^/]+)\//.exec(path) ?? []
        const owner = option === undefined ? definition : definition.options?.[option]
        const method = owner?.[named(path)] as Extract<Implementation, { kind: 'mapping' }>
        expect([path, method.kind]).toEqual([path, 'mapping'])
        const ours = evaluate(method.mapping, variables, method.at)
        // What the pages say of $template stands in the corpus beside what the library did with it.
        if (template) expect(ours).toMatchObject({ headers: intended })
        else expect(ours).toEqual(theirs)
      }
      expect(definition.type ?? Object.values(definition.options ?? {})[0]?.type).not.toBe(undefined)
    },
  )

  test('JavaScript as text is refused by name, wherever it stands', () => {
    for (const [, spec] of specs() as readonly (readonly [string, Spec])[]) {
      const { auth, connector, files = {} } = spec
      if (!JSON.stringify([files, connector]).match(/export|exports/)) continue
      const refused = (): unknown => normalise(connector ?? { auth }, files)
      expect(refused).toThrow(/(?:is JavaScript as text, which is never run|needs the file)/)
      try {
        refused()
      } catch (error) {
        expect(isAuthError(error) && ['unsupported', 'definition_invalid'].includes(error.code)).toBe(true)
      }
    }
  })
} else missing('corpora/membrane', 'specifications')
