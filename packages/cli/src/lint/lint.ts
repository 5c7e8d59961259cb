import type { Connector } from '@latchkey/core'
import type { Definition } from '../definition/load.ts'
import { rehearse } from '../describe/places.ts'
import { settled } from '../describe/sample.ts'
import { waysOf } from '../describe/ways.ts'
import { fields } from './fields.ts'
import { imported } from './imported.ts'
import { lifecycle } from './lifecycle.ts'
import { reach } from './reach.ts'
import { secrets } from './secrets.ts'
import type { Finding, LintedWay, Rules, Severity } from './types.ts'

const families: readonly Rules[] = [secrets, reach, fields, lifecycle, imported]
const ranks: Readonly<Record<Severity, number>> = { error: 0, warning: 1, note: 2 }

/** What is missing or risky in a connector, errors first; a thing that several ways have in common is named once. */
export async function lint(
  connector: Connector,
  besides: { readonly definition?: Definition | undefined; readonly text?: string | undefined } = {},
): Promise<Finding[]> {
  const ways: LintedWay[] = []
  for (const each of waysOf(connector)) {
    const way = settled(connector, each)
    ways.push({ ...way, rehearsed: await rehearse(connector, way) })
  }
  const all = families.flatMap((rules) => rules({ connector, ways, ...besides }))
  const distinct = new Map(all.map((each) => [`${each.code}\n${each.at}\n${each.message}`, each]))
  return [...distinct.values()].sort((a, b) => ranks[a.severity] - ranks[b.severity])
}
