import { useMutation } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { Button } from '../pieces/button.js'
import { Empty } from '../pieces/empty.js'
import { PageHead } from '../pieces/page-head.js'
import { placeIn } from '../pieces/place.js'
import { ProblemNote } from '../pieces/problem-note.js'
import { useOrganizations } from '../server/reading.js'
import { useSession } from '../session/use-session.js'
import { inspectorUrl, knownInspectors, makeInspector } from './inspector.js'
import { usePointing, type Pointing } from './use-pointing.js'
import type { Session } from '../session/session.js'

/** Throw-away URLs: those made in this browser, and those that endpoints point to, the tour's among them. */
export function InspectorsPage() {
  const session = useSession()
  const navigate = useNavigate()
  const make = useMutation({ mutationFn: makeInspector, onSuccess: ({ id }) => navigate({ to: `/inspectors/${id}` }) })
  const button = <Button look="primary" disabled={make.isPending} onClick={() => make.mutate()}><Plus size={15} aria-hidden />Make an inspector</Button>
  return (
    <>
      <PageHead title="Inspectors" about="URLs that take every request and show it: headers, body, and whether its signature verifies. They keep 100 requests for 24 hours, in memory." actions={button} />
      <div className="mb-4 empty:hidden"><ProblemNote error={make.error} /></div>
      {session.data && <Inspectors session={session.data} make={button} />}
    </>
  )
}

function Inspectors({ session, make }: { session: Session; make: React.ReactNode }) {
  const pointing = usePointing(useOrganizations(session) ?? [])
  const ids = [...new Set([...knownInspectors(), ...pointing.map(({ inspector }) => inspector)])]
  if (ids.length === 0) return <div className="card"><Empty title="No inspector yet" action={make}>Make one and send it a request, or create an endpoint and choose “Use an inspector”.</Empty></div>
  return (
    <section className="card overflow-hidden" aria-label="Inspectors">
      <table className="list">
        <thead><tr><th>URL</th><th className="max-sm:hidden">Who sends to it</th></tr></thead>
        <tbody>{ids.map((id) => (
          <tr key={id}>
            <td className="w-full max-w-0"><Link data-row to={`/inspectors/${id}`} className="mono block truncate">{inspectorUrl(id)}</Link></td>
            <td className="text-faint max-sm:hidden"><Senders pointing={pointing.filter(({ inspector }) => inspector === id)} /></td>
          </tr>
        ))}</tbody>
      </table>
    </section>
  )
}

function Senders({ pointing }: { pointing: readonly Pointing[] }) {
  if (pointing.length === 0) return <span className="whitespace-nowrap">whoever you give it to</span>
  return pointing.map(({ organization, endpoint }) => <Link key={endpoint.id} to={placeIn(organization.id, 'endpoints', endpoint.id)} className="link relative z-10 mr-2 whitespace-nowrap">{organization.name}{endpoint.description && `: ${endpoint.description}`}</Link>)
}
