import type { Command } from 'commander'
import { adoptDeploymentCommand, showDeploymentCommand, type AdoptFlags } from './commands/deployment.ts'
import { listKeysCommand, removeKeyCommand, rotateKeysCommand, type RotateFlags } from './commands/keys.ts'
import type { Adding } from './program-definitions.ts'
import { kept, withJson } from './program-flags.ts'
import type { CommonFlags } from './session.ts'

/** The commands for the data folder itself: the keys that seal it, and the deployment that it belongs to. */
export function addUpkeepCommands({ add, run }: Adding): void {
  const below =
    (group: Command) =>
    (name: string, description: string): Command =>
      kept(withJson(group.command(name).description(description)))

  const keys = below(add('keys', 'the keys that seal what is stored'))
  keys('rotate', 'make a new key, and seal everything anew with it, while other processes work')
    .option('--resume', 'make no new key: seal with the current one what others still seal')
    .action((flags: RotateFlags) => run(flags, rotateKeysCommand))
  keys('list', 'every key, and how many records need it').action((flags: CommonFlags) =>
    run(flags, listKeysCommand),
  )
  keys('remove <id>', 'forget a key that no record needs').action((id: string, flags: CommonFlags) =>
    run(flags, (session) => removeKeyCommand(session, id)),
  )

  const deployment = below(add('deployment', 'which deployment the data folder belongs to'))
  deployment('show', 'whether connections are renewed here').action((flags: CommonFlags) =>
    run(flags, showDeploymentCommand),
  )
  deployment('adopt', 'take over a copy, so that connections are renewed here')
    .option('--yes', 'without asking')
    .action((flags: AdoptFlags) => run(flags, adoptDeploymentCommand))
}
