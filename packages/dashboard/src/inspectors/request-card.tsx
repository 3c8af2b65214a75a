import { ChevronRight } from 'lucide-react'
import { Badge } from '../pieces/badge.js'
import { Instant } from '../pieces/instant.js'
import { JsonPayload, Payload } from '../pieces/payload.js'
import type { InspectedRequest } from './inspector.js'

/** One request that an inspector took, and whether its signature is right. */
export function RequestCard({ request, isOpen }: { request: InspectedRequest; isOpen: boolean }) {
  const { number, at, method, path, status, headers, body, bodyEncoding, tooLarge, signature } = request
  return (
    <details className="card group min-w-0" open={isOpen}>
      <summary className="flex list-none flex-wrap items-center gap-x-3 gap-y-1 px-4 py-3">
        <ChevronRight size={16} aria-hidden className="text-faint transition-transform group-open:rotate-90" />
        <span className="font-medium">{number}</span>
        <span className="mono min-w-0 break-all">{method} {path || '/'}</span>
        {signature !== null && <Badge look={signature.verified ? 'good' : 'bad'}>{signature.verified ? 'signature verified' : 'signature wrong'}</Badge>}
        <span className="ml-auto flex gap-3 text-faint"><span>answered {status}</span><Instant at={at} /></span>
      </summary>
      <div className="grid gap-4 border-t border-line p-4 xl:grid-cols-2">
        {signature !== null && <p className={`xl:col-span-2 ${signature.verified ? 'text-good' : 'text-bad'}`}>{signature.reason} <span className="text-faint">Format {signature.format}.</span></p>}
        <div className="min-w-0"><h2 className="mb-1.5">Headers</h2><Payload text={Object.entries(headers).map(([name, value]) => `${name}: ${value}`).join('\n')} label={`Headers of request ${number}`} /></div>
        <div className="min-w-0"><h2 className="mb-1.5">Body{tooLarge && ', only its beginning'}{bodyEncoding === 'base64' && ', not UTF-8: in base64'}</h2>{body === '' ? <p className="text-faint">Empty.</p> : <JsonPayload text={body} label={`Body of request ${number}`} />}</div>
      </div>
    </details>
  )
}
