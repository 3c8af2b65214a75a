/**
 * An operation's id, made of its method and path, so that one that is added has a good name without asking:
 * `POST …/endpoints` is `createEndpoint`, `GET …/endpoints` `listEndpoints`, `POST …/endpoints/{endpoint}/pause` `pauseEndpoint`.
 */
export function operationIdOf(method: string, path: string): string {
  const given = givenIds[`${method.toUpperCase()} ${path}`]
  if (given !== undefined) return given

  const steps = path.split('/').slice(2)
  const last = steps.at(-1) as string
  if (isParameter(last)) return `${itemVerbs[method] ?? method}${pascal(singular(steps.at(-2) as string))}`
  if (method === 'post' && isParameter(steps.at(-2) ?? '')) return isPlural(last) ? `create${pascal(singular(last))}` : `${camel(last)}${pascal(singular(steps.at(-3) as string))}`
  if (isPlural(last)) return `${collectionVerbs[method] ?? method}${pascal(method === 'get' ? last : singular(last))}`
  return `${itemVerbs[method] ?? method}${pascal(last)}`
}

/** A schema that has no name of its own is called after the operation. */
export function pascal(words: string): string {
  return words.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
}

/** Where the rule would give a name that nobody would say. */
const givenIds: Readonly<Record<string, string>> = {
  'POST /v1/organizations/{org}/events': 'publishEvent',
  'POST /v1/organizations/{org}/events/batch': 'publishEvents',
  'GET /v1/organizations/{org}/endpoints/{endpoint}/secret': 'getSigningSecret',
  'POST /v1/organizations/{org}/endpoints/{endpoint}/secret/rotate': 'rotateSigningSecret',
  'POST /v1/organizations/{org}/endpoints/{endpoint}/secret/rotate/finish': 'finishRotation',
  'POST /v1/organizations/{org}/replays': 'startReplay',
  'DELETE /v1/organizations/{org}/keys/{key}': 'revokeKey',
  'GET /v1/organizations/{org}/endpoint-url': 'judgeEndpointUrl',
  'GET /v1/stream': 'stream',
  'GET /v1/events': 'listAllEvents',
  'GET /v1/deliveries': 'listAllDeliveries',
  'GET /v1/organizations/{org}/dead-letters': 'groupDeadLetters',
  'GET /v1/dead-letters': 'groupAllDeadLetters',
  'POST /v1/organizations/{org}/samples': 'makeSamples',
  'GET /v1/organizations/{org}/formats': 'listFormatsOfOrganization',
  'GET /v1/organizations/{org}/deliveries/{delivery}/attempts/{number}/proof': 'proveAttempt',
  'GET /v1/overview': 'getServerOverview',
}

const itemVerbs: Readonly<Record<string, string>> = { get: 'get', post: 'create', patch: 'update', delete: 'delete', put: 'put' }
const collectionVerbs: Readonly<Record<string, string>> = { get: 'list', post: 'create', patch: 'update', delete: 'delete' }

function isParameter(step: string): boolean {
  return step.startsWith('{')
}

function isPlural(word: string): boolean {
  return /[^s]s$/.test(word)
}

function singular(word: string): string {
  return word.replace(/ies$/, 'y').replace(/([^s])s$/, '$1')
}

function camel(words: string): string {
  const name = pascal(words)
  return name.charAt(0).toLowerCase() + name.slice(1)
}
