// npm run authors-cost: what a scheme costs whoever writes it, in lines without comments and blanks, and how long the files
// are that hold our own strategy objects. Fails where one is over.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { root as repository } from './workspaces.mjs'

/** The most lines that a minimal version in examples/authoring may take. */
export const costs = { 'session.ts': 15, 'hmac.ts': 20, 'jwt.ts': 20, 'digest.ts': 40, 'oauth1.ts': 35 }

/** The most lines, comments and blanks among them, of a file that holds a strategy object. */
export const longest = 150

/** The lines on which something else than a comment stands. */
export const linesOf = (code) => {
  const source = ts.createSourceFile('author.ts', code, ts.ScriptTarget.Latest)
  const lines = new Set()
  const visit = (node) => {
    const children = node.getChildren(source)
    if (node.kind >= ts.SyntaxKind.FirstJSDocNode && node.kind <= ts.SyntaxKind.LastJSDocNode) return
    for (const child of children) visit(child)
    if (children.length > 0 || node.kind === ts.SyntaxKind.EndOfFileToken || node.getWidth(source) === 0)
      return
    const line = (at) => source.getLineAndCharacterOfPosition(at).line
    for (let at = line(node.getStart(source)); at <= line(node.getEnd()); at++)
      if (code.split('\n')[at].trim() !== '') lines.add(at)
  }
  visit(source)
  return lines.size
}

/** Whether a file holds a strategy object: something with an `apply` of its own. */
export const holdsStrategy = (code) => /^ +(?:async )?apply(?:\(|: )/m.test(code)

/** The rows of a tree: what each file takes, and what it may take. A minimal version that is not there takes Infinity. */
export const rowsOf = (root) => {
  const minimal = Object.entries(costs).map(([name, limit]) => {
    const path = join('examples/authoring', name)
    const isThere = existsSync(join(root, path))
    return {
      path,
      unit: 'lines of code',
      lines: isThere ? linesOf(readFileSync(join(root, path), 'utf8')) : Infinity,
      limit,
    }
  })
  const strategies = join(root, 'packages/strategies')
  const files = readdirSync(strategies)
    .map((name) => join('packages/strategies', name, 'src'))
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(folder, name)))
    .filter((path) => path.endsWith('.ts'))
    .map((path) => ({ path, code: readFileSync(join(root, path), 'utf8') }))
    .filter(({ code }) => holdsStrategy(code))
    .map(({ path, code }) => ({
      path,
      unit: 'lines',
      lines: code.trimEnd().split('\n').length,
      limit: longest,
    }))
  return [...minimal, ...files]
}

/** The table, and one sentence for each file that is over. */
export const report = (rows) => {
  const width = Math.max(...rows.map(({ path }) => path.length))
  const table = rows.map(
    ({ path, unit, lines, limit }) =>
      `${path.padEnd(width)}  ${String(lines).padStart(3)} of at most ${String(limit).padStart(3)} ${unit}`,
  )
  const faults = rows.flatMap(({ path, unit, lines, limit }) =>
    lines === Infinity
      ? [`${path} is missing`]
      : lines > limit
        ? [`${path} takes ${lines} ${unit}, and may take ${limit}`]
        : [],
  )
  return { table, faults }
}

if (process.argv[1] === import.meta.filename) {
  const { table, faults } = report(rowsOf(process.argv[2] ?? repository))
  console.log(table.join('\n'))
  if (faults.length > 0) {
    console.error(`\n${faults.join('\n')}`)
    process.exit(1)
  }
}
