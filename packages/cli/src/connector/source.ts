import { isAbsolute, resolve } from 'node:path'
import { formats, type Format } from '../definition/formats.ts'
import { usage } from '../output/failure.ts'

/** Where a connector comes from; holds no secret. */
export interface Source {
  /** An absolute path, or the name of a package. */
  readonly module: string
  /** The folder that a package is looked up from. */
  readonly from: string
  /** The export that was picked by name. */
  readonly export?: string | undefined
  /** What replaces the connector's base URL and origins. */
  readonly baseUrl?: string | undefined
  /** Of a definition that was written for another system: which one, where that was said. */
  readonly format?: Format | undefined
  /** The stream of a manifest whose way of signing in is taken. */
  readonly stream?: string | undefined
  /** Where the credentials may go, where the definition does not say. */
  readonly origins?: readonly string[] | undefined
  /** True: modules beside the definition are imported, which runs them. */
  readonly code?: boolean | undefined
}

/** What is said of a connector besides where it is. */
export interface SourceFlags {
  readonly baseUrl?: string | undefined
  readonly from?: string | undefined
  readonly stream?: string | undefined
  readonly origin?: readonly string[] | undefined
  readonly code?: boolean | undefined
}

/** Takes `./path.ts#name` or `package#name` apart; a path becomes absolute. */
export function sourceOf(spec: string, cwd: string, flags: SourceFlags = {}): Source {
  const { baseUrl, from, stream, origin, code } = flags
  const at = spec.lastIndexOf('#')
  const [module, name] = at < 0 ? [spec, undefined] : [spec.slice(0, at), spec.slice(at + 1)]
  if (module === '' || name === '')
    throw usage(
      `"${spec}" names no connector.`,
      'Write a path or a package, such as ./acme.ts or ./acme.ts#name.',
    )
  const isPath =
    /^\.{1,2}([\\/]|$)/.test(module) || isAbsolute(module) || /\.(?:[cm]?[jt]s|ya?ml|json)$/.test(module)
  return {
    module: isPath ? resolve(cwd, module) : module,
    from: cwd,
    ...(name !== undefined && { export: name }),
    ...(baseUrl !== undefined && { baseUrl }),
    ...(from !== undefined && { format: formatNamed(from) }),
    ...(stream !== undefined && { stream }),
    ...(origin !== undefined && { origins: origin }),
    ...(code === true && { code }),
  }
}

function formatNamed(name: string): Format {
  const format = formats.find((each) => each === name)
  if (format !== undefined) return format
  throw usage(`--from ${name}: there is no such system.`, `Choose one of: ${formats.join(', ')}.`)
}
