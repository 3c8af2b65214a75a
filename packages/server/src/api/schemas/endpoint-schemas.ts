import { z } from '@hono/zod-openapi'
import { isSubscription } from '../../event-types/event-type.js'
import { covers } from '../../keys/scopes.js'
import { endpointStateName, type Endpoint } from '../../endpoints/endpoint.js'
import { formatInstant } from '../../events/instant.js'
import { endpointId } from '../../ids/public-id.js'
import { sealContext, type SecondSignature } from '../../endpoints/signing-secrets.js'
import { openSecrets } from './endpoint-form.js'
import { retryPolicySchema } from './retry-policy-schema.js'
import type { Access } from '../../access/gate.js'
import type { OrganizationSummary } from '../../organizations/read-organizations.js'
import type { Vault } from '../../secrets/vault.js'

/** Which there are, the server knows: some are its operator's own. */
export const formatName = z.string().max(64).openapi({ example: 'standard' })

const subscription = z.string().max(130).refine(isSubscription, { error: 'Use an event type, a prefix such as "order.*", or "*".' })

const settings = {
  description: z.string().max(1_000).nullable().optional(),
  eventTypes: z.array(subscription).min(1).max(500).nullable().optional().openapi({ description: 'Exact types, prefixes such as "order.*", or "*". Left out: ["*"].' }),
  format: formatName.nullable().optional().openapi({ description: "One of `GET …/formats`. Null or left out: the organization's." }),
  headers: z.record(z.string().max(1_000), z.string().max(10_000)).nullable().optional().openapi({ description: 'Extra headers of every request: at most 50.' }),
  timeoutSeconds: z.number().min(1).max(30).nullable().optional(),
  ratePerSecond: z.number().min(0.01).max(10_000).nullable().optional(),
  ordered: z.boolean().nullable().optional().openapi({ description: 'Each event waits until the one before it has succeeded or is dead.' }),
  retryPolicy: retryPolicySchema.nullable().optional(),
  secondSignature: z.strictObject({ format: formatName, secret: z.string().min(1).max(512).optional() }).nullable().optional().openapi({ description: 'Adds the signature headers of another format while a receiver migrates.' }),
}

const url = z.string().max(10_000).openapi({ example: 'https://example.com/webhooks' })
const secret = z.string().max(1_000)

export const newEndpoint = z.strictObject({ url, ...settings, secret: secret.optional() })
export const endpointChanges = z.strictObject({ url: url.optional(), ...settings })
export const rotation = z.strictObject({ overlapSeconds: z.number().int().min(0).max(30 * 86_400).optional(), secret: secret.optional() })

export const endpointSchema = z.object({
  id: z.string(), url: z.string(), description: z.string(), eventTypes: z.array(z.string()), format: z.string(), headers: z.record(z.string(), z.string()),
  timeoutSeconds: z.number().nullable(), ratePerSecond: z.number().nullable(), ordered: z.boolean(), retryPolicy: retryPolicySchema,
  secondSignature: z.object({ format: z.string() }).nullable(),
  inherits: z.array(z.enum(['format', 'retryPolicy'])).openapi({ description: "What follows the organization's setting." }),
  managed: z.string().nullable().openapi({ description: 'The setting of the organization that this endpoint is.' }),
  state: z.enum(['enabled', 'paused', 'disabled']), disabledReason: z.string().nullable(), version: z.number().int(), secretHint: z.string(), createdAt: z.string(), updatedAt: z.string(),
}).openapi('Endpoint')

export const secretSchema = z.object({
  secret: z.string(),
  previousSecret: z.string().optional().openapi({ description: 'Goes on until overlapEndsAt.' }),
  overlapEndsAt: z.string().optional(),
}).openapi('SigningSecret')

/** An endpoint as the API tells it. Whoever may only read does not see what looks like a credential in its headers. */
export function showEndpoint(endpoint: Endpoint, organization: OrganizationSummary, access: Access, vault: Vault) {
  const { publicId } = organization
  const headers = endpoint.sealedHeaders === null ? {} : JSON.parse(vault.open(endpoint.sealedHeaders, sealContext(publicId, 'headers'))) as Record<string, string>
  const second = endpoint.sealedSecondSignature === null ? null : JSON.parse(vault.open(endpoint.sealedSecondSignature, sealContext(publicId, 'second_signature'))) as SecondSignature
  const inherits = (['format', 'retryPolicy'] as const).filter((setting) => endpoint[setting] === null)
  return {
    id: endpointId(endpoint.id),
    url: endpoint.url,
    description: endpoint.description,
    eventTypes: endpoint.eventTypes,
    format: endpoint.format ?? organization.format,
    headers: maskedHeaders(headers, access),
    timeoutSeconds: endpoint.timeoutMs === null ? null : endpoint.timeoutMs / 1_000,
    ratePerSecond: endpoint.ratePerSecond,
    ordered: endpoint.ordered,
    retryPolicy: endpoint.retryPolicy ?? organization.retryPolicy,
    secondSignature: second && { format: second.format },
    inherits,
    managed: endpoint.managed,
    state: endpointStateName(endpoint.state),
    disabledReason: endpoint.disabledReason,
    version: endpoint.version,
    secretHint: hintOf(openSecrets(endpoint.sealedSecrets, vault, publicId).current),
    createdAt: formatInstant(endpoint.createdAt),
    updatedAt: formatInstant(endpoint.updatedAt),
  }
}

/** Extra headers as this key may see them. */
export function maskedHeaders(headers: Record<string, string>, access: Access): Record<string, string> {
  return covers(access.scopes, 'webhooks:manage') ? headers : Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, credentialName.test(name) ? '••••' : value]))
}

const credentialName = /auth|token|key|secret|password|cookie|session|signature/i

/** Enough to tell two secrets apart, and of a short one nothing. */
function hintOf(text: string): string {
  return text.length >= 24 ? `…${text.slice(-4)}` : '…'
}
