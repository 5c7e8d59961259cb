import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A server that runs until it is stopped. */
export interface Running {
  readonly origin: string
  /** What it wrote into its error log so far. */
  log(): Promise<string>
  stop(): Promise<void>
}

export const users: Readonly<Record<string, string>> = {
  ada: 'correct horse',
  'quo"te\\d': 'pass:word "\\ ☂',
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer()
      .once('error', reject)
      .listen(0, '127.0.0.1', () => {
        const { port } = probe.address() as AddressInfo
        probe.close(() => resolve(port))
      })
  })

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
      .once('connect', () => resolve(true))
      .once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })

async function start(
  command: string,
  args: (folder: string) => readonly string[],
  files: (folder: string, port: number) => Readonly<Record<string, string>>,
): Promise<Running> {
  const folder = await mkdtemp(join(tmpdir(), 'latchkey-digest-'))
  const port = await freePort()
  for (const name of ['htdocs/d/deep', 'logs', 'run']) await mkdir(join(folder, name), { recursive: true })
  const all = { 'htdocs/d/one.txt': 'one', 'htdocs/d/deep/two.txt': 'two', ...files(folder, port) }
  for (const [name, text] of Object.entries(all)) await writeFile(join(folder, name), text)
  // The server may have given up root.
  await chmod(folder, 0o755)
  const child = spawn(command, args(folder), { stdio: 'ignore' })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    await ended
    await rm(folder, { recursive: true, force: true })
  }
  for (let tries = 0; !(await answers(port)); tries++) {
    if (tries > 200 || child.exitCode !== null) {
      await stop()
      throw new Error(`${command} does not start`)
    }
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  return {
    origin: `http://127.0.0.1:${port}`,
    log: () => readFile(join(folder, 'logs/error.log'), 'utf8'),
    stop,
  }
}

const md5 = (text: string): string => createHash('md5').update(text).digest('hex')

/** Apache with mod_auth_digest: MD5, nonces that live for `lifetime` seconds. */
export const startApache = (command: string, modules: string, lifetime: number): Promise<Running> =>
  start(
    command,
    (folder) => ['-DFOREGROUND', '-f', join(folder, 'httpd.conf')],
    (folder, port) => ({
      'digest.pw': Object.entries(users)
        .map(([name, password]) => `${name}:test realm:${md5(`${name}:test realm:${password}`)}\n`)
        .join(''),
      'httpd.conf': `
ServerRoot "${folder}"
PidFile run/httpd.pid
Listen 127.0.0.1:${port}
ServerName 127.0.0.1
User www-data
Group www-data
DocumentRoot "${folder}/htdocs"
ErrorLog logs/error.log
LogLevel info auth_digest:debug
# The event MPM ends idle keep-alive connections when its workers are busy, and a client may just be using one.
KeepAlive Off
${['mpm_event', 'authn_core', 'authn_file', 'authz_core', 'authz_user', 'auth_digest', 'dir']
  .map((name) => `LoadModule ${name}_module ${modules}/mod_${name}.so`)
  .join('\n')}
<Directory "${folder}/htdocs">
  Require all granted
</Directory>
<Location "/d/">
  AuthType Digest
  AuthName "test realm"
  AuthDigestProvider file
  AuthDigestDomain /d/
  AuthDigestQop auth
  AuthDigestNonceLifetime ${lifetime}
  AuthUserFile ${folder}/digest.pw
  Require valid-user
</Location>
`,
    }),
  )

/** lighttpd with mod_auth: SHA-256 and MD5, offered in two headers. */
export const startLighttpd = (command: string, algorithms = 'SHA-256|MD5'): Promise<Running> =>
  start(
    command,
    (folder) => ['-D', '-f', join(folder, 'l.conf')],
    (folder, port) => ({
      'plain.pw': `ada:${users['ada']!}\n`,
      'l.conf': `
server.modules = ("mod_auth", "mod_authn_file")
server.bind = "127.0.0.1"
server.port = ${port}
server.document-root = "${folder}/htdocs"
server.errorlog = "${folder}/logs/error.log"
auth.backend = "plain"
auth.backend.plain.userfile = "${folder}/plain.pw"
auth.require = ( "/d/" => ( "method" => "digest", "algorithm" => "${algorithms}", "realm" => "test realm", "require" => "valid-user" ) )
`,
    }),
  )
