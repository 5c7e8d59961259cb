export { authenticatorsOf, type StreamAuth } from './requesters.ts'
export { resolveManifest } from './resolve.ts'
export { sameAuthenticator } from './same.ts'
