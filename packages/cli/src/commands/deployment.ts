import { adoptStore, ownershipOf } from '@latchkey/core'
import { exit, usage } from '../output/failure.ts'
import type { CommonFlags, Session } from '../session.ts'

export interface AdoptFlags extends CommonFlags {
  /** Asks nobody. */
  readonly yes?: boolean | undefined
}

const states = {
  own: 'The connections in this data folder are renewed here.',
  other:
    'The connections in this data folder belong to another deployment, and are not renewed here: latchkey deployment adopt',
  none: 'Nobody has renewed anything in this data folder yet; whoever does so first owns it.',
} as const

/** `latchkey deployment show`: the id of this deployment, and whether the store is its own. */
export async function showDeploymentCommand(session: Session): Promise<number> {
  const { beneath, deployment } = await session.upkeep()
  const owner = await ownershipOf(beneath, deployment)
  await session.say(`This is deployment ${deployment}.\n${states[owner]}\n`)
  await session.tell({ deployment, owner })
  return exit.ok
}

/** `latchkey deployment adopt`: makes this deployment the owner of the store, once a person has agreed. */
export async function adoptDeploymentCommand(session: Session, { yes }: AdoptFlags): Promise<number> {
  const { prompter } = session.terminal
  const { beneath, deployment } = await session.upkeep()
  const owner = await ownershipOf(beneath, deployment)
  if (owner !== 'own') {
    if (owner === 'other' && !yes) {
      if (prompter === undefined) throw usage('Nobody is here to be asked.', `${warning} Then add --yes.`)
      await prompter.note(warning)
      if (!(await prompter.confirm({ message: 'Has it stopped?', initial: false }))) {
        await session.say('Nothing was changed.\n')
        return exit.cancelled
      }
    }
    await adoptStore(beneath, deployment)
  }
  await session.say(`${states.own}\n`)
  await session.tell({ deployment, adopted: owner !== 'own' })
  return exit.ok
}

const warning =
  'The other deployment must have stopped for good: two that renew with the same refresh tokens end each other’s sign-ins.'
