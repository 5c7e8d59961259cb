/** Cryptographically random bytes of the system. */
export const systemRandom = (length: number): Uint8Array<ArrayBuffer> =>
  crypto.getRandomValues(new Uint8Array(length))

/** The system's Web Cryptography. */
export const systemSubtle = (): SubtleCrypto => crypto.subtle
