import type { Imported } from '@latchkey/core/definition'

/** The systems whose definitions are read. */
export const formats = ['airbyte', 'membrane', 'segment'] as const

/** One of them. */
export type Format = (typeof formats)[number]

/** What a definition is read with. */
export interface ReadOptions {
  /** The stream of a manifest whose way of signing in is taken. */
  readonly stream?: string | undefined
  /** The files beside a definition, parsed, and modules that were imported, by their path below its folder. */
  readonly files?: Readonly<Record<string, unknown>> | undefined
  readonly baseUrl?: string | undefined
  readonly origins?: readonly string[] | undefined
}

/** Reads definitions, by the system that they were written for. */
export type Readers = Readonly<
  Record<Format, (definition: unknown, options: ReadOptions) => Promise<Imported>>
>

/** The readers; each is loaded when it is needed, so that the other commands start fast. */
export const readers: Readers = {
  async airbyte(manifest, { stream }) {
    const { fromAirbyte } = await import('@latchkey/format-airbyte')
    return fromAirbyte(manifest, given({ stream }))
  },
  async membrane(spec, { files, baseUrl, origins }) {
    const { fromMembrane } = await import('@latchkey/format-membrane')
    return fromMembrane(spec, given({ files, baseUrl, origins }))
  },
  async segment(destination, { baseUrl, origins }) {
    const { fromSegment } = await import('@latchkey/format-segment')
    return fromSegment(destination as object, given({ baseUrl, origins }))
  },
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

/** Without the members that are undefined. */
function given<T extends object>(options: T): Given<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Given<T>
}
