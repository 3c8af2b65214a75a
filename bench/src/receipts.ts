import type { Api } from './api.js'

/** What the server holds of a source's webhooks, told by its API. */
export interface Receipts {
  /** By the provider's id of the event; two receipts of one id would be a mistake. */
  accepted: Map<string, AcceptedReceipts>
  /** How often each was told as a duplicate of the receipt that first had it. */
  duplicates: Map<string, number>
  refused: number
}

export interface AcceptedReceipts {
  receipts: number
  /** Events that they became. */
  events: number
}

interface Receipt {
  id: string
  dedupeId: string | null
  duplicateOf: string | null
  eventCount: number
}

/** Reads all receipts of a source, page by page. */
export async function readReceipts(api: Api, source: string): Promise<Receipts> {
  const [accepted, duplicates, refused] = [new Map<string, AcceptedReceipts>(), new Map<string, number>(), { count: 0 }]
  const idOf = new Map<string, string>()
  await eachReceipt(api, source, 'accepted', ({ id, dedupeId, eventCount }) => {
    const known = accepted.get(dedupeId ?? '')
    accepted.set(dedupeId ?? '', { receipts: (known?.receipts ?? 0) + 1, events: (known?.events ?? 0) + eventCount })
    idOf.set(id, dedupeId ?? '')
  })
  await eachReceipt(api, source, 'duplicate', ({ dedupeId, duplicateOf }) => {
    if (dedupeId !== null && idOf.get(duplicateOf ?? '') === dedupeId) duplicates.set(dedupeId, (duplicates.get(dedupeId) ?? 0) + 1)
  })
  await eachReceipt(api, source, 'refused', () => { refused.count++ })
  return { accepted, duplicates, refused: refused.count }
}

async function eachReceipt(api: Api, source: string, verdict: string, see: (receipt: Receipt) => void): Promise<void> {
  let after = ''
  for (;;) {
    const page = await api.get<{ data: Receipt[]; next: string | null }>(`/v1/receipts?source=${source}&verdict=${verdict}&limit=200${after}`)
    page.data.forEach(see)
    if (page.next === null) return
    after = `&after=${page.next}`
  }
}
