import { keyUse, reseal, type Keyring, type ResealProgress } from '@latchkey/core'
import { exit, failure, usage } from '../output/failure.ts'
import { table } from '../output/table.ts'
import type { CommonFlags, Session } from '../session.ts'
import type { Upkeep } from '../store/open.ts'

export interface RotateFlags extends CommonFlags {
  /** Makes no new key. */
  readonly resume?: boolean | undefined
}

/** `latchkey keys rotate`: makes a new key beside the others, and seals every record anew with it. */
export async function rotateKeysCommand(session: Session, { resume }: RotateFlags): Promise<number> {
  const upkeep = await session.upkeep()
  const { keys } = upkeep
  if (keys.file === undefined && Object.keys((await keys.read()).keys).length === 1)
    throw failure(
      exit.operator,
      'The key is given by LATCHKEY_KEY, so no other can be made here.',
      'Whoever sets it must set a new one there, and this one in LATCHKEY_KEY_OLD; then run it again.',
    )
  // In the file before anything is sealed with it: whoever meets it finds it there.
  if (keys.file !== undefined && !resume) await keys.add()
  const { seen, resealed } = await sealAnew(session, upkeep)
  const rows = await rowsOf(upkeep)
  const current = rows.find((row) => row.current)?.id ?? ''
  await session.say(
    `Key ${current} seals everything from now on; ${resealed} of ${count(seen)} sealed anew.\n`,
  )
  for (const { id, records } of rows.filter((row) => !row.current && row.known))
    await session.say(
      records > 0
        ? `Key ${id} is still needed by ${count(records)}, written meanwhile: latchkey keys rotate --resume\n`
        : `Key ${id} is not needed any more: ${keys.file === undefined ? 'take it out of LATCHKEY_KEY_OLD' : `latchkey keys remove ${id}`}\n`,
    )
  await session.tell({ current, records: seen, resealed, keys: rows })
  return exit.ok
}

/** `latchkey keys list`: every key, and how many records need it. */
export async function listKeysCommand(session: Session): Promise<number> {
  const rows = await rowsOf(await session.upkeep())
  const cells = rows.map(({ id, current, known, records }) => [
    id,
    current ? 'seals' : known ? 'opens' : 'missing',
    String(records),
  ])
  await session.say(table([['KEY', 'STATE', 'RECORDS'], ...cells]))
  await session.tell(rows)
  return exit.ok
}

/** `latchkey keys remove`: forgets a key that no record needs. */
export async function removeKeyCommand(session: Session, id: string): Promise<number> {
  const upkeep = await session.upkeep()
  const row = (await rowsOf(upkeep)).find((each) => each.id === id && each.known)
  if (row === undefined) throw usage('There is no such key.', 'Choose one of: latchkey keys list')
  if (row.current) throw usage(`Key ${id} seals what is written.`, 'Make another first: latchkey keys rotate')
  if (row.records > 0) throw needed(id, row.records)
  const putBack = upkeep.keys.file === undefined ? undefined : await upkeep.keys.remove(id)
  if (putBack === undefined)
    throw failure(
      exit.operator,
      `Key ${id} is given by LATCHKEY_KEY_OLD.`,
      'Whoever sets it must take the key out there; no record needs it.',
    )
  // Whoever sealed with it after the first count and before it was gone did not see that it goes.
  const records = await rowsOf(upkeep).then(
    (rows) => rows.find((each) => each.id === id)?.records ?? 0,
    async (error: unknown) => {
      await putBack()
      throw error
    },
  )
  if (records > 0) {
    await putBack()
    throw needed(id, records)
  }
  await session.say(`Removed key ${id}.\n`)
  await session.tell({ id, removed: true })
  return exit.ok
}

function needed(id: string, records: number): Error {
  return usage(
    `Key ${id} stays: ${count(records)} can be opened with no other.`,
    'Seal them anew first: latchkey keys rotate --resume',
  )
}

interface KeyRow {
  readonly id: string
  readonly current: boolean
  /** False: records need it, and it is not there. */
  readonly known: boolean
  readonly records: number
}

async function rowsOf({ everything, keys }: Upkeep): Promise<KeyRow[]> {
  const use = new Map<string, number>()
  for (const store of everything)
    for (const [id, records] of await keyUse(store)) use.set(id, (use.get(id) ?? 0) + records)
  // Afterwards, so that a key that came meanwhile is not said to be missing.
  const ring = await keys.read()
  const ids = [ring.current, ...new Set([...Object.keys(ring.keys), ...use.keys()])]
  return [...new Set(ids)].map((id) => ({
    id,
    current: id === ring.current,
    known: Object.hasOwn(ring.keys, id),
    records: use.get(id) ?? 0,
  }))
}

/** Shows at a terminal how far it has come. */
async function sealAnew({ terminal }: Session, { everything, keys }: Upkeep): Promise<ResealProgress> {
  let [seen, resealed, before] = [0, 0, 0]
  const stop = terminal.waiting?.(() => `Sealing anew … ${count(before + seen)}`)
  try {
    for (const store of everything) {
      const done = await patiently(keys.read, (ring) =>
        reseal(store, ring, { onProgress: (progress) => (seen = progress.seen) }),
      )
      before += done.seen
      seen = 0
      resealed += done.resealed
    }
    return { seen: before, resealed }
  } finally {
    stop?.()
  }
}

/** Begins again where somebody else has changed the keys meanwhile. */
async function patiently<T>(read: () => Promise<Keyring>, run: (ring: Keyring) => Promise<T>): Promise<T> {
  for (;;) {
    const ring = await read()
    try {
      return await run(ring)
    } catch (error) {
      const now = await read()
      if (Object.keys(now.keys).sort().join() === Object.keys(ring.keys).sort().join()) throw error
    }
  }
}

function count(records: number): string {
  return records === 1 ? '1 record' : `${records} records`
}
