import { isSecretive, isUnknownScript, refusal, told } from './failure.ts'
import type { Script } from './scripts.ts'

interface Given {
  keys: string[]
  arguments: string[]
}

/** What the store uses of a client of `redis` (node-redis): one connection, a pool, or a cluster. */
export interface RedisClient {
  evalSha(sha: string, given: Given): Promise<unknown>
  eval(script: string, given: Given): Promise<unknown>
  /** Of a connection or a pool. */
  configGet?(name: string): Promise<unknown>
  /** Of a connection. */
  wait?(replicas: number, ms: number): Promise<unknown>
  /** Of a cluster. */
  readonly masters?: readonly unknown[]
  nodeClient?(node: never): unknown
}

/** Runs a script where `key` is. */
export type Run = (script: Script, key: string, ...values: string[]) => Promise<unknown>

/** By digest; with its text where the server does not know it yet, after a restart or on another node. */
export function runOn(client: RedisClient): Run {
  return async ({ sha, text }, key, ...values) => {
    const given = { keys: [key], arguments: values }
    try {
      return await client.evalSha(sha, given).catch((error: unknown) => {
        if (isUnknownScript(error)) return client.eval(text, given)
        throw error
      })
    } catch (error) {
      throw told(error)
    }
  }
}

/** What keeps these servers from being a store of record, a sentence for each setting. */
export async function weaknesses(client: RedisClient, replicated: boolean): Promise<readonly string[]> {
  const nodes =
    client.masters && client.nodeClient
      ? await Promise.all(
          client.masters.map(async (node) => (await client.nodeClient?.(node as never)) as RedisClient),
        )
      : [client]
  const found = await Promise.all(nodes.map(async (node) => weaknessesOf(node, replicated)))
  return [...new Set(found.flat())]
}

const weaknessesOf = async (node: RedisClient, replicated: boolean): Promise<readonly string[]> => {
  const setting = async (name: string): Promise<string> => {
    const found = (await node.configGet?.(name)) as Readonly<Record<string, string>> | undefined
    return found?.[name] ?? ''
  }
  try {
    const [appendonly, appendfsync, policy] = [
      await setting('appendonly'),
      await setting('appendfsync'),
      await setting('maxmemory-policy'),
    ]
    return [
      ...(appendonly === 'yes' ? [] : ['it keeps no log of what it acknowledges: set appendonly to yes']),
      ...(appendfsync === 'always' || replicated
        ? []
        : ['what it acknowledges is not on disk yet: set appendfsync to always, or give the store "wait"']),
      ...(policy === 'noeviction'
        ? []
        : ['it may throw away records when memory is short: set maxmemory-policy to noeviction']),
    ]
  } catch (error) {
    // Managed services forbid CONFIG. Anything else is a server that cannot be asked at all.
    if (!isSecretive(error)) throw told(error)
    return ['it does not say how durable it is (CONFIG GET is refused)']
  }
}

/** Waits until the replicas have what was just written on this connection. */
export async function replicate(client: RedisClient, { replicas, ms }: Wait): Promise<void> {
  let has: number
  try {
    has = Number(await client.wait?.(replicas, ms))
  } catch (error) {
    throw told(error)
  }
  if (has >= replicas) return
  throw refusal(
    `has written the change, but ${has} of ${replicas} replicas had it after ${ms} ms: the operator must see that they follow`,
  )
}

/** How many replicas must have a change before it counts, and how long that may take. */
export interface Wait {
  readonly replicas: number
  readonly ms: number
}
