import { readFileSync } from 'node:fs'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { repository } from './documents.js'
import type { OpenApiDocument, ResponseObject } from '../api/openapi/openapi-types.js'

const document = JSON.parse(readFileSync(`${repository}packages/server/openapi.json`, 'utf8')) as OpenApiDocument
const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true })
ajv.addSchema(document, 'openapi')
const validators = new Map<string, ValidateFunction>()

export interface Exchange { method: string; url: string; sent: unknown; status: number; contentType: string | null; body: unknown }

/**
 * What openapi.json does not say of a request and its answer: a body that it would refuse and the server took, a status, a
 * code, or a shape that it does not have there. Undefined when it says all of it.
 */
export function undocumented({ method, url, sent, status, contentType, body }: Exchange): string | undefined {
  const path = url.split('?', 1)[0] as string
  const found = Object.keys(document.paths).filter((each) => new RegExp(`^${each.replace(/\{\w+\}/g, '[^/]+')}$`).test(path))
  // `…/events/batch` is no event's id.
  const documented = found.find((each) => each === path) ?? found.find((each) => document.paths[each]?.[method.toLowerCase()] !== undefined)
  const operation = documented === undefined ? undefined : document.paths[documented]?.[method.toLowerCase()]
  if (documented === undefined || operation === undefined) return undefined

  if (status < 300 && typeof sent === 'object' && sent !== null && operation.requestBody !== undefined) {
    const validate = validatorOf(['paths', documented, method.toLowerCase(), 'requestBody', 'content', 'application/json', 'schema'])
    if (!validate(sent)) return `${method} ${documented} took what openapi.json refuses: ${ajv.errorsText(validate.errors)}`
  }

  const answer = operation.responses[status]
  if (answer === undefined) return `${method} ${documented} answered ${status}, which openapi.json does not have there: ${JSON.stringify(body)}`
  const name = answer.$ref?.split('/').at(-1)
  const resolved: ResponseObject = name === undefined ? answer : document.components.responses?.[name] ?? answer
  const type = contentType?.split(';', 1)[0] ?? ''
  if (resolved.content === undefined) return body === undefined ? undefined : `${method} ${documented} answered ${status} with a body`
  const validate = validatorOf(name === undefined ? ['paths', documented, method.toLowerCase(), 'responses', String(status), 'content', type, 'schema'] : ['components', 'responses', name, 'content', type, 'schema'])
  return validate(body) ? undefined : `${method} ${documented} answered ${status} with ${JSON.stringify(body).slice(0, 300)}: ${ajv.errorsText(validate.errors)}`
}

function validatorOf(steps: readonly string[]): ValidateFunction {
  const pointer = steps.map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')
  let validate = validators.get(pointer)
  if (validate === undefined) validators.set(pointer, validate = ajv.compile({ $ref: `openapi#/${pointer}` }))
  return validate
}
