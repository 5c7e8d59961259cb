/** A manifest with two ways in; `base` is where its API is. */
export const manifest = (base = 'https://api.acme.test/v1'): string => `
version: 6.0.0
type: DeclarativeSource
check: { type: CheckStream, stream_names: [people] }
definitions:
  requester:
    type: HttpRequester
    url_base: ${base}
    authenticator:
      type: SelectiveAuthenticator
      authenticator_selection_path: [credentials, auth_type]
      authenticators:
        key:
          type: ApiKeyAuthenticator
          api_token: "{{ config['credentials']['api_key'] }}"
          inject_into: { type: RequestOption, inject_into: header, field_name: x-api-key }
        login:
          type: BasicHttpAuthenticator
          username: "{{ config['credentials']['user'] }}"
          password: "{{ config['credentials']['password'] }}"
streams:
  - type: DeclarativeStream
    name: people
    retriever:
      type: SimpleRetriever
      requester: { $ref: '#/definitions/requester', path: /me }
      record_selector: { type: RecordSelector, extractor: { type: DpathExtractor, field_path: [] } }
    schema_loader: { type: InlineSchemaLoader, schema: { type: object } }
spec:
  type: Spec
  documentation_url: https://acme.test/docs
  connection_specification:
    title: Acme Spec
    type: object
    required: [credentials, region]
    properties:
      region: { type: string, title: Region, enum: [eu, us], order: 1 }
      credentials:
        title: How to sign in
        oneOf:
          - title: API key
            required: [auth_type, api_key]
            properties:
              auth_type: { type: string, const: key }
              api_key: { type: string, title: API key, description: From the settings, airbyte_secret: true }
          - title: Password
            required: [auth_type, user, password]
            properties:
              auth_type: { type: string, const: login }
              user: { type: string, title: User }
              password: { type: string, title: Password, airbyte_secret: true }
`
