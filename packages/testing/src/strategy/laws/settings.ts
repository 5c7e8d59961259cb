import { isAuthError } from '@latchkey/core'
import { holds, same } from '../../check.ts'
import { law, type Bench, type Law, type Opened } from '../bench.ts'
import type { Settings } from '../case.ts'
import { hostileValues } from '../hostile.ts'
import type { Sample } from '../samples.ts'
import { leaked, secretFields, visible } from '../secrets.ts'
import { shapeOf } from '../shape.ts'

/** What settings may be. */
export const settingsLaws: readonly Law[] = [
  law(
    'settings that are not valid are refused before anything is sent, and the refusal names the field',
    async (bench) => {
      const { kase } = bench.subject
      const sample = await bench.plainest()
      for (const { settings, field } of [...(kase.invalid ?? []), ...missing(bench)]) {
        const opened: { now?: Opened } = {}
        const error = await thrownBy(async () => {
          opened.now = bench.open({ settings: settings as Settings })
          await bench.drive(opened.now.send(sample))
        })
        same(named(error), field, `the field that the refusal of ${fieldsOf(settings, field)} names`)
        same(
          [opened.now?.api.length ?? 0, opened.now?.own.length ?? 0],
          [0, 0],
          'the requests that were sent nevertheless',
        )
      }
    },
  ),

  law(
    'a hostile value is refused by the name of its field, or sent whole and in its own place; no error shows it',
    async (bench) => {
      const sample = await bench.plainest()
      const usual = bench.again()
      const model = usual.open()
      await usual.drive(model.succeed(sample))
      for (const field of hostileFields(bench)) {
        for (const [what, value] of Object.entries(hostileValues)) {
          const where = `${what} in the field "${field}"`
          await judge(bench.again(), { field, value, where, sample, model })
        }
      }
    },
    (bench) => hostileFields(bench).length > 0,
  ),
]

interface Trial {
  readonly field: string
  readonly value: string
  readonly where: string
  readonly sample: Sample
  readonly model: Opened
}

/** One value in one field: what came of it. */
const judge = async (bench: Bench, { field, value, where, sample, model }: Trial): Promise<void> => {
  const opened: { now?: Opened } = {}
  const error = await thrownBy(async () => {
    opened.now = bench.open({ settings: { ...bench.subject.kase.settings, [field]: value } })
    await bench.drive(opened.now.send(sample))
  })
  const { api = [], own = [] } = opened.now ?? {}
  // The core takes secrets out of messages; an error that never had one is better.
  for (const thrown of [error, ...bench.watch.thrown.filter(isAuthError)]) {
    const shown = value.includes('canary') ? leaked(await visible(thrown), [value]) : undefined
    holds(shown === undefined, `${where}: the error shows it`)
  }
  if (error !== undefined) {
    // What was sent is judged below; what the provider then says of it is its own affair.
    if (own.length === 0 || !isAuthError(error) || error.code === 'definition_invalid') {
      same(
        named(error),
        field,
        `${where}: the field that the refusal names; headerValue of @latchkey/core/http refuses by name`,
      )
    }
  }
  const simple = /^[\w-]*$/.test(value)
  const [apiModel, ownModel] = [model.api, model.own].map((all) => all.map((sent) => shapeOf(sent, !simple)))
  same(
    api.map((sent) => shapeOf(sent, !simple)),
    apiModel?.slice(0, api.length),
    `${where}: the parts of what the API got`,
  )
  same(
    own.map((sent) => shapeOf(sent, !simple)),
    ownModel?.slice(0, own.length),
    `${where}: the parts of what the provider got`,
  )
  same(
    api.map(({ accepted }) => accepted),
    model.api.slice(0, api.length).map(({ accepted }) => accepted),
    `${where}: whether the API recognised it`,
  )
  for (const [name, text] of [...api, ...own].flatMap(({ headers }) => [...headers])) {
    // RFC 9110 section 5.5: what is not ASCII is read in one way here and in another there.
    holds(/^[\t\x20-\x7e]*$/.test(text), `${where}: the header "${name}" is not printable ASCII`)
  }
}

/** Secret texts that the strategy uses with the case's settings. */
const hostileFields = ({ fields, subject }: Bench): string[] => secretFields(fields, subject.kase.settings)

/** The case's settings without each of the fields that must be given. */
const missing = ({ fields, subject }: Bench): { settings: Settings; field: string }[] =>
  Object.entries(fields).flatMap(([field, { required, when, default: value, type }]) => {
    const { settings } = subject.kase
    if (required !== true || when !== undefined || value !== undefined || settings[field] === undefined)
      return []
    const { [field]: _, ...others } = settings
    return [others, ...(type === 'string' || type === 'password' ? [{ ...others, [field]: '' }] : [])].map(
      (given) => ({
        settings: given,
        field,
      }),
    )
  })

const fieldsOf = (settings: unknown, field: string): string =>
  typeof settings === 'object' && settings !== null && field in settings
    ? `a bad "${field}"`
    : `settings without "${field}"`

const thrownBy = async (run: () => Promise<void>): Promise<unknown> => {
  try {
    await run()
    return undefined
  } catch (error) {
    return error
  }
}

/** The field that a refusal names first; else what was thrown instead. */
const named = (error: unknown): string => {
  if (error === undefined) return 'nothing was refused'
  if (!isAuthError(error)) return `no AuthError but ${error instanceof Error ? error.name : typeof error}`
  return error.code === 'settings_invalid' ? (error.field ?? 'no field') : `the code ${error.code}`
}
