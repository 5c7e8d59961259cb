// Keeps the documentation true: what it shows compiles, what it says is printed is printed, and no link is dead.
//
// The rules for a page:
// - A `ts` block that has an import is a module of its own. One without continues the module before it.
// - An HTML comment <!-- given: … --> directly above a block is code that stands before it for the compiler only.
// - A `text` block directly under a `ts` block is what the module up to there prints. Pages are run here, READMEs of
//   packages by the packages' own tests.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { transformSync } from 'esbuild'
import ts from 'typescript'

/** The code of a page that stands together. */
export interface Module {
  /** Of the page, absolute. */
  readonly page: string
  /** What its blocks say, each line where it stands on the page. */
  readonly code: string
  /** What stands before them for the compiler only, in one line. */
  readonly given: string
}

/** Code up to a `text` block, and what that block says that it prints. */
export interface Printed {
  readonly code: string
  readonly printed: string
  /** Where the `text` block begins. */
  readonly line: number
}

const fence = /^```(\S*)[^\n]*\n(.*?)^```$/gms

interface Block {
  readonly language: string
  readonly code: string
  /** Of its first line on the page, from 0. */
  readonly line: number
  readonly before: string
}

function blocksOf(text: string): Block[] {
  let end = 0
  return [...text.matchAll(fence)].map((match) => {
    const before = text.slice(end, match.index)
    end = match.index + match[0].length
    const line = text.slice(0, match.index).split('\n').length
    return { language: match[1] ?? '', code: match[2] ?? '', line, before }
  })
}

/** The `ts` modules of a page. */
export function modulesOf(page: string, text: string): Module[] {
  const modules: Module[] = []
  for (const { language, code, line, before } of blocksOf(text)) {
    if (language !== 'ts') continue
    const given = /<!-- given:\s*(.*?)\s*-->\s*$/s.exec(before)?.[1]?.replaceAll('\n', ' ') ?? ''
    const last = /^import /m.test(code) ? undefined : modules.pop()
    const above = last?.code ?? ''
    const blank = '\n'.repeat(Math.max(0, line - above.split('\n').length + 1))
    modules.push({ page, code: above + blank + code, given: [last?.given, given].filter(Boolean).join('; ') })
  }
  return modules
}

/** What a page says that its modules print. */
export function promisesOf(text: string): Printed[] {
  const promises: Printed[] = []
  let code = ''
  let last = ''
  for (const block of blocksOf(text)) {
    if (block.language === 'ts') code = /^import /m.test(block.code) ? block.code : code + block.code
    if (block.language === 'text' && last === 'ts' && block.before.trim() === '')
      promises.push({ code, printed: block.code, line: block.line })
    last = block.language
  }
  return promises
}

/** Runs a module; `load` imports a package. Resolves with what it printed to `console.log`. */
export async function run(code: string, load: (name: string) => Promise<object>): Promise<string> {
  const script = transformSync(code, { loader: 'ts', format: 'esm', target: 'es2022' })
    .code.replace(/^import (\{[^}]*\}) from "(.*?)";$/gm, (_, names: string, from: string) => {
      return `const ${names.replaceAll(' as ', ': ')} = await load("${from}");`
    })
    .replace(/^export \{[^}]*\};$/gm, '')
  const printed: string[] = []
  const console = { log: (...values: unknown[]) => void printed.push(values.map(String).join(' ')) }
  const AsyncFunction = run.constructor as new (...parts: string[]) => (...values: unknown[]) => Promise<void>
  await new AsyncFunction('load', 'console', script)(load, console)
  return printed.map((line) => `${line}\n`).join('')
}

/** Compiles modules as if each were a file beside its page; one sentence for each error, with page and line. */
export function errorsIn(modules: readonly Module[], root: string): string[] {
  const config = ts.readConfigFile(join(root, 'tsconfig.check.json'), (path) => ts.sys.readFile(path))
  const { options } = ts.parseJsonConfigFileContent(
    { ...config.config, include: [], files: [] },
    ts.sys,
    root,
  )
  const files = new Map(modules.map((module, at) => [`${module.page}.${at}.ts`, module]))
  const textOf = ({ given, code }: Module): string => `export {}; ${given}\n${code}`
  const real = ts.createCompilerHost(options)
  const host: ts.CompilerHost = {
    ...real,
    getSourceFile: (name, target, ...rest) => {
      const module = files.get(name)
      return module
        ? ts.createSourceFile(name, textOf(module), target, true)
        : real.getSourceFile(name, target, ...rest)
    },
    fileExists: (name) => files.has(name) || real.fileExists(name),
    readFile: (name) => {
      const module = files.get(name)
      return module ? textOf(module) : real.readFile(name)
    },
  }
  const program = ts.createProgram([...files.keys()], options, host)
  return [...files.keys()].flatMap((name) => {
    const source = program.getSourceFile(name)
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
    return found.map(({ start = 0, messageText }) => {
      const line = source?.getLineAndCharacterOfPosition(start).line ?? 0
      const page = relative(root, files.get(name)?.page ?? name)
      return `${page}:${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
    })
  })
}

/** The anchors that GitHub makes of a page's headings. */
function anchorsOf(text: string): string[] {
  return [...text.replace(fence, '').matchAll(/^#{1,6} (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

/** The links of a page that lead nowhere, and the files that it names and that do not exist. */
export function deadIn(page: string, text: string, root: string): string[] {
  const prose = text.replace(fence, '')
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link)
  const dead = links.filter((link) => {
    if (/^(?:https?|mailto):/.test(link)) return false
    const [path = '', anchor] = link.split('#')
    const target = resolve(dirname(page), path)
    if (path !== '' && !existsSync(target)) return true
    return (
      anchor !== undefined && !anchorsOf(path === '' ? text : readFileSync(target, 'utf8')).includes(anchor)
    )
  })
  const named = [...prose.matchAll(/`((?:packages|tools|docs|examples|bench)\/[\w./-]+\.\w+)`/g)]
    .map(([, path = '']) => path)
    .filter((path) => !existsSync(join(root, path)))
  return [...dead, ...named]
}

/** Every page that a reader of the repository meets. */
export function pagesOf(root: string): {
  readonly docs: string[]
  readonly readmes: string[]
  readonly others: string[]
} {
  const inside = (folder: string): string[] =>
    existsSync(folder)
      ? readdirSync(folder, { withFileTypes: true }).map((entry) => join(folder, entry.name))
      : []
  const md = (paths: string[]): string[] => paths.filter((path) => path.endsWith('.md'))
  const packages = ['packages', ...['strategies', 'stores', 'formats'].map((folder) => `packages/${folder}`)]
  return {
    docs: md([...inside(join(root, 'docs')), ...inside(join(root, 'docs/decisions'))]),
    readmes: packages
      .flatMap((folder) => inside(join(root, folder)))
      .map((folder) => join(folder, 'README.md'))
      .filter((path) => existsSync(path)),
    others: md(inside(root)),
  }
}
