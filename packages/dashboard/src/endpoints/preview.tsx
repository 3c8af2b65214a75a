import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { WireSample } from '../formats/wire-sample.js'
import { Loading } from '../pieces/loading.js'
import { ProblemNote } from '../pieces/problem-note.js'
import { posthorn } from '../server/posthorn.js'
import { bodyOf, type EndpointDraft } from './draft.js'
import type { NewSamples } from '@posthorn/client'

/** What an endpoint with these settings would be sent. */
export function Preview({ organization, draft, organizationFormat }: { organization: string; draft: EndpointDraft; organizationFormat: string | undefined }) {
  const [isOpen, setIsOpen] = useState(false)
  const { format, secondSignature, headers } = bodyOf(draft)
  const eventType = draft.eventTypes.find((type) => !type.includes('*'))
  const wanted = { format: format ?? organizationFormat, ...(eventType !== undefined && { eventType }), ...(headers != null && { headers }), ...(secondSignature != null && { secondSignature }) } as NewSamples
  const { data, error } = useQuery({ queryKey: ['samples', organization, wanted], queryFn: () => posthorn.formats.samples(organization, wanted), enabled: isOpen && wanted.format !== undefined, placeholderData: (before) => before, retry: false })
  const sample = data?.samples[0]
  return (
    <details className="card" onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary className="px-5 py-3.5 font-semibold">What would be sent</summary>
      {isOpen && (
        <div className="border-t border-line p-5">
          {error !== null ? <ProblemNote error={error} /> : sample === undefined ? <Loading /> : <><p className="mb-2 text-faint">The sample of {data?.eventType}, signed with a secret that no endpoint has.</p><WireSample sample={sample} /></>}
        </div>
      )}
    </details>
  )
}
