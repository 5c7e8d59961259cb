import type { Difference } from '@latchkey/format-airbyte'
import { isObject, type JsonObject } from '@latchkey/core/definition'
import { resolve } from 'node:path'
import type { Definition } from '../definition/load.ts'
import { exit, usage } from '../output/failure.ts'
import { printable } from '../output/table.ts'
import type { Session } from '../session.ts'

export interface RelinkFlags {
  /** Places of authenticators that become one. */
  readonly link?: readonly string[] | undefined
  /** The place whose values win where they differ. */
  readonly keep?: string | undefined
  /** Places that get an authenticator of their own. */
  readonly unlink?: readonly string[] | undefined
  readonly out?: string | undefined
}

/** `latchkey import --link, --unlink`: a manifest in which authenticators are shared otherwise; what was read stays as it is. */
export async function relinkCommand(
  session: Session,
  { format, content }: Definition,
  { link: linked = [], keep, unlink: apart = [], out }: RelinkFlags,
): Promise<number> {
  if (format !== 'airbyte' || !isObject(content)) {
    throw usage('--link and --unlink are for manifests of Airbyte.', 'Leave them out.')
  }
  if (linked.length === 1) throw usage('--link needs two places at least.', 'Write --link PATH --link PATH.')
  const { link, unlink } = await import('@latchkey/format-airbyte')
  let manifest: JsonObject = apart.reduce<JsonObject>((whole, path) => unlink(whole, path), content)
  if (linked.length > 0) {
    const first = link(manifest, linked, keep)
    const last =
      'manifest' in first ? first : link(manifest, linked, await chosen(session, first.differences, linked))
    if (!('manifest' in last)) throw usage('--link: these cannot be made one.', 'Name the one to --keep.')
    manifest = last.manifest
  }
  const { stringify } = await import('yaml')
  const text =
    session.json || /\.json$/.test(out ?? '') ? `${JSON.stringify(manifest, null, 2)}\n` : stringify(manifest)
  if (out === undefined) {
    await session.terminal.out(text)
    return exit.ok
  }
  if (!/\.(?:ya?ml|json)$/.test(out))
    throw usage('--out is no manifest.', 'Give a path that ends in .yaml or .json.')
  const path = resolve(session.terminal.cwd, out)
  if ((await session.terminal.files.read(path)) !== undefined) {
    throw usage(`There is already a file ${path}.`, 'Remove it, or write to another.')
  }
  await session.terminal.files.write(path, text)
  await session.say(`Wrote ${path}.\n`)
  return exit.ok
}

/** Asks the author of the manifest which of the differing values to keep; the place that has them. */
async function chosen(
  { terminal: { prompter } }: Session,
  differences: readonly Difference[],
  paths: readonly string[],
): Promise<string> {
  const members = differences.map(({ member }) => member)
  if (prompter === undefined) {
    throw usage(
      `--link: these authenticators differ in ${printable(members.join(', '))}.`,
      'Say whose values to keep: --keep PATH.',
    )
  }
  const answers = paths.map((path) => {
    const own = differences.map(({ member, values }) => {
      const value = values.find((each) => each.paths.includes(path))?.value
      return `${member}: ${value === undefined ? 'nothing' : JSON.stringify(value)}`
    })
    return { value: path, label: printable(path), hint: printable(own.join(', ')).slice(0, 200) }
  })
  return prompter.select({
    message: `They differ in ${printable(members.join(', '))}. Keep the values of`,
    answers,
  })
}
