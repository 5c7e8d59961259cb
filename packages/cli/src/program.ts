import { Command, CommanderError } from 'commander'
import { authorizeCommand, type AuthorizeFlags } from './commands/authorize.ts'
import { connectCommand, type ConnectFlags } from './commands/connect.ts'
import { listCommand } from './commands/list.ts'
import { refreshCommand } from './commands/refresh.ts'
import { removeCommand, type RemoveFlags } from './commands/remove.ts'
import { requestCommand, type RequestFlags } from './commands/request.ts'
import { revokeCommand } from './commands/revoke.ts'
import { setCommand, type SetFlags } from './commands/set.ts'
import { showCommand, type ShowFlags } from './commands/show.ts'
import { testCommand, type KeptFlags } from './commands/test.ts'
import { tryCommand, type TryFlags } from './commands/try.ts'
import { exit } from './output/failure.ts'
import { addDefinitionCommands, definition, type Adding } from './program-definitions.ts'
import { body, consent, given, kept, moved, values, withJson } from './program-flags.ts'
import { addUpkeepCommands } from './program-upkeep.ts'
import { jsonOf, reportOf, textOf } from './output/report.ts'
import { openSession, type CommonFlags, type Session } from './session.ts'
import type { Terminal } from './terminal.ts'

const exits = `
Exit codes: 0 done, 1 unexpected, 2 called wrongly, 22 the response has a status of 400 or more; who must act:
10 you, on the values; 11 you, by signing in; 12 nobody, try later; 13 the operator; 14 the connector's author.`

/** Runs the command, with arguments as they stand after its name; resolves with the exit code and never rejects. */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  let code: number = exit.ok
  let session: Session | undefined
  const start = (flags: CommonFlags): Session => (session = openSession(terminal, flags))
  const written: Promise<void>[] = []
  const program = programFor(
    terminal,
    start,
    (result) => (code = result),
    (text) => written.push(terminal.out(text)),
  )
  try {
    await program.parseAsync([...args], { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exit.ok : exit.usage
    const report = reportOf(error, session?.advice())
    const json = session?.json ?? false
    const text = json ? jsonOf(report) : textOf(report)
    terminal.err(session?.hidden(text) ?? text)
    if (terminal.env['LATCHKEY_DEBUG'] && error instanceof Error) {
      terminal.err(session?.hidden(`${error.stack ?? ''}\n`) ?? '')
    }
    return report.exit
  } finally {
    await Promise.all(written)
  }
}

function programFor(
  terminal: Terminal,
  start: (flags: CommonFlags) => Session,
  end: (code: number) => void,
  out: (text: string) => void,
): Command {
  const program = new Command('latchkey')
    .description('Connects to APIs, proves the connections, and makes requests that sign in.')
    .version(terminal.version, '-V, --version')
    .option('--json', 'machine output; for request: status, headers and body as one document')
    .option('--store <folder>', 'the data folder, in place of LATCHKEY_HOME')
    .addHelpText('after', exits)
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true })
  const settle = (command: Command): Command =>
    command.exitOverride().configureOutput({ writeOut: out, writeErr: (text) => terminal.err(text) })
  settle(program)
  const common = (): CommonFlags => program.opts<CommonFlags>()
  const add = (name: string, description: string): Command =>
    settle(program.command(name)).description(description)

  const verb = (text: string, description: string, run: typeof refreshCommand): unknown =>
    moved(withJson(kept(add(`${text} <name>`, description)))).action(
      async (name: string, flags: KeptFlags) => {
        const all = merged(common(), flags)
        end(await run(start(all), name, all))
      },
    )

  kept(
    withJson(
      consent(definition(values(add('connect <connector>', 'sign in, prove the connection and keep it')))),
    ),
  )
    .option('--as <name>', "the connection's name; default: the connector's key")
    .option('--keep', 'keep it even if it cannot be proven')
    .option('--replace', 'take the place of a connection with that name')
    .action(async (spec: string, flags: ConnectFlags) => {
      const all = merged(common(), flags)
      end(await connectCommand(start(all), spec, all))
    })
  verb('test', 'prove a connection again', testCommand)
  moved(
    kept(
      body(
        add('request <name> <url>', 'make a request that signs in; a relative URL stands below the base URL'),
      ),
    ),
  )
    .option('-X, --request <method>', 'default: GET, with a body POST')
    .option('--json <data>', 'send JSON; @path, or @- for standard input')
    .action(
      async (name: string, url: string, { json, ...flags }: RequestFlags & KeptFlags & { json?: string }) => {
        const all = { ...merged(common(), flags), jsonData: json }
        end(await requestCommand(start(all), name, url, all))
      },
    )
  withJson(kept(add('list', 'every connection'))).action(async (flags: CommonFlags) => {
    end(await listCommand(start(merged(common(), flags))))
  })
  moved(withJson(kept(add('show <name>', 'what is known of a connection; secrets as •••'))))
    .option('--source-config', 'its values as the system knows them that its definition was written for')
    .action(async (name: string, flags: ShowFlags) => {
      const all = merged(common(), flags)
      end(await showCommand(start(all), name, all))
    })
  moved(withJson(kept(consent(add('authorize <name>', 'sign in again, or to more scopes'))))).action(
    async (name: string, flags: AuthorizeFlags) => {
      const all = merged(common(), flags)
      end(await authorizeCommand(start(all), name, all))
    },
  )
  moved(withJson(kept(consent(given(add('set <name> [field]', 'change a value of a connection'))))))
    .option('--replace', 'sign in again with it, where it ends the sign-in')
    .action(async (name: string, field: string | undefined, flags: SetFlags) => {
      const all = merged(common(), flags)
      end(await setCommand(start(all), name, field, all))
    })
  verb('refresh', 'trade the credentials for new ones now', refreshCommand)
  verb('revoke', 'end the credentials at the provider, and keep the connection', revokeCommand)
  moved(
    withJson(kept(add('remove <name>', 'end the credentials at the provider, and forget the connection'))),
  )
    .option('--force', 'forget it even if its connector is gone')
    .action(async (name: string, flags: RemoveFlags) => {
      const all = merged(common(), flags)
      end(await removeCommand(start(all), name, all))
    })
  withJson(
    consent(
      body(definition(values(add('try <connector>', 'connect, test and request in memory; keeps nothing')))),
    ),
  )
    .option('--request <url>', 'make this request')
    .option('-X, --method <method>', 'of that request')
    .action(async (spec: string, flags: TryFlags) => {
      const all = merged(common(), flags)
      end(await tryCommand(start(all), spec, all))
    })
  const adding: Adding = {
    add,
    async run(flags, command) {
      const all = merged(common(), flags)
      end(await command(start(all), all))
    },
  }
  addDefinitionCommands(adding)
  addUpkeepCommands(adding)
  return program
}

/** The flags of the command over those before it. */
function merged<F extends object>(before: CommonFlags, flags: F): F & CommonFlags {
  return { ...before, ...flags }
}
