import { Option, type Command } from 'commander'
import { importCommand, type ImportFlags } from './commands/import.ts'
import { lintCommand, type LintFlags } from './commands/lint.ts'
import { formats } from './definition/formats.ts'
import type { Session } from './session.ts'

/** What the commands of this file take from the program. */
export interface Adding {
  readonly add: (name: string, description: string) => Command
  /** Ends the run with what the command resolves to. */
  readonly run: <F extends object>(
    flags: F,
    command: (session: Session, all: F) => Promise<number>,
  ) => Promise<void>
}

/** The commands that look at connectors and definitions, and keep nothing. */
export function addDefinitionCommands({ add, run }: Adding): void {
  definition(add('import <file>', 'say what a definition of another system needs and does'))
    .option(
      '--out <file>',
      'write a connector module that uses it; with --link or --unlink the changed manifest',
    )
    .addOption(
      new Option(
        '--link <path>',
        'a place of an authenticator that becomes one with the others that are named',
      ).argParser(each),
    )
    .option('--keep <path>', 'whose values win where linked authenticators differ')
    .addOption(new Option('--unlink <path>', 'a place that gets an authenticator of its own').argParser(each))
    .option('--base-url <url>', 'where the API is, where the definition does not say')
    .option('--json', 'one JSON document on standard output')
    .action((spec: string, flags: ImportFlags) =>
      run(flags, (session, all) => importCommand(session, spec, all)),
    )
  definition(add('lint <connector>', 'name what is missing or risky in a connector or a definition'))
    .option('--strict', 'warnings count as errors')
    .option('--json', 'one JSON document on standard output')
    .action((spec: string, flags: LintFlags) => run(flags, (session, all) => lintCommand(session, spec, all)))
}

/** Options of every command that takes a definition in place of a connector. */
export function definition(command: Command): Command {
  return command
    .addOption(
      new Option('--from <system>', 'which system a definition was written for').choices([...formats]),
    )
    .option('--stream <name>', 'the stream of a manifest whose way of signing in is taken')
    .addOption(
      new Option('--origin <origin>', 'where credentials may go, where a definition does not say').argParser(
        each,
      ),
    )
    .option('--code', 'import the modules beside a definition, which runs them')
}

const each = (value: string, before: readonly string[] | undefined): string[] => [...(before ?? []), value]
