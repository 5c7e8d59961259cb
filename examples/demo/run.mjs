// Runs the real command, as a person would type it.
import { spawn } from 'node:child_process'

/** Runs one command; `reads` sees what was printed to standard error so far. */
const run = (command, args, { cwd, env, reads }) =>
  new Promise((resolve, reject) => {
    const child = spawn(command[0], [...command.slice(1), ...args], {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const output = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr']) {
      child[name].setEncoding('utf8')
      child[name].on('data', (text) => {
        output[name] += text
        if (name === 'stderr') reads?.(output.stderr)
      })
    }
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, ...output }))
  })

const quoted = (word) => (/^[\w@%+=:,./$-]+$/.test(word) ? word : `'${word}'`)

/** The command as a person would type it: secrets as •••, addresses by name. */
const typed = (args, given, named) =>
  [
    '$',
    ...Object.keys(given).map((name) => `${name}=•••`),
    'latchkey',
    ...args.map((word) => quoted(named(word))),
  ].join(' ')

const indented = (text) => text.replace(/^(?=.)/gm, '  ')

/**
 * Makes a runner of commands. `addresses` are shown by their names, `env` is given to each command, `problems` gets what
 * is not as expected, and `lines` the transcript.
 */
export const runner = ({ command, cwd, env, addresses, problems }, lines) => {
  const clean = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('LATCHKEY_')),
  )
  const named = (text) =>
    Object.entries(addresses).reduce((known, [name, address]) => known.replaceAll(address, `$${name}`), text)
  // The parameters of a link are long, and none is worth reading.
  const brief = (text) => named(text).replace(/(open \S+)\?\S+/g, '$1?…')
  return async (args, { given = {}, code = 0, stdout, person } = {}) => {
    lines.push(typed(args, given, named))
    let done
    const reads = person && ((text) => (done ??= person(text)))
    const result = await run(command, args, { cwd, env: { ...clean, ...env, ...given }, reads })
    const said = await done
    const told = said ? result.stderr.replace(/(open .*\n)/, `$1(${said})\n`) : result.stderr
    lines.push(indented(brief(said ? `${told}${result.stdout}` : `${result.stdout}${told}`)).trimEnd())
    if (code !== 0) lines.push(`  (exit code ${result.code})`)
    const isExpected = result.code === code && (stdout === undefined || result.stdout.includes(stdout))
    if (!isExpected) {
      problems.push(`${args.join(' ')}: exit code ${result.code}, expected ${code}`)
      lines.push(`  UNEXPECTED: exit code ${result.code}, expected ${code}`)
    }
    return isExpected
  }
}
