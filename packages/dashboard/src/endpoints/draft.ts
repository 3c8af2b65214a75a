import type { Endpoint, EndpointChanges, NewEndpoint, RetryPolicy } from '@posthorn/client'

/** An endpoint as a form holds it: everything as it is typed; an empty text is what the organization or the server says. */
export interface EndpointDraft {
  url: string
  description: string
  eventTypes: string[]
  format: string
  secondFormat: string
  /** A name, `own` for a schedule that is written out, `growing` for waits that grow, or empty. */
  retryPolicy: string
  schedule: string
  growth: GrowthDraft
  ordered: boolean
  ratePerSecond: string
  timeoutSeconds: string
  headers: { name: string; value: string }[]
}

export interface GrowthDraft { first: string; factor: string; max: string; attempts: string }

export const ownSchedule = 'own'
export const growingWaits = 'growing'

export function draftOf(endpoint: Endpoint | undefined): EndpointDraft {
  if (endpoint === undefined) return { url: '', description: '', eventTypes: ['*'], format: '', secondFormat: '', retryPolicy: '', schedule: '', growth: usualGrowth, ordered: false, ratePerSecond: '', timeoutSeconds: '', headers: [] }
  const { url, description, eventTypes, format, inherits, secondSignature, ordered, ratePerSecond, timeoutSeconds, headers } = endpoint
  return {
    url, description, eventTypes, ordered, format: inherits.includes('format') ? '' : format, secondFormat: secondSignature?.format ?? '',
    ...retryDraftOf(endpoint), ratePerSecond: ratePerSecond?.toString() ?? '', timeoutSeconds: timeoutSeconds?.toString() ?? '',
    headers: Object.entries(headers).map(([name, value]) => ({ name, value })),
  }
}

/** The draft as the API takes it; of one that exists, only what has changed, so that what a form cannot show is left alone. */
export function bodyOf(draft: EndpointDraft): NewEndpoint
export function bodyOf(draft: EndpointDraft, before: Endpoint): EndpointChanges
export function bodyOf(draft: EndpointDraft, before?: Endpoint): NewEndpoint | EndpointChanges {
  const body = wholeBodyOf(draft)
  if (before === undefined) return body
  const previous = wholeBodyOf(draftOf(before))
  return Object.fromEntries(Object.entries(body).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(previous[name as keyof NewEndpoint])))
}

function wholeBodyOf({ url, description, eventTypes, format, secondFormat, ordered, ratePerSecond, timeoutSeconds, headers, ...draft }: EndpointDraft): NewEndpoint {
  const named = headers.filter(({ name }) => name.trim() !== '').map(({ name, value }) => [name.trim(), value.trim()])
  return {
    url: url.trim(), description, eventTypes, ordered, format: (format || null) as NewEndpoint['format'],
    secondSignature: (secondFormat === '' ? null : { format: secondFormat }) as NewEndpoint['secondSignature'],
    retryPolicy: retryPolicyOf(draft),
    ratePerSecond: ratePerSecond === '' ? null : Number(ratePerSecond), timeoutSeconds: timeoutSeconds === '' ? null : Number(timeoutSeconds),
    headers: named.length === 0 ? null : Object.fromEntries(named) as Record<string, string>,
  }
}

/** The retry policy of a draft, as the API takes it. */
export function retryPolicyOf({ retryPolicy, schedule, growth: { first, factor, max, attempts } }: Pick<EndpointDraft, 'retryPolicy' | 'schedule' | 'growth'>): RetryPolicy | null {
  if (retryPolicy === ownSchedule) return { schedule: listOf(schedule) }
  if (retryPolicy === growingWaits) return { exponential: { first: first.trim(), factor: Number(factor), max: max.trim(), attempts: Number(attempts) } }
  return retryPolicy || null
}

/** `0s, 5s, 2m` as a list; commas or spaces, as somebody likes it. */
function listOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((wait) => wait !== '')
}

function retryDraftOf({ retryPolicy, inherits }: Endpoint): Pick<EndpointDraft, 'retryPolicy' | 'schedule' | 'growth'> {
  const nothing = { retryPolicy: '', schedule: '', growth: usualGrowth }
  if (inherits.includes('retryPolicy')) return nothing
  const policy = retryPolicy as RetryPolicy
  if (typeof policy === 'string') return { ...nothing, retryPolicy: policy }
  if ('schedule' in policy) return { ...nothing, retryPolicy: ownSchedule, schedule: policy.schedule.join(', ') }
  const { first, factor, max, attempts } = policy.exponential
  return { ...nothing, retryPolicy: growingWaits, growth: { first, factor: String(factor), max, attempts: String(attempts) } }
}

/** Some six hours: a start for whoever chooses growing waits. */
const usualGrowth: GrowthDraft = { first: '5s', factor: '3', max: '2h', attempts: '10' }
