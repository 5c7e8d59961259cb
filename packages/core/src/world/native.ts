/** What is used of a runtime's own cryptography beyond Web Cryptography. */
export interface NativeCrypto {
  createPrivateKey(
    input: { readonly key: string; readonly format: 'pem'; readonly passphrase?: string } | JwkInput,
  ): NativeKey
  getCurves(): string[]
  sign(
    hash: string,
    data: Uint8Array,
    how: { readonly key: NativeKey; readonly dsaEncoding: 'ieee-p1363' },
  ): Uint8Array
}

/** A private key that the runtime holds. */
export interface NativeKey {
  readonly asymmetricKeyDetails?: { readonly namedCurve?: string }
  export(as: { readonly format: 'pem'; readonly type: 'pkcs8' }): string
}

interface JwkInput {
  readonly key: object
  readonly format: 'jwk'
}

interface Ambient {
  readonly process?: { readonly getBuiltinModule?: (name: string) => unknown }
  readonly navigator?: { readonly userAgent?: string }
}

/** `node:crypto` where it is built into the runtime (Node, Bun, Deno); undefined elsewhere. */
export function nativeCrypto(): NativeCrypto | undefined {
  const { process } = globalThis as Ambient
  return process?.getBuiltinModule?.('node:crypto') as NativeCrypto | undefined
}

/** What the runtime calls itself, for errors. */
export function runtimeName(): string {
  const { navigator, process } = globalThis as Ambient
  return navigator?.userAgent ?? (process === undefined ? 'This runtime' : 'Node.js')
}
