import { Link } from '@tanstack/react-router'
import type { Overview } from '@posthorn/client'

const verdicts = ['accepted', 'duplicate', 'refused', 'handshake'] as const

/** What came in, by source and verdict; each count leads to its receipts. */
export function InboundTable({ inbound, mayOpen }: { inbound: Overview['inbound']; mayOpen: boolean }) {
  return (
    <section className="card min-w-0 overflow-hidden" aria-label="Inbound">
      <div className="card-head"><h2>Inbound</h2>{mayOpen && <Link className="link" to="/sources">Sources</Link>}</div>
      {inbound.length === 0 ? <p className="px-4 py-5 text-faint">Nothing has come in in this time.</p> : (
        <table className="list">
          <thead><tr><th>Source</th>{verdicts.map((verdict) => <th key={verdict} className={`text-right! ${verdict === 'handshake' || verdict === 'duplicate' ? 'max-sm:hidden' : ''}`}>{verdict}</th>)}</tr></thead>
          <tbody>{inbound.map((counts) => (
            <tr key={counts.source}>
              <td className="w-full max-w-0 truncate font-medium">{mayOpen ? <Link data-row to={`/sources/${encodeURIComponent(counts.source)}`}>{counts.source}</Link> : counts.source}</td>
              {verdicts.map((verdict) => <td key={verdict} className={`text-right tabular-nums ${counts[verdict] === 0 ? 'text-faint' : verdict === 'refused' ? 'text-bad' : ''} ${verdict === 'handshake' || verdict === 'duplicate' ? 'max-sm:hidden' : ''}`}>{counts[verdict].toLocaleString()}</td>)}
            </tr>
          ))}</tbody>
        </table>
      )}
    </section>
  )
}
