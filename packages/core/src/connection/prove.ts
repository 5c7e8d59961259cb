import { toAuthError } from '../http/failure.ts'
import { redacted } from '../http/redact.ts'
import type { ChoicesOf } from '../fields/field.ts'
import type { StoredRecord } from '../store/contract.ts'
import type { Account, Json, TestContext } from '../strategy.ts'
import type { Held } from './grant.ts'
import { contentOf, sameJson, stored } from './record.ts'
import { contextOf, secretsFor, type Setup } from './setup.ts'
import type { Question } from './types.ts'

/** Runs the connector's test, or the strategy's; without either, having credentials is all the proof there is. */
export async function prove(held: Held, fetch: typeof globalThis.fetch): Promise<Account | undefined> {
  const { connector, form } = held.setup
  const account = await asAccount(held, fetch, (context) => (connector.test ?? form.leaf.test)?.(context))
  if (account && held.record) await remember(held.setup, held.record, account)
  return account ?? undefined
}

/** Kept beside the record for lists; a change that came first wins, for the account will be asked again. */
async function remember(setup: Setup, record: StoredRecord, account: Account): Promise<void> {
  if (sameJson(account as Json, record.account as Json | undefined)) return
  const change = { parent: record, record: { ...contentOf(record), account }, keepLease: true }
  await stored(() => setup.store.commit(setup.key, change))
}

/** Fields whose choices only the account can name, and that have no value yet. */
export async function questionsFor(held: Held, fetch: typeof globalThis.fetch): Promise<readonly Question[]> {
  const { form } = held.setup
  const questions: Question[] = []
  for (const [name, field] of Object.entries(form.fields)) {
    if (!('choices' in field) || typeof field.choices !== 'function' || form.settings[name] !== undefined)
      continue
    const choicesOf: ChoicesOf = field.choices
    const choices = await asAccount(held, fetch, (context) =>
      choicesOf(context as TestContext<Readonly<Record<string, unknown>>>),
    )
    questions.push({ name, field, choices })
  }
  return questions
}

async function asAccount<T>(
  held: Held,
  fetch: typeof globalThis.fetch,
  ask: (context: TestContext<unknown>) => T,
): Promise<Awaited<T>> {
  const { setup, reach, record } = held
  try {
    const context = contextOf(setup, fetch, undefined, reach.baseUrl)
    return await ask(
      Object.assign(context, {
        baseUrl: reach.baseUrl,
        credentials: held.context.credentials,
        unsigned: setup.world.guarded,
      }),
    )
  } catch (error) {
    const { scheme } = setup.form.leaf
    throw redacted(
      toAuthError(error, { now: setup.world.now(), scheme }),
      secretsFor(setup, record?.credentials),
    )
  }
}
