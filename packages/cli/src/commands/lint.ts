import { loadConnector } from '../connector/load.ts'
import { sourceOf, type SourceFlags } from '../connector/source.ts'
import { lint } from '../lint/lint.ts'
import { exit } from '../output/failure.ts'
import { printable } from '../output/table.ts'
import type { CommonFlags, Session } from '../session.ts'

export interface LintFlags extends CommonFlags, SourceFlags {
  /** Warnings count as errors. */
  readonly strict?: boolean | undefined
}

/** `latchkey lint`: names what is missing or risky in a connector or a definition; sends nothing. */
export async function lintCommand(session: Session, spec: string, flags: LintFlags): Promise<number> {
  const { terminal } = session
  const source = sourceOf(spec, terminal.cwd, flags)
  const { connector, definition } = await loadConnector(terminal, source)
  const isModule = definition === undefined || definition.format === 'segment'
  const text = isModule ? await terminal.files.read(source.module) : undefined
  const findings = await lint(connector, { definition, text })
  const count = (severity: string): number => findings.filter((each) => each.severity === severity).length
  const [errors, warnings] = [count('error'), count('warning')]
  const lines = findings.map(({ severity, code, at, message }) =>
    printable(`${severity} ${code} at ${at}: ${message}`),
  )
  const sum = `${connector.key}: ${plural(errors, 'error')}, ${plural(warnings, 'warning')}.`
  await session.say([...lines, sum].map((line) => `${line}\n`).join(''))
  await session.tell({ connector: connector.key, errors, warnings, findings })
  return errors > 0 || (flags.strict && warnings > 0) ? exit.code : exit.ok
}

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`
