import { memoryStore, type StoreDriver } from '@latchkey/core'
import { usage } from '../src/output/failure.ts'
import { run } from '../src/program.ts'
import { listenOnLoopback } from '../src/world/loopback.ts'
import { readers, type Readers } from '../src/definition/formats.ts'
import type { Answer, Files, Prompter, Terminal } from '../src/terminal.ts'

/** What a fake person was shown and asked, and what is answered by label. */
export interface Person {
  /** By label; a list is answered one after the other, as long as the answer is refused. */
  readonly answers: Readonly<Record<string, string | boolean | readonly string[]>>
  readonly log: string[]
}

/** A person who answers questions; `undefined` as an answer presses Ctrl-C. */
export function personAt({ answers, log }: Person): Prompter {
  const said = (message: string): string | boolean | readonly string[] => {
    const answer = answers[message]
    if (answer === undefined) throw new Error(`nobody has an answer to "${message}"`)
    return answer
  }
  const typed = (kind: string, message: string, problem: (value: string) => string | undefined): string => {
    log.push(`${kind}: ${message}`)
    for (const answer of [said(message)].flat()) {
      const wrong = problem(String(answer))
      if (wrong === undefined) return String(answer)
      log.push(`refused: ${wrong}`)
    }
    throw new Error(`no answer to "${message}" is accepted`)
  }
  return {
    note: async (text) => void log.push(`note: ${text}`),
    text: async ({ message, problem }) => typed('text', message, problem),
    password: async ({ message, problem }) => typed('password', message, problem),
    async select({ message, answers: offered, initial }) {
      const shown = offered.map(
        ({ value, label, hint }: Answer) => `${value}=${label}${hint ? ` (${hint})` : ''}`,
      )
      log.push(`select: ${message}: ${shown.join(', ')}${initial === undefined ? '' : `; first ${initial}`}`)
      return String(said(message))
    },
    async confirm({ message, initial }) {
      log.push(`confirm: ${message}; first ${initial}`)
      return said(message) === true
    },
  }
}

/** Files in memory, by absolute path. */
export function filesIn(map: Map<string, string>): Files {
  return {
    read: async (path) => map.get(path),
    async list(folder) {
      const inside = [...map.keys()].filter((path) => path.startsWith(`${folder}/`))
      return inside.length === 0 ? undefined : inside.map((path) => path.slice(folder.length + 1)).sort()
    },
    write: async (path, text) => void map.set(path, text),
    remove: async (path) => void map.delete(path),
  }
}

export interface World {
  readonly modules?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
  readonly fetch?: typeof globalThis.fetch
  readonly person?: Person
  readonly files?: Map<string, string>
  /** In place of the real ones. */
  readonly readers?: Partial<Readers>
  readonly store?: StoreDriver
  /** Keys and deployment of the data folder. */
  readonly upkeep?: Terminal['upkeep']
  readonly now?: () => number
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>
  /** The person's browser; true where it opened. */
  readonly open?: (url: string) => Promise<boolean>
  /** Sees each line for standard error as it is printed: a person who reads the link. */
  readonly reads?: (text: string) => void
  readonly onInterrupt?: Terminal['onInterrupt']
  readonly waiting?: Terminal['waiting']
}

/** A machine on which the command can be run again and again. */
export interface Machine {
  readonly files: Map<string, string>
  readonly store: StoreDriver
  /** Everything that was printed so far, in one text. */
  printed(): string
  run(...args: readonly string[]): Promise<{ code: number; out: string; err: string }>
  /** The same machine with other circumstances. */
  with(other: World): Machine
}

export function machine(world: World = {}): Machine {
  const files = world.files ?? new Map<string, string>()
  const now = world.now ?? (() => 1_700_000_000_000)
  const store = world.store ?? memoryStore({ now })
  const everything: string[] = []
  const at = (current: World): Machine => ({
    files,
    store,
    printed: () => everything.join(''),
    with: (other) => at({ ...current, ...other }),
    async run(...args) {
      const out: string[] = []
      const err: string[] = []
      const terminal: Terminal = {
        env: current.env ?? {},
        cwd: '/work',
        platform: 'linux',
        home: '/home/ada',
        version: '1.2.3',
        stdin: async () => current.stdin ?? '',
        out: async (chunk) =>
          void out.push(typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk)),
        err: (text) => {
          err.push(text)
          current.reads?.(text)
        },
        ...(current.person && { prompter: personAt(current.person) }),
        async load(module) {
          const exported = current.modules?.[module]
          if (exported === undefined) throw usage(`There is no file ${module}.`, 'Give another.')
          return exported
        },
        readers: { ...readers, ...current.readers },
        files: filesIn(files),
        store: async () => store,
        upkeep: current.upkeep ?? (() => Promise.reject(new Error('this machine has no upkeep'))),
        fetch: current.fetch,
        now,
        sleep: current.sleep ?? (async () => undefined),
        random: (length) => crypto.getRandomValues(new Uint8Array(length)),
        listen: listenOnLoopback,
        open: current.open ?? (async () => false),
        ...(current.waiting && { waiting: current.waiting }),
        onInterrupt: current.onInterrupt ?? (() => () => undefined),
      }
      const code = await run(args, terminal)
      everything.push(...out, ...err)
      return { code, out: out.join(''), err: err.join('') }
    },
  })
  return at(world)
}

/** A request as an API sees it. */
export interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** An API that answers with what `answer` gives, and remembers what it saw. */
export function api(answer: (seen: Seen) => Response | Promise<Response>): {
  fetch: typeof globalThis.fetch
  seen: Seen[]
} {
  const seen: Seen[] = []
  return {
    seen,
    async fetch(input, init) {
      const request = new Request(input, init)
      const one = {
        method: request.method,
        url: request.url,
        headers: Object.fromEntries(request.headers),
        body: await request.text(),
      }
      seen.push(one)
      return answer(one)
    },
  }
}
