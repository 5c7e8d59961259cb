import type { JsonObject } from '@latchkey/core/definition'
import type { Through } from './auth/proxy.ts'
import type { TokenUser } from './auth/token.ts'
import type { Files } from './dialect/types.ts'

/** What the operator says of one option of a definition. */
export interface OptionSetting {
  /** True: not offered. */
  readonly disabled?: boolean | undefined
  /** Connector parameters of this option; what a connection brings itself wins. */
  readonly parameters?: JsonObject | undefined
}

/** What a definition is read with. */
export interface MembraneOptions {
  /** The files beside the definition: parsed YAML or JSON, imported modules or functions, by path. */
  readonly files?: Files | undefined
  /** Of the connector; default: the definition's key or name, else `membrane`. */
  readonly key?: string | undefined
  readonly name?: string | undefined
  /** Connector parameters that are the same for all connections. What is secret is better given as settings. */
  readonly connectorParameters?: JsonObject | undefined
  /** By the key of the option. */
  readonly optionsConfig?: Readonly<Record<string, OptionSetting>> | undefined
  /** Opens the connection that a `proxyKey` stands for. */
  readonly through?: Through | undefined
  /** What the tokens of the type `membrane-token` say of the user. */
  readonly user?: TokenUser | undefined
  /** Where the API is, for a definition that does not say. */
  readonly baseUrl?: string | undefined
  /** Where credentials may go: exact origins or `https://*.example.com`; what a definition computes must match them. */
  readonly origins?: readonly string[] | undefined
}
