/** The six ways in which a connector may authenticate. */
export type AuthType =
  'client-credentials' | 'oauth2' | 'oauth1' | 'proxy' | 'integration-app-token' | 'membrane-token'

/** The functions of an authentication, by their current names. */
export type MethodName =
  | 'makeApiClient'
  | 'test'
  | 'refreshCredentials'
  | 'disconnect'
  | 'getOAuthConfig'
  | 'getTokenData'
  | 'getCredentialsFromAccessTokenResponse'
  | 'getCredentialsFromRefreshTokenResponse'
  | 'getCredentialsFromConnectionParameters'

/** A function that the host imported; what it gets and gives back is checked where it is called. */
export type ImportedFunction = (input: Readonly<Record<string, unknown>>) => unknown

/** How a request's parts are mapped. */
export interface RequestMapping {
  readonly pathParameters?: unknown
  readonly query?: unknown
  readonly data?: unknown
  readonly headers?: unknown
}

/** One field of a GraphQL selection. */
export interface GraphqlField {
  readonly field: string
  readonly args?: unknown
  readonly subFields?: readonly GraphqlField[]
}

/** What a client can send. */
export type Verb = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** How a method is implemented; `at` is its place in the file, for errors. */
export type Implementation =
  | { readonly kind: 'mapping'; readonly mapping: unknown; readonly at: string }
  | {
      readonly kind: 'rest-api-mapping'
      readonly path: string
      /** In capitals. */
      readonly method: Verb
      readonly requestMapping: RequestMapping
      /** Absent: the body of the answer. */
      readonly responseMapping?: unknown
      readonly at: string
    }
  | {
      readonly kind: 'graphql-api-mapping'
      readonly path: string
      readonly operationType: 'query' | 'mutation'
      readonly requestMapping: readonly GraphqlField[]
      readonly responseMapping?: unknown
      readonly at: string
    }
  | {
      readonly kind: 'operation-mapping'
      readonly operationKey: string
      readonly inputMapping?: unknown
      readonly outputMapping?: unknown
      readonly at: string
    }
  | { readonly kind: 'javascript'; readonly run: ImportedFunction; readonly at: string }
  | { readonly kind: 'not-supported'; readonly at: string }

/** What stands above the form. */
export interface Ui {
  readonly schema?: unknown
  readonly description?: string
  readonly helpUri?: string
}

/** An authentication, or one of its options, whatever the dialect it was written in. */
export interface Definition extends Readonly<Partial<Record<MethodName, Implementation>>> {
  /** Its place in the file; '' is the whole. */
  readonly at: string
  /** Of the connector, where the file says so. */
  readonly key?: string
  readonly name?: string
  /** Absent only where options have their own. */
  readonly type?: AuthType
  readonly title?: string
  readonly description?: string
  readonly inputSchema?: unknown
  readonly parametersSchema?: unknown
  readonly credentialsSchema?: unknown
  readonly customCredentialsSchema?: unknown
  readonly ui?: Ui
  readonly proxyKey?: string
  /** Options only; may be a formula over `connectorParameters`. */
  readonly enabled?: unknown
  readonly options?: Readonly<Record<string, Definition>>
}

/** What the host gives beside the file: parsed YAML or JSON, or an imported module or function, by path. */
export type Files = Readonly<Record<string, unknown>>
