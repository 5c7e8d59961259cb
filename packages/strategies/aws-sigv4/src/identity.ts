import { AuthError, type AuthContext } from '@latchkey/core'

/** What signs: a pair of keys, and the token that belongs to temporary ones. */
export interface AwsKeys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
}

/** Keys that were earned, as they are stored. */
export interface AwsCredentials extends AwsKeys {
  /** Epoch milliseconds. */
  readonly expiresAt?: number | undefined
}

/** What a provider of the AWS SDK resolves to, and any function like it. */
export interface AwsIdentity extends AwsKeys {
  readonly expiration?: Date | undefined
}

/** Finds keys: a credential provider of the AWS SDK, or a function of ours. Asked when there are none, when they end and when AWS rejects them. */
export type AwsProvider = (
  c: AuthContext<Readonly<Record<string, string | undefined>>>,
) => AwsIdentity | Promise<AwsIdentity>

const scheme = 'aws-sigv4'

/** @throws {AuthError} credentials_missing where there is no usable pair */
export function credentialsOf({
  accessKeyId,
  secretAccessKey,
  sessionToken,
  expiration,
}: AwsIdentity): AwsCredentials {
  checkKeys({ accessKeyId, secretAccessKey, sessionToken }, 'credentials_missing')
  const expiresAt = expiration?.getTime()
  return {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken && { sessionToken }),
    ...(expiresAt !== undefined && { expiresAt }),
  }
}

/** What may stand in a credential scope and in a header; the patterns of the form's fields. */
export const shapes = {
  accessKeyId: '[\\w.~:-]{1,128}',
  secretAccessKey: '[\\x21-\\x7e]+',
  sessionToken: '[\\x21-\\x7e]+',
} as const

const checks = Object.entries(shapes).map(
  ([name, shape]) => [name as keyof AwsKeys, new RegExp(`^(?:${shape})$`)] as const,
)

/**
 * Once more at the moment of use, because nothing that a person pasted may reach a header unseen.
 * @throws {AuthError} with that code, and the field
 */
export function checkKeys(keys: Partial<AwsKeys>, code: 'settings_invalid' | 'credentials_missing'): void {
  for (const [name, shape] of checks) {
    const value = keys[name]
    if ((value === undefined || value === '') && name === 'sessionToken') continue
    if (value !== undefined && shape.test(value)) continue
    const problem = value ? 'has characters that no AWS key has' : 'is empty'
    const what = code === 'settings_invalid' ? 'Field' : 'What the function "credentials" gave:'
    throw new AuthError(code, `${what} "${name}" ${problem}`, { scheme, field: name })
  }
}
