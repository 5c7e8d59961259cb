import { dirname, relative, resolve } from 'node:path'
import { loadConnector } from '../connector/load.ts'
import { sourceOf, type SourceFlags } from '../connector/source.ts'
import { describe } from '../describe/describe.ts'
import { descriptionText } from '../describe/text.ts'
import { moduleText } from '../generate/module.ts'
import { exit, usage } from '../output/failure.ts'
import type { CommonFlags, Session } from '../session.ts'
import { relinkCommand, type RelinkFlags } from './relink.ts'

/** `out`: where a connector module is written, or with `link` or `unlink` a manifest. */
export interface ImportFlags extends CommonFlags, SourceFlags, RelinkFlags {}

/** `latchkey import`: says what a definition of another system needs and does, and writes a module that runs it. */
export async function importCommand(session: Session, spec: string, flags: ImportFlags): Promise<number> {
  const { terminal } = session
  const source = sourceOf(spec, terminal.cwd, flags)
  const { connector, definition } = await loadConnector(terminal, source)
  if (definition === undefined) {
    throw usage(`${spec} is a connector already.`, 'Use it as it is: latchkey connect.')
  }
  if (flags.link || flags.unlink) return relinkCommand(session, definition, flags)
  const description = await describe(connector, definition)
  if (flags.out === undefined) {
    await session.say(descriptionText(description))
    await session.tell(description)
    return exit.ok
  }
  const out = resolve(terminal.cwd, flags.out)
  if (!/\.m?ts$/.test(out)) throw usage('--out is no TypeScript file.', 'Give a path that ends in .ts.')
  if ((await terminal.files.read(out)) !== undefined) {
    throw usage(`There is already a file ${out}.`, 'Remove it, or write to another.')
  }
  const beside = (path: string): string => seen(path, dirname(out))
  await terminal.files.write(out, moduleText({ connector, definition, source, beside }))
  await session.say(`Wrote ${out}. Try it: latchkey connect ${seen(out, terminal.cwd)}\n`)
  await session.tell({ ...description, module: out })
  return exit.ok
}

function seen(path: string, from: string): string {
  const below = relative(from, path).replaceAll('\\', '/')
  return below.startsWith('.') ? below : `./${below}`
}
