import { isUtf8 } from 'node:buffer'
import { z } from '@hono/zod-openapi'
import { formatInstant } from '../../events/instant.js'
import { eventId, parseReceiptId, receiptId } from '../../ids/public-id.js'
import { Problem } from '../../problems/problem.js'
import { openedHeaders, shownHeaders } from '../../receipts/kept-headers.js'
import { acceptedReceipt, refusedReceipt, type Arrived } from '../../receipts/receiver.js'
import { verdicts } from '../../receipts/receipt.js'
import { sourceNamePattern } from '../../sources/source.js'
import { refusalStatus } from '@posthorn/webhooks'
import { notFound } from '../../access/gate.js'
import { operation } from '../operation.js'
import { page, pageQuery, pageSchema, parseCursor } from '../schemas/paging.js'
import { organizationNamed } from './sources-routes.js'
import type { Receipt, ReceiptSummary } from '../../receipts/read-receipts.js'
import type { ApiSurroundings } from '../surroundings.js'

const tag = 'Receipts'
const path = '/v1/receipts/{receipt}'

const receiptSchema = z.object({
  id: z.string(), source: z.string(), provider: z.string(), receivedAt: z.string(), verdict: z.enum(verdicts),
  status: z.number().int().openapi({ description: 'What the provider was answered, or would be now.' }),
  code: z.string().nullable(), reason: z.string().nullable().openapi({ description: 'Why it was refused, in words.' }),
  method: z.string(), url: z.string(), bodyBytes: z.number().int(),
  body: z.enum(['kept', 'too_large_to_send', 'not_kept']).openapi({ description: 'too_large_to_send: it is here, but is no event.' }),
  dedupeId: z.string().nullable(), type: z.string().nullable(), organizationId: z.string().nullable(),
  unassigned: z.boolean().openapi({ description: 'Nothing said whose it is, so the operator has it.' }),
  duplicateOf: z.string().nullable(), eventCount: z.number().int(), replayedAt: z.string().nullable(),
}).openapi('Receipt')

const receiptWithBytes = receiptSchema.extend({
  headers: z.array(z.tuple([z.string(), z.string()])),
  content: z.object({ encoding: z.enum(['utf8', 'base64']), data: z.string() }),
  events: z.array(z.object({ id: z.string(), type: z.string(), organizationId: z.string() })),
}).openapi('ReceiptWithBytes')

const listReceipts = operation({
  method: 'get',
  path: '/v1/receipts',
  summary: 'Lists what came in, newest first.',
  tag,
  scope: 'admin',
  query: z.strictObject({
    ...pageQuery,
    source: z.string().regex(sourceNamePattern).optional(),
    verdict: z.enum(verdicts).optional(),
    unassigned: z.enum(['true']).optional().openapi({ description: 'Only those of which nothing said whose they are.' }),
  }),
  answers: { 200: pageSchema(receiptSchema) },
  async handle({ query }, { engine }) {
    const found = await engine.store.query('listReceipts', {
      source: query.source, verdict: query.verdict, isUnassigned: query.unassigned === 'true', before: parseCursor(query.after, parseReceiptId), limit: query.limit + 1,
    })
    return { status: 200, body: page(found, query.limit, showReceipt, (last) => receiptId(last.id)) }
  },
})

const getReceipt = operation({
  method: 'get',
  path,
  summary: 'Tells one receipt with the bytes as they came, and what they became.',
  tag,
  scope: 'admin',
  answers: { 200: receiptWithBytes },
  handle: async ({ params }, surroundings) => ({ status: 200, body: showWithBytes(await read(params.receipt, surroundings)) }),
})

const replayReceipt = operation({
  method: 'post',
  path: `${path}/replay`,
  summary: 'Verifies a refused receipt again with the secrets of today, as if it came when it came; what is right now becomes events. Also gives one that is unassigned to its organization.',
  tag,
  scope: 'admin',
  body: z.strictObject({ organizationId: z.string().max(64).optional().openapi({ description: 'Whose its events shall be, whatever they say.' }) }),
  isBodyOptional: true,
  answers: { 200: receiptSchema },
  async handle({ params, body }, surroundings) {
    const { engine, inboundSide, clock, vault } = surroundings
    const receipt = await read(params.receipt, surroundings)
    if (receipt.kept === 2) throw new Problem('receipt_without_body', 'The body of this request was not kept.')
    const source = await inboundSide.book.find(receipt.source)
    if (source === undefined || source.id !== receipt.sourceId) throw new Problem('conflict', `The source "${receipt.source}" of this receipt is gone.`)
    const organizationId = await organizationNamed(body.organizationId, surroundings) ?? source.organizationId

    const { method, url, receivedAt } = receipt
    const headers = openedHeaders(receipt.headers, vault.open)
    const arrived: Arrived = { sourceId: source.id, receivedAt, method, url, headers, body: receipt.body }
    const verdict = await inboundSide.receiver.verify({ method, url, headers, body: receipt.body }, source, receivedAt)
    if (!verdict.ok && verdict.code === 'cert_unavailable') throw new Problem('unavailable', verdict.reason, { retryAfterSeconds: 5 })
    if (verdict.ok && verdict.handshake !== undefined) throw new Problem('receipt_settled', 'The request is a handshake; its sender has to repeat it.')
    const again = verdict.ok ? acceptedReceipt(arrived, source.provider, verdict) : refusedReceipt(arrived, refusalStatus(source.provider, verdict.code), verdict, false)

    const { organizationIds } = await engine.store.command('receiveAgain', { id: receipt.id, at: clock.now(), again: { source: { id: source.id, provider: source.provider, organizationId }, receipt: again } })
    if (organizationIds.length > 0) engine.streamsMoved(organizationIds)
    return { status: 200, body: showReceipt(await read(params.receipt, surroundings)) }
  },
})

export const receiptsOperations = [listReceipts, getReceipt, replayReceipt]

async function read(publicId: string, { engine }: ApiSurroundings): Promise<Receipt> {
  const id = parseReceiptId(publicId)
  const receipt = id === undefined ? undefined : await engine.store.query('findReceipt', { id })
  if (receipt === undefined) throw notFound()
  return receipt
}

function showReceipt(receipt: ReceiptSummary) {
  return {
    id: receiptId(receipt.id), source: receipt.source, provider: receipt.provider, receivedAt: formatInstant(receipt.receivedAt), verdict: receipt.verdict, status: receipt.status,
    code: receipt.code, reason: receipt.reason, method: receipt.method, url: receipt.url, bodyBytes: receipt.bytes, body: (['kept', 'too_large_to_send', 'not_kept'] as const)[receipt.kept],
    dedupeId: receipt.dedupeId, type: receipt.type, organizationId: receipt.organization, unassigned: receipt.isUnassigned,
    duplicateOf: receipt.duplicateOf === null ? null : receiptId(receipt.duplicateOf), eventCount: receipt.events, replayedAt: receipt.replayedAt === null ? null : formatInstant(receipt.replayedAt),
  }
}

function showWithBytes(receipt: Receipt) {
  const bytes = Buffer.from(receipt.body)
  const content = isUtf8(bytes) ? { encoding: 'utf8', data: bytes.toString('utf8') } : { encoding: 'base64', data: bytes.toString('base64') }
  return {
    ...showReceipt(receipt), content, headers: shownHeaders(receipt.headers),
    events: receipt.told.map(({ id, givenId, type, organization }) => ({ id: givenId ?? eventId(id), type, organizationId: organization })),
  }
}
