import type { StoreDriver } from '@latchkey/core'

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
  readonly files: Files
  /** Opens the store of connections in a data folder, which it makes where there is none. */
  store(folder: string): Promise<StoreDriver>
  /** Sends every request; absent: the runtime's own fetch. */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** Epoch milliseconds. */
  now(): number
  sleep(ms: number): Promise<void>
}

/** Small text files. */
export interface Files {
  /** Undefined where there is no such file. */
  read(path: string): Promise<string | undefined>
  /** Replaces the file in one step, readable for its owner alone; makes its folder. */
  write(path: string, text: string): Promise<void>
  /** Does nothing where there is no such file. */
  remove(path: string): Promise<void>
}
