// Computes every signature of oauth1.json with the build for runtimes without Node's cryptography, and prints what comes out.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const { outputFiles } = await build({
  stdin: {
    contents: "export { signatureOf } from '../src/signature.ts'",
    resolveDir: fileURLToPath(new URL('.', import.meta.url)),
  },
  bundle: true,
  write: false,
  format: 'esm',
  platform: 'browser',
  conditions: ['@latchkey/source', 'workerd'],
})
const code = outputFiles[0].text
if (code.includes('node:crypto')) throw new Error('this is the build for Node')
const { signatureOf } = await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`)
const { cases } = JSON.parse(readFileSync(new URL('vectors/oauth1.json', import.meta.url), 'utf8'))
const rows = cases
  .filter(({ signature }) => signature !== undefined)
  .map(async ({ id, signature_method: method = 'HMAC-SHA1', base_string: base = '', ...row }) => {
    const {
      consumer_secret: consumerSecret,
      token_secret: tokenSecret = '',
      private_key_pem: privateKey,
    } = row
    return [id, await signatureOf(method, base, { consumerSecret, privateKey, tokenSecret }, new Map())]
  })
console.log(JSON.stringify(await Promise.all(rows)))
