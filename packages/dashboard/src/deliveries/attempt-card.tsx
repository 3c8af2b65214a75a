import { ChevronRight } from 'lucide-react'
import { Instant, lengthOf } from '../pieces/instant.js'
import { JsonPayload, Payload } from '../pieces/payload.js'
import type { Attempt } from '@posthorn/client'

/** One attempt: what was sent, what came back. */
export function AttemptCard({ attempt, isOpen }: { attempt: Attempt; isOpen: boolean }) {
  const isGood = attempt.status !== null && attempt.status >= 200 && attempt.status < 300
  return (
    <details className="card group min-w-0" open={isOpen}>
      <summary className="flex list-none flex-wrap items-center gap-x-3 gap-y-1 px-4 py-3">
        <ChevronRight size={16} aria-hidden className="text-faint transition-transform group-open:rotate-90" />
        <span className="font-medium">Attempt {attempt.number}</span>
        <span className={`font-medium ${isGood ? 'text-good' : 'text-bad'}`}>{attempt.status ?? attempt.errorClass ?? 'no answer'}</span>
        <span className="ml-auto flex gap-3 text-faint tabular-nums"><span>{lengthOf(attempt.durationMs)}</span><Instant at={attempt.startedAt} /></span>
      </summary>
      <div className="flex flex-col gap-4 border-t border-line p-4">
        {attempt.error !== null && <p className="text-bad">{attempt.error}</p>}
        <div><h3 className="mb-1.5 font-medium">Request</h3><p className="mono mb-1.5 break-all text-faint">POST {attempt.url}</p><Headers of={attempt.requestHeaders} label={`Request headers of attempt ${attempt.number}`} /></div>
        {attempt.responseHeaders !== null && <div><h3 className="mb-1.5 font-medium">Answer {attempt.status}</h3><Headers of={attempt.responseHeaders} label={`Answer headers of attempt ${attempt.number}`} /></div>}
        {attempt.responseExcerpt !== null && attempt.responseExcerpt !== '' && (
          <div><h3 className="mb-1.5 font-medium">Beginning of the answer's body{attempt.responseExcerptEncoding === 'base64' && ' (not UTF-8: in base64)'}</h3><JsonPayload text={attempt.responseExcerpt} label={`Answer body of attempt ${attempt.number}`} /></div>
        )}
      </div>
    </details>
  )
}

export function Headers({ of, label }: { of: Readonly<Record<string, string | string[]>>; label: string }) {
  const text = Object.entries(of).flatMap(([name, value]) => [value].flat().map((one) => `${name}: ${one}`)).join('\n')
  return <Payload text={text} label={label} />
}
