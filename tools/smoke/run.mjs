// The smoke test: packs every public package, installs the tarballs into an empty project and makes authenticated
// requests to a loopback server from there, on Node 20, 22 and 24, Bun, Deno and workerd. The server is the judge.
import { execFile, execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { runtime } from '../runtimes.mjs'
import { published, root } from '../workspaces.mjs'

const wanted = JSON.stringify([200, 401, 200, 401])
const login = `Basic ${Buffer.from('user:right-password').toString('base64')}`

const seen = new Map()
const server = createServer((request, response) => {
  const url = new URL(request.url, 'http://localhost')
  const right =
    url.pathname === '/key'
      ? request.headers['x-api-key'] === 'right-key'
      : url.pathname === '/basic' && request.headers.authorization === login
  const name = url.searchParams.get('runtime')
  if (right) seen.set(name, [...(seen.get(name) ?? []), url.pathname])
  response.writeHead(right ? 200 : 401, { 'content-type': 'application/json' }).end('{}')
})

const install = (folder) => {
  const tarballs = join(folder, 'tarballs')
  const project = join(folder, 'project')
  mkdirSync(tarballs)
  mkdirSync(project)
  for (const workspace of published()) {
    const options = { cwd: join(root, workspace.folder), stdio: 'ignore' }
    execFileSync('npm', ['pack', '--silent', '--pack-destination', tarballs], options)
  }
  writeFileSync(join(project, 'package.json'), '{"name":"empty","private":true,"type":"module"}')
  const files = readdirSync(tarballs).map((file) => join(tarballs, file))
  const options = { cwd: project, stdio: ['ignore', 'ignore', 'inherit'] }
  execFileSync('npm', ['install', '--silent', '--no-audit', '--no-fund', ...files], options)
  for (const file of ['client.mjs', 'main.mjs', 'worker.mjs']) {
    copyFileSync(join(root, 'tools/smoke', file), join(project, file))
  }
  return project
}

const inProcess = (project, program, flags) => async (origin, name) => {
  const options = { cwd: project, timeout: 60_000 }
  const { stdout } = await promisify(execFile)(program, [...flags, 'main.mjs', origin, name], options)
  return stdout.trim()
}

const inWorkerd = (project, folder) => async (origin, name) => {
  const entry = createRequire(join(folder, 'package.json')).resolve('miniflare')
  const { Miniflare } = await import(pathToFileURL(entry).href).then((module) => module.default ?? module)
  const bundle = await build({
    entryPoints: [join(project, 'worker.mjs')],
    bundle: true,
    format: 'esm',
    write: false,
    conditions: ['workerd', 'worker'],
  })
  const worker = new Miniflare({
    modules: true,
    script: bundle.outputFiles[0].text,
    compatibilityDate: '2026-04-01',
    bindings: { ORIGIN: origin, NAME: name },
    host: '127.0.0.1',
    port: 0,
  })
  try {
    return await (await worker.dispatchFetch('http://worker/')).text()
  } finally {
    await worker.dispose()
  }
}

const folder = mkdtempSync(join(tmpdir(), 'latchkey-smoke-'))
try {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${server.address().port}`
  const project = install(folder)
  const deno = ['run', '--no-prompt', '--allow-net=127.0.0.1', '--allow-env', '--allow-read=.']
  const runs = {
    [`node-${process.versions.node}`]: () => inProcess(project, process.execPath, []),
    'node-22': () => inProcess(project, runtime('node22'), []),
    'node-24': () => inProcess(project, runtime('node24'), []),
    bun: () => inProcess(project, runtime('bun'), ['run']),
    deno: () => inProcess(project, runtime('deno'), deno),
    workerd: () => inWorkerd(project, runtime('miniflare')),
  }
  for (const [name, make] of Object.entries(runs)) {
    const answer = await make()(origin, name).catch((error) => `it threw ${error.stderr ?? error.stack}`)
    const served = (seen.get(name) ?? []).join(' ')
    const right = answer === wanted && served === '/key /basic'
    if (!right) process.exitCode = 1
    console.log(
      `${right ? 'ok  ' : 'FAIL'} ${name}${right ? '' : `: got ${answer}, accepted: ${served || 'nothing'}`}`,
    )
  }
  const command = join(project, 'node_modules/.bin/latchkey')
  const { stdout } = await promisify(execFile)(command, ['--version'], { cwd: project, timeout: 60_000 })
  console.log(`ok   the installed command answers: latchkey ${stdout.trim()}`)
} finally {
  server.close()
  rmSync(folder, { recursive: true, force: true })
}
