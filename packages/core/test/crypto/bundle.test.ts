import { build } from 'esbuild'
import { expect, test } from '@jest/globals'

/** What a bundler makes of one import of the core for a runtime. */
async function bundled(
  names: string,
  platform: 'neutral' | 'node',
  external: string[] = [],
): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { ${names} } from '@latchkey/core/crypto'; console.log(${names})`,
      resolveDir: new URL('.', import.meta.url).pathname,
    },
    bundle: true,
    write: false,
    format: 'esm',
    platform,
    external,
    conditions: ['@latchkey/source', ...(platform === 'node' ? ['node'] : [])],
  })
  return outputFiles[0]!.text
}

test("a neutral bundle holds nothing of Node's, and loads noble only when it is asked for", async () => {
  const code = await bundled('digest, hmac', 'neutral', ['@noble/hashes/*'])
  expect(code).not.toContain('node:')
  expect(code).toContain('import("@noble/hashes/legacy.js")')
  expect(code).not.toMatch(/^import .*noble/m)
})

test("a bundle for Node hashes with Node's own cryptography and without noble", async () => {
  const code = await bundled('digest, hmac', 'node')
  expect(code).toContain('from "node:crypto"')
  expect(code).not.toContain('noble')
})

test('who does not hash carries no hash', async () => {
  const code = await bundled('sameText', 'neutral')
  expect(code).not.toMatch(/noble|subtle|SHA-256/)
  expect(code.length).toBeLessThan(1000)
})
