// A jest transformer: strips the types with esbuild, keeps the lines.
import { createHash } from 'node:crypto'
import { transformSync, version } from 'esbuild'

const common = {
  loader: 'ts',
  target: 'es2022',
  sourcemap: 'external',
  tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
}

export default {
  getCacheKey: (source, file, { supportsStaticESM, instrument }) =>
    createHash('sha1')
      .update([version, file, supportsStaticESM, instrument, source].join('\0'))
      .digest('hex'),
  process: (source, file, { supportsStaticESM }) =>
    transformSync(source, { ...common, sourcefile: file, format: supportsStaticESM ? 'esm' : 'cjs' }),
}
