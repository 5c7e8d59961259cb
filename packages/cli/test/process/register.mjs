// Lets Node run the sources of the repository as they are: types are stripped by esbuild, and the runtime says so.
import { register } from 'node:module'

register('./strip-types.mjs', import.meta.url)
if (!process.features.typescript) Object.defineProperty(process.features, 'typescript', { value: 'strip' })
