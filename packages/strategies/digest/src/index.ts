export type { DigestAlgorithm, Qop } from './challenge.ts'
export { digest, type About, type DigestOptions } from './digest.ts'
export type { Completed, DigestFields } from './form.ts'
