import { z } from '@hono/zod-openapi'
import { formatInstant } from '../../events/instant.js'
import { keyId, parseKeyId } from '../../ids/public-id.js'
import { covers, scopes } from '../../keys/scopes.js'
import { hashApiKey, makeApiKey } from '../../secrets/api-key.js'
import { Problem } from '../../problems/problem.js'
import { notFound } from '../../access/gate.js'
import { operation } from '../operation.js'
import { page, pageQuery, pageSchema, parseCursor } from '../schemas/paging.js'
import type { ApiKey } from '../../keys/keys.js'

const keySchema = z.object({
  id: z.string(), name: z.string(), scopes: z.array(z.enum(scopes)), hint: z.string(), createdAt: z.string(), expiresAt: z.string().nullable(),
}).openapi('ApiKey')

const tag = 'Keys'

const createKey = operation({
  method: 'post',
  path: '/v1/organizations/{org}/keys',
  summary: "Makes a key of this organization, with scopes that the asking key has itself. It is shown in this answer and never again.",
  tag,
  scope: 'webhooks:manage',
  body: z.strictObject({
    name: z.string().min(1).max(200),
    scopes: z.array(z.enum(scopes)).min(1).max(scopes.length),
    expiresAt: z.iso.datetime({ offset: true }).nullable().optional(),
  }),
  answers: { 201: keySchema.extend({ key: z.string() }) },
  async handle({ access, organization, body, claim }, { engine, vault, clock }) {
    for (const scope of body.scopes) {
      if (!covers(access.scopes, scope)) throw new Problem('missing_scope', `A key can only be given scopes that the asking key has; it lacks "${scope}".`)
    }
    const expiresAt = body.expiresAt == null ? null : Date.parse(body.expiresAt)
    if (expiresAt !== null && !(expiresAt > clock.now())) throw new Problem('invalid_request', '"expiresAt" is not in the future.', { errors: [{ path: 'expiresAt', code: 'in_the_past', message: 'is not in the future' }] })

    const key = makeApiKey()
    const context = `organization:${organization.publicId}:key`
    const created = await engine.store.command('createKey', {
      organizationId: organization.id, name: body.name, scopes: [...new Set(body.scopes)], expiresAt, claim,
      hash: hashApiKey(key).toString('hex'), hint: `…${key.slice(-4)}`, sealedKey: claim === undefined ? '' : vault.seal(key, context),
    })
    return { status: 201, body: { ...showKey(created), key: claim === undefined ? key : vault.open(created.sealedKey, context) } }
  },
})

const listKeys = operation({
  method: 'get',
  path: '/v1/organizations/{org}/keys',
  summary: "Lists this organization's keys that are in force, newest first.",
  tag,
  scope: 'webhooks:manage',
  query: z.strictObject({ ...pageQuery }),
  answers: { 200: pageSchema(keySchema) },
  async handle({ organization, query }, { engine }) {
    const found = await engine.store.query('listKeys', { organizationId: organization.id, before: parseCursor(query.after, parseKeyId), limit: query.limit + 1 })
    return { status: 200, body: page(found, query.limit, showKey, (last) => keyId(last.id)) }
  },
})

const revokeKey = operation({
  method: 'delete',
  path: '/v1/organizations/{org}/keys/{key}',
  summary: 'Ends a key: here at once, in other processes within two seconds.',
  tag,
  scope: 'webhooks:manage',
  answers: { 204: null },
  async handle({ access, organization, params }, { engine, gate }) {
    const id = parseKeyId(params.key)
    if (id === undefined) throw notFound()
    const isRevoked = await engine.store.command('revokeKey', { organizationId: organization.id, id, mayEndAdmin: access.scopes.includes('admin') })
    gate.forget()
    if (!isRevoked) throw notFound()
    return { status: 204 }
  },
})

export const keysOperations = [createKey, listKeys, revokeKey]

function showKey({ id, name, scopes: held, hint, createdAt, expiresAt }: ApiKey) {
  return { id: keyId(id), name, scopes: held, hint, createdAt: formatInstant(createdAt), expiresAt: expiresAt === null ? null : formatInstant(expiresAt) }
}
