import type { ArgNodes, Link, Node, Part, Template } from './ast.ts'

/** The names of a chain that are known without evaluating it: members, items by a literal, `.get('name')`. */
export function pathOf(links: readonly Link[]): { path: string[]; used: number } {
  const path: string[] = []
  let used = 0
  while (used < links.length) {
    const link = links[used]
    const next = links[used + 1]
    if (link?.link === 'item' && link.of.op === 'literal') path.push(String(link.of.value))
    else if (link?.link === 'member' && next?.link !== 'call') path.push(link.name)
    else if (link?.link === 'member' && link.name === 'get' && next?.link === 'call') {
      const [name] = next.args.positional
      if (name?.op !== 'literal') break
      path.push(String(name.value))
      used++
    } else break
    used++
  }
  return { path, used }
}

/** Calls `see` for each name that a template reads, with the path that is asked of it. */
function walk(parts: readonly Part[], see: (name: string, path: readonly string[]) => void): void {
  for (const part of parts) {
    if (part.part === 'output' || part.part === 'set') walkNode(part.node, see)
    else if (part.part === 'if') {
      for (const [test, body] of part.branches) {
        walkNode(test, see)
        walk(body, see)
      }
      walk(part.otherwise, see)
    } else if (part.part === 'for') {
      walkNode(part.of, see)
      walk(part.body, see)
      walk(part.otherwise, see)
    }
  }
}

function walkNode(node: Node, see: (name: string, path: readonly string[]) => void): void {
  const all = (nodes: readonly Node[]): void => {
    for (const each of nodes) walkNode(each, see)
  }
  const args = (of: ArgNodes): void => {
    all([...of.positional, ...of.named.map(([, each]) => each)])
  }
  switch (node.op) {
    case 'literal':
      return
    case 'name':
      see(node.name, [])
      return
    case 'list':
    case 'and':
    case 'or':
      all(node.items)
      return
    case 'dict':
      all(node.entries.flat())
      return
    case 'not':
    case 'minus':
      walkNode(node.of, see)
      return
    case 'fold':
    case 'compare':
      all([node.first, ...node.rest.map(([, each]) => each)])
      return
    case 'if':
      all([node.test, node.then, ...(node.otherwise ? [node.otherwise] : [])])
      return
    case 'chain': {
      if (node.base.op !== 'name') walkNode(node.base, see)
      else if (node.links[0]?.link !== 'call') see(node.base.name, pathOf(node.links).path)
      for (const link of node.links) {
        if ('args' in link) args(link.args)
        else if (link.link === 'item') walkNode(link.of, see)
        else if (link.link === 'slice') all([link.from, link.to].filter((each) => each !== undefined))
      }
    }
  }
}

/** The paths of the configuration that a template names, in order and each once: `[['credentials', 'client_id']]`. */
export function referencesOf(template: Template): readonly (readonly string[])[] {
  const found = new Map<string, readonly string[]>()
  walk(template.parts, (name, path) => {
    if (name === 'config' && path.length > 0) found.set(JSON.stringify(path), path)
  })
  return [...found.values()]
}

/** The variables that a template reads besides `config` and `parameters`: `session_token`, `stream_slice`. */
export function variablesOf(template: Template): readonly string[] {
  const found = new Set<string>()
  walk(template.parts, (name) => found.add(name))
  const own = new Set(['config', 'parameters', ...template.parts.flatMap(localsOf)])
  return [...found].filter((name) => !own.has(name))
}

function localsOf(part: Part): string[] {
  if (part.part === 'set') return [part.name]
  if (part.part === 'for') return [...part.names, ...[...part.body, ...part.otherwise].flatMap(localsOf)]
  if (part.part !== 'if') return []
  return [...part.branches.flatMap(([, body]) => body), ...part.otherwise].flatMap(localsOf)
}
