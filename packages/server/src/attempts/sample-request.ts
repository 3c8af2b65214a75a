import { Format, publicEventId, type FormatDefinition } from '../formats/format.js'
import { renderRequest } from './target.js'
import type { StoredEvent } from '../events/event.js'

/** A secret that everybody may know: it signs samples and nothing else. */
export const sampleSecret = 'whsec_c2FtcGxlLXNlY3JldC1vZi1hLXNhbXBsZS1yZXF1ZXM='

export interface Sample { format: string; headers: Record<string, string>; body: string }

/** The request that an attempt would make of an event, signed with the sample secret. */
export function sampleRequest({ definition, second, extraHeaders = {}, organization, event, now, userAgent }: {
  definition: FormatDefinition
  /** The format of a second signature. */
  second?: FormatDefinition | undefined
  extraHeaders?: Readonly<Record<string, string>> | undefined
  organization: string
  event: Omit<StoredEvent, 'id' | 'organizationId' | 'givenId'>
  now: number
  userAgent: string
}): Sample {
  const stored: StoredEvent = { ...event, id: sampleEventId, organizationId: 0, givenId: null }
  const signers = [second, definition].flatMap((format) => format === undefined ? [] : [new Format(format).signer([sampleSecret])])
  const { headers, body } = renderRequest({
    organization, extraHeaders,
    sign: (_format, message) => Object.assign({}, ...signers.map((sign) => sign(message))) as Record<string, string>,
  }, new Format(definition), stored, publicEventId(stored), now, userAgent)
  return { format: definition.name, headers, body }
}

/** An id as events have them, of no event. */
const sampleEventId = 2 ** 46
