import { FactList } from '../pieces/facts.js'
import type { Endpoint, RetryPolicy } from '@posthorn/client'

/** How an endpoint is sent to. */
export function SettingsCard({ endpoint: { id, retryPolicy, inherits, eventTypes, format, headers, secondSignature, ordered, ratePerSecond, timeoutSeconds } }: { endpoint: Endpoint }) {
  const names = Object.keys(headers)
  const inherited = (name: 'format' | 'retryPolicy') => inherits.includes(name) && <span className="text-faint"> (the organization's)</span>
  return (
    <section className="card" aria-label="Settings">
      <h2 className="card-head">Settings</h2>
      <FactList facts={[
        ['Events', eventTypes.includes('*') ? 'All' : <ul className="mono">{eventTypes.map((type) => <li key={type} className="break-all">{type}</li>)}</ul>],
        ['Format', <>{format}{inherited('format')}</>],
        secondSignature !== null && ['Second signature', secondSignature.format],
        ['Retry policy', <>{wordsOf(retryPolicy as RetryPolicy)}{inherited('retryPolicy')}</>],
        ['Order', ordered ? 'strict: one after the other' : 'as it comes'],
        ['At most, per second', ratePerSecond ?? 'no limit'],
        ['Timeout', timeoutSeconds === null ? "the server's" : `${timeoutSeconds} s`],
        names.length > 0 && ['Extra headers', <span className="mono break-all">{names.join(', ')}</span>],
        ['Id', <span className="mono break-all">{id}</span>],
      ]} />
    </section>
  )
}

function wordsOf(policy: RetryPolicy): string {
  if (typeof policy === 'string') return policy
  if ('schedule' in policy) return policy.schedule.join(', ')
  const { first, factor, max, attempts } = policy.exponential
  return `${attempts} attempts: ${first}, each wait ${factor} times the one before, at most ${max}`
}
