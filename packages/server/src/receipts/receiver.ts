import { refusalStatus, type Accepted, type RefusalCode, type SchemeName, type Verdict, type WebhookRequest } from '@posthorn/webhooks'
import { formatInstant } from '../events/instant.js'
import { acceptedAnswer, handshakeAnswer, refusedAnswer, type ProviderAnswer } from '../sources/answers.js'
import { keptHeaders } from './kept-headers.js'
import { plainText } from '../sources/plain-text.js'
import { RefusalWatch } from './refusal-watch.js'
import { RefusedBudget, refusedLimits, type RefusedLimits } from './refused-budget.js'
import { toldItems } from './told-items.js'
import { verifySource, type FetchCertificate } from '../sources/verify-source.js'
import type { Counted, SourceReceipt } from './receive.js'
import type { ArrivedReceipt, HeaderPairs, Kept, Received } from './receipt.js'
import type { Vault } from '../secrets/vault.js'
import type { OpenSource } from '../sources/source.js'

/** A request as it came in over HTTP. */
export interface InboundRequest {
  method: string
  /** Path and query as they stand in the request line. */
  url: string
  headers: HeaderPairs
  /** Undefined when there was more of it than is taken. */
  body: Uint8Array | undefined
  /** It came to a URL that several providers share: refused in the gateway's way. */
  isShared: boolean
}

export interface ReceiverPartners {
  /** Stores a receipt; fulfilled once it is on stable storage. */
  receive(receipt: SourceReceipt): Promise<Received>
  /** Counts a request that gets no receipt. */
  count(counted: Counted): void
  seal: Vault['seal']
  now(): number
  publicUrl: string | undefined
  maxBodyBytes: number
  refusedLimits?: RefusedLimits | undefined
  /** How PayPal's certificates are fetched; over https where nobody says otherwise. */
  fetchCertificate?: FetchCertificate
  /** How long a verification may wait for somebody else (PayPal's certificate). */
  verifyWithinMs?: number
}

/** Proves what comes in, stores it, and only then answers. */
export class Receiver {
  readonly #partners: ReceiverPartners
  readonly #budget: RefusedBudget
  readonly #watch = new RefusalWatch()

  constructor(partners: ReceiverPartners) {
    this.#partners = partners
    this.#budget = new RefusedBudget(partners.refusedLimits ?? refusedLimits)
  }

  async answer(request: InboundRequest, source: OpenSource): Promise<ProviderAnswer> {
    const receivedAt = this.#partners.now()
    const judged = await this.#judge(request, source, receivedAt)
    const { answer, receipt } = judged
    if (receipt.verdict === 'refused') {
      const share = this.#budget.take(source.id, receipt.body.byteLength, receivedAt)
      if (share === 'nothing') {
        this.#partners.count({ sourceId: source.id, verdict: 'refused', count: 1, at: receivedAt })
        return answer
      }
      if (share === 'head') Object.assign(receipt, { body: new Uint8Array(), kept: 2 satisfies Kept })
      receipt.alert = this.#alert(receipt, source)
    } else this.#watch.accepted(source.id)
    const { id, provider, organizationId } = source
    await this.#partners.receive({ source: { id, provider, organizationId }, receipt })
    return answer
  }

  #alert({ sourceId, receivedAt, code, reason }: ArrivedReceipt, { name, provider }: OpenSource): string | undefined {
    const streak = this.#watch.refused(sourceId, receivedAt)
    return streak && JSON.stringify({ source: name, provider, refusedInARow: streak.count, since: formatInstant(streak.since), code, reason })
  }

  async #judge(request: InboundRequest, source: OpenSource, receivedAt: number): Promise<{ answer: ProviderAnswer; receipt: ArrivedReceipt }> {
    const { method, url, headers, body } = request
    const verdict = body === undefined
      ? tooLarge(this.#partners.maxBodyBytes)
      : await this.verify({ method, url, headers, body }, source, receivedAt)
    const arrived: Arrived = { sourceId: source.id, receivedAt, method: plainText(method, 20), url: plainText(url, 4_096), headers: keptHeaders(headers, source.options.header, this.#partners.seal), body: body ?? new Uint8Array() }
    if (!verdict.ok) {
      const status = verdict.code === 'body_too_large' ? 413 : refusalStatus(request.isShared ? undefined : source.provider, verdict.code)
      return { answer: refusedAnswer(status, verdict.code, verdict.reason), receipt: refusedReceipt(arrived, status, verdict, body === undefined) }
    }
    if (verdict.handshake !== undefined) return { answer: handshakeAnswer(verdict.handshake), receipt: { ...arrived, verdict: 'handshake', status: verdict.handshake.status, type: typeText(verdict.type), items: [], kept: 0 } }
    return { answer: acceptedAnswer(source.provider, source.options), receipt: acceptedReceipt(arrived, source.provider, verdict) }
  }

  /**
   * Verifies a request as if it came at `at`. Providers wait two seconds; what takes longer goes on by itself, and is known
   * when they come again.
   */
  async verify(request: WebhookRequest, source: OpenSource, at: number): Promise<Verdict> {
    const { publicUrl, fetchCertificate } = this.#partners
    const verifying = verifySource(request, source, { publicUrl, at, path: request.url.split('?', 1)[0], fetchCertificate })
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<Verdict>((resolve) => {
      timer = setTimeout(() => resolve({ ok: false, code: 'cert_unavailable', reason: 'The certificate could not be fetched in time. Send the webhook again.' }), this.#partners.verifyWithinMs ?? 1_500)
    })
    const verdict = await Promise.race([verifying, late])
    clearTimeout(timer)
    return verdict
  }
}

export type Arrived = Pick<ArrivedReceipt, 'sourceId' | 'receivedAt' | 'method' | 'url' | 'headers' | 'body'>

/** The receipt of a request that has been proven, with what it tells. */
export function acceptedReceipt(arrived: Arrived, provider: SchemeName, verdict: Accepted): ArrivedReceipt {
  const { body, headers, receivedAt } = arrived
  const header = (name: string): string | undefined => headers.find(([each]) => each.toLowerCase() === name)?.[1]
  const { items, kept } = toldItems({ provider, verdict, body, receivedAt, header })
  return { ...arrived, verdict: 'accepted', status: 200, dedupeId: idText(verdict.dedupeId), type: typeText(verdict.type), items, kept }
}

export function refusedReceipt(arrived: Arrived, status: number, { code, reason }: { code: RefusalCode | 'body_too_large'; reason: string }, isBodyMissing: boolean): ArrivedReceipt {
  return { ...arrived, verdict: 'refused', status, code, reason: plainText(reason, 1_000), items: [], kept: isBodyMissing ? 2 : 0 }
}

type Judged = Verdict | { ok: false; code: 'body_too_large'; reason: string }

const tooLarge = (maxBytes: number): Judged => ({ ok: false, code: 'body_too_large', reason: `The body has more than ${maxBytes} bytes.` })
const idText = (id: string | undefined) => id === undefined ? undefined : plainText(id, 300)
const typeText = (type: string | undefined) => type === undefined ? undefined : plainText(type, 200)
