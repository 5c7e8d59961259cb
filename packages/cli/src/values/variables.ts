// What the command itself, and its store, read from the environment.
const reserved = /^(?:KEY|KEYS|KEY_FILE|KEY_ID|KEY_OLD|DEPLOYMENT|HOME|STORE|DEBUG|STAND_IN)$/

/**
 * The environment variable that can hold a field: `apiKey` is `LATCHKEY_API_KEY`, `app.clientId` is
 * `LATCHKEY_APP_CLIENT_ID`. A field whose variable has a meaning of its own (`LATCHKEY_KEY` is the key of the store) is
 * read from `LATCHKEY_FIELD_…` instead.
 */
export function variableFor(field: string): string {
  const words = field
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .replace(/[^A-Za-z\d]+/g, '_')
    .toUpperCase()
  return `LATCHKEY_${reserved.test(words) ? 'FIELD_' : ''}${words}`
}
