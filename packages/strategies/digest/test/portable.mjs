// Computes every row of digest.json with the build for runtimes without Node's cryptography, and prints what comes out.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const { outputFiles } = await build({
  stdin: {
    contents: "export { responseOf, secretHash, sessionHash, userHash } from '../src/response.ts'",
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
const { responseOf, secretHash, sessionHash, userHash } = await import(
  `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`
)
const { cases } = JSON.parse(readFileSync(new URL('vectors/digest.json', import.meta.url), 'utf8'))
const rows = cases.map(async ({ id, algorithm = 'MD5', username, password, realm, body = '', ...row }) => {
  const hash = algorithm.replace('-sess', '')
  const plain = await secretHash(hash, username, realm, password)
  const secret = algorithm === hash ? plain : await sessionHash(hash, plain, row.nonce, row.cnonce)
  const response = await responseOf(secret, { ...row, hash, body: new TextEncoder().encode(body) })
  return [id, response, row.userhash ? await userHash(hash, username, realm) : null]
})
console.log(JSON.stringify(await Promise.all(rows)))
