import { AuthError } from '@latchkey/core'
import { told } from './file.ts'
import { makeFile } from './make.ts'
import { type Place, thisPlace, unless } from './place.ts'

export interface DeploymentOptions {
  /** The value of LATCHKEY_DEPLOYMENT, where there is one. Wins over the file. */
  readonly given?: string | undefined
  /** The file beside the key that holds the id; made with a random one if it is not there. */
  readonly path: string
  /** What is replaced of the machine, for tests. */
  readonly place?: Partial<Place> | undefined
}

/**
 * The id of this deployment. It stands in no store, so that a copied store does not carry it.
 * @throws {AuthError} store_unavailable for a file that is empty, or cannot be read or made
 */
export async function deploymentId({ given, path, place }: DeploymentOptions): Promise<string> {
  if (given !== undefined) return given
  const here: Place = { ...thisPlace(), ...place }
  const read = (): Promise<string | undefined> =>
    here.fs.readFile(path, 'utf8').catch(unless('ENOENT', undefined))
  return told(path, async () => {
    let text = await read()
    if (text === undefined) {
      await makeFile(path, `${here.id()}\n`, here)
      text = await read()
    }
    const id = text?.trim()
    if (id) return id
    throw new AuthError(
      'store_unavailable',
      `store: ${path} holds no id. Nothing was changed; the user must put the file back, or remove it and adopt the store.`,
    )
  })
}
