import type { StoreDriver } from '@latchkey/core'
import type { Readers } from './definition/formats.ts'
import type { Upkeep } from './store/open.ts'

/** One of the answers that a person can choose. */
export interface Answer {
  readonly value: string
  readonly label: string
  readonly hint?: string | undefined
}

/** Asks the person at the terminal; each question rejects with `cancelled()` when the person gives up. */
export interface Prompter {
  /** Shows a line that is not a question. */
  note(text: string): Promise<void>
  /** Asks again, beside what was typed, while `problem` says what is wrong with it. */
  text(question: {
    readonly message: string
    readonly placeholder?: string | undefined
    readonly initial?: string | undefined
    readonly problem: (value: string) => string | undefined
  }): Promise<string>
  /** As `text`, but nothing that is typed is shown. */
  password(question: {
    readonly message: string
    readonly problem: (value: string) => string | undefined
  }): Promise<string>
  select(question: {
    readonly message: string
    readonly answers: readonly Answer[]
    readonly initial?: string | undefined
  }): Promise<string>
  confirm(question: { readonly message: string; readonly initial: boolean }): Promise<boolean>
}

/** Everything outside the command: `bin.ts` assembles the real one, tests bring their own. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The current folder, absolute. */
  readonly cwd: string
  /** As `process.platform`. */
  readonly platform: string
  /** The user's home folder, absolute. */
  readonly home: string
  readonly version: string
  /** All of standard input, as UTF-8. */
  stdin(): Promise<string>
  /** To standard output; resolves when more may be written. */
  out(chunk: string | Uint8Array): Promise<void>
  /** To standard error. */
  err(text: string): void
  /** Absent where no person sits at the terminal. */
  readonly prompter?: Prompter | undefined
  /** Imports a module, a path or the name of a package, as seen from an absolute folder. */
  load(module: string, from: string): Promise<Readonly<Record<string, unknown>>>
  /** Reads definitions that were written for another system. */
  readonly readers: Readers
  readonly files: Files
  /** Opens the store of connections in a data folder, which it makes where there is none. */
  store(folder: string): Promise<StoreDriver>
  /** Opens what else belongs to that folder: keys, and whose it is. */
  upkeep(folder: string): Promise<Upkeep>
  /** Sends every request; absent: the runtime's own fetch. */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** Epoch milliseconds. */
  now(): number
  /** Rejects with the signal's reason when it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Random bytes that nobody can guess. */
  readonly random: (length: number) => Uint8Array
  /** Waits at a loopback address for a browser. */
  readonly listen: (where: Listening) => Promise<Listener>
  /** Opens a link in the person's browser; false where that cannot be done. */
  open(url: string): Promise<boolean>
  /** Where a provider's page is in truth; absent: at its own address. */
  readonly page?: ((url: string) => string) | undefined
  /** Calls back when the person presses Ctrl-C, until what it returns is called. */
  readonly onInterrupt: (run: () => void) => () => void
  /** Shows a line that changes while something is waited for, until what it returns is called. */
  waiting?(line: () => string): () => void
}

/** An address on this machine. */
export interface Listening {
  readonly host: string
  /** 0: any that is free. */
  readonly port: number
  /** With the query, where there is one. */
  readonly path: string
  /** HTML for whoever comes there. */
  readonly page: string
}

/** A server that takes one answer. */
export interface Listener {
  readonly redirectUri: string
  /** The parameters that the browser brought. */
  readonly answer: Promise<URLSearchParams>
  readonly close: () => Promise<void>
}

/** Small text files. */
export interface Files {
  /** Undefined where there is no such file. */
  read(path: string): Promise<string | undefined>
  /** The files below a folder, with `/` between the names, sorted; undefined where there is no such folder. */
  list(folder: string): Promise<readonly string[] | undefined>
  /** Replaces the file in one step, readable for its owner alone; makes its folder. */
  write(path: string, text: string): Promise<void>
  /** Does nothing where there is no such file. */
  remove(path: string): Promise<void>
}
