import { z } from '@hono/zod-openapi'
import { formatInstant } from '../../events/instant.js'
import { linkId, parseLinkId, parseSourceId, sourceId } from '../../ids/public-id.js'
import { Problem } from '../../problems/problem.js'
import { openSource } from '../../sources/source-book.js'
import { sourceSealContext, type OpenSource, type Source, type SourceSecrets } from '../../sources/source.js'
import { notFound } from '../../access/gate.js'
import { operation } from '../operation.js'
import { page, pageQuery, pageSchema, parseCursor } from '../schemas/paging.js'
import { checkSource, linkSchema, newLink, newSource, optionsFrom, showSource, sourceChanges, sourceSchema } from '../schemas/source-schemas.js'
import type { Link } from '../../sources/links.js'
import type { ApiSurroundings } from '../surroundings.js'

const tag = 'Sources'
const path = '/v1/sources/{source}'

// A source's name is part of a public URL and its secrets are the operator's, so sources are the server's own matter:
// these paths need the admin key.

const createSource = operation({
  method: 'post',
  path: '/v1/sources',
  summary: 'Makes a source: from then on a provider can send to /webhooks/{name}. Its secrets are not shown again.',
  tag,
  scope: 'admin',
  body: newSource,
  answers: { 201: sourceSchema },
  async handle({ body, claim }, surroundings) {
    const { engine, inboundSide, vault } = surroundings
    const { name, provider, secrets, verifyToken } = body
    const options = optionsFrom(body)
    checkSource(provider, secrets, options)
    if (inboundSide.book.isBuiltIn(name)) throw new Problem('already_exists', `A setting of the server is the source "${name}" already.`)
    const organizationId = await organizationNamed(body.organizationId, surroundings)
    const created = await engine.store.command('createSource', { name, provider, organizationId: organizationId ?? null, options, sealed: sealed({ secrets, verifyToken: verifyToken ?? undefined }, name, vault), claim })
    inboundSide.book.forget()
    return { status: 201, body: await show(created, surroundings) }
  },
})

const listSources = operation({
  method: 'get',
  path: '/v1/sources',
  summary: 'Lists the sources in the order of their making, those that settings are among them.',
  tag,
  scope: 'admin',
  query: z.strictObject({ ...pageQuery }),
  answers: { 200: pageSchema(sourceSchema) },
  async handle({ query }, surroundings) {
    await surroundings.inboundSide.book.registered()
    const found = await surroundings.engine.store.query('listSources', { after: parseCursor(query.after, parseSourceId), limit: query.limit + 1 })
    const { data, next } = page(found, query.limit, (source) => source, (last) => sourceId(last.id))
    return { status: 200, body: { data: await Promise.all(data.map((source) => show(source, surroundings))), next } }
  },
})

const getSource = operation({
  method: 'get',
  path,
  summary: 'Tells one source, by its name.',
  tag,
  scope: 'admin',
  answers: { 200: sourceSchema },
  handle: async ({ params }, surroundings) => ({ status: 200, body: await show(await read(params.source, surroundings), surroundings) }),
})

const changeSource = operation({
  method: 'patch',
  path,
  summary: 'Changes a source: what is left out stays, null sets back to the default. Give all secrets that shall count, the old one too.',
  tag,
  scope: 'admin',
  body: sourceChanges,
  answers: { 200: sourceSchema },
  async handle({ params, body }, surroundings) {
    const { engine, inboundSide, vault } = surroundings
    const source = await read(params.source, surroundings)
    if (source.isManaged) throw managed(source)
    const opened = openSource(source, vault.open) as OpenSource
    const options = optionsFrom(body, source.options)
    const secrets = body.secrets ?? opened.secrets
    checkSource(source.provider, secrets, options)
    const verifyToken = body.verifyToken === undefined ? opened.verifyToken : body.verifyToken ?? undefined
    const organizationId = await organizationNamed(body.organizationId, surroundings)
    const changed = await engine.store.command('changeSource', {
      id: source.id, updatedAt: source.updatedAt, changes: { organizationId, options, state: body.state, sealed: sealed({ secrets, verifyToken }, source.name, vault) },
    })
    if (changed === undefined) throw new Problem('conflict', 'The source was changed by somebody else in the same moment.')
    inboundSide.book.forget()
    return { status: 200, body: await show(changed, surroundings) }
  },
})

const deleteSource = operation({
  method: 'delete',
  path,
  summary: 'Deletes a source at once: its URL answers 404. Its receipts stay readable until their time is over.',
  tag,
  scope: 'admin',
  answers: { 204: null },
  async handle({ params }, surroundings) {
    const source = await read(params.source, surroundings)
    if (source.isManaged) throw managed(source)
    if (!await surroundings.engine.store.command('deleteSource', { name: source.name })) throw notFound()
    surroundings.inboundSide.book.forget()
    return { status: 204 }
  },
})

const createLink = operation({
  method: 'post',
  path: '/v1/source-links',
  summary: "Says whose a provider's customer, merchant or shop is, for events that do not say so themselves. Replaces what was linked before.",
  tag,
  scope: 'admin',
  body: newLink,
  answers: { 201: linkSchema },
  async handle({ body: { provider, account, organizationId }, claim }, { engine }) {
    return { status: 201, body: showLink(await engine.store.command('createLink', { provider, account, organization: organizationId, claim })) }
  },
})

const listLinks = operation({
  method: 'get',
  path: '/v1/source-links',
  summary: 'Lists what is linked to which organization, in the order of its making.',
  tag,
  scope: 'admin',
  query: z.strictObject({ ...pageQuery, organizationId: z.string().max(64).optional() }),
  answers: { 200: pageSchema(linkSchema) },
  async handle({ query }, surroundings) {
    const organizationId = await organizationNamed(query.organizationId, surroundings) ?? undefined
    const found = await surroundings.engine.store.query('listLinks', { after: parseCursor(query.after, parseLinkId), limit: query.limit + 1, organizationId })
    return { status: 200, body: page(found, query.limit, showLink, (last) => linkId(last.id)) }
  },
})

const deleteLink = operation({
  method: 'delete',
  path: '/v1/source-links/{link}',
  summary: 'Takes a link away.',
  tag,
  scope: 'admin',
  answers: { 204: null },
  async handle({ params }, { engine }) {
    const id = parseLinkId(params.link)
    if (id === undefined || !await engine.store.command('deleteLink', { id })) throw notFound()
    return { status: 204 }
  },
})

export const sourcesOperations = [createSource, listSources, getSource, changeSource, deleteSource, createLink, listLinks, deleteLink]

/** The row of an organization that a request names; null and undefined stay what they are. */
export async function organizationNamed<None extends null | undefined>(publicId: string | None, { engine }: Pick<ApiSurroundings, 'engine'>): Promise<number | None> {
  if (publicId === null || publicId === undefined) return publicId as None
  const found = await engine.store.query('findOrganization', { publicId })
  if (found === undefined) throw new Problem('invalid_request', `There is no organization ${JSON.stringify(publicId)}.`, { errors: [{ path: 'organizationId', code: 'unknown_organization', message: 'is no organization' }] })
  return found.id
}

async function read(name: string, { engine, inboundSide }: ApiSurroundings): Promise<Source> {
  await inboundSide.book.registered()
  const source = await engine.store.query('findSource', { name })
  if (source === undefined) throw notFound()
  return source
}

async function show(source: Source, { engine, inboundSide, vault }: ApiSurroundings) {
  const builtIn = source.isManaged ? await inboundSide.book.find(source.name) : undefined
  const open = builtIn ?? openSource(source, vault.open) ?? { secrets: [], verifyToken: undefined, options: {} }
  const organization = source.organizationId === null || source.isManaged ? undefined : await engine.store.query('readOrganization', { id: source.organizationId })
  return showSource(source, open, { publicUrl: inboundSide.publicUrl, organizationId: organization?.publicId ?? null, id: sourceId(source.id) })
}

function sealed(secrets: SourceSecrets, name: string, vault: ApiSurroundings['vault']): string {
  return vault.seal(JSON.stringify(secrets), sourceSealContext(name))
}

function managed({ name }: Source): Problem {
  return new Problem('source_managed', `The source "${name}" is a setting of the server.`)
}

function showLink({ id, provider, account, organization, isLearned, createdAt }: Link) {
  return { id: linkId(id), provider, account, organizationId: organization, learned: isLearned, createdAt: formatInstant(createdAt) }
}
