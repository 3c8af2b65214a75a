import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { Pause, Pencil, Play, Send, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { BriefDeliveries } from '../deliveries/brief-deliveries.js'
import { causeOf } from './cause.js'
import { Badge, StateBadge } from '../pieces/badge.js'
import { Button, buttonClass } from '../pieces/button.js'
import { Dialog } from '../pieces/dialog.js'
import { Empty } from '../pieces/empty.js'
import { Loading } from '../pieces/loading.js'
import { PageHead } from '../pieces/page-head.js'
import { ProblemNote } from '../pieces/problem-note.js'
import { posthorn } from '../server/posthorn.js'
import { useChange } from '../server/change.js'
import { useList, useOne } from '../server/reading.js'
import { SecretCard } from './secret-card.js'
import { TestEventDialog } from './test-event-dialog.js'
import type { Endpoint } from '@posthorn/client'

export function EndpointPage() {
  const { org = '', endpoint: id = '' } = useParams({ strict: false })
  const { isNew } = useSearch({ strict: false }) as { isNew?: string }
  const here = `/organizations/${encodeURIComponent(org)}/endpoints`
  const navigate = useNavigate()
  const { data: endpoint, error } = useOne(['endpoints', org, id], () => posthorn.endpoints.get(org, id))
  const deliveries = useList(['deliveries', org, { endpointId: id }], posthorn.deliveries.list(org, { endpointId: id }))
  const move = useChange((action: 'pause' | 'resume' | 'enable') => posthorn.endpoints[action](org, id))
  const remove = useChange((_given: void) => posthorn.endpoints.delete(org, id), { after: () => navigate({ to: here }) })
  const [isTesting, setIsTesting] = useState(false)
  const [isRemoving, setIsRemoving] = useState(false)
  if (error && endpoint === undefined) return <ProblemNote error={error} />
  if (endpoint === undefined) return <Loading />

  return (
    <>
      <PageHead mono title={endpoint.url} about={<span className="flex flex-wrap items-center gap-2 font-sans"><StateBadge state={endpoint.state} />{endpoint.managed !== null && <Badge>the organization's webhookUrl</Badge>}{endpoint.description}</span>} actions={
        <>
          {endpoint.state === 'enabled' && <Button look="primary" onClick={() => setIsTesting(true)}><Send size={15} aria-hidden />Send test event</Button>}
          {endpoint.state === 'enabled' && <Button disabled={move.isPending} onClick={() => move.mutate('pause')}><Pause size={15} aria-hidden />Pause</Button>}
          {endpoint.state === 'paused' && <Button look="primary" disabled={move.isPending} onClick={() => move.mutate('resume')}><Play size={15} aria-hidden />Resume</Button>}
          {endpoint.state === 'disabled' && <Button look="primary" disabled={move.isPending} onClick={() => move.mutate('enable')}><Play size={15} aria-hidden />Enable</Button>}
          <Link className={buttonClass()} to={`${here}/${id}/edit`}><Pencil size={15} aria-hidden />Edit</Link>
          {endpoint.managed === null && <Button look="danger" onClick={() => setIsRemoving(true)}><Trash2 size={15} aria-hidden />Delete</Button>}
        </>
      } />
      {move.error && <div className="mb-4"><ProblemNote error={move.error} /></div>}
      {endpoint.state !== 'enabled' && <p className="mb-5 rounded-lg bg-wait-paper px-4 py-3 text-wait">{causeOf(endpoint)}</p>}

      <div className="grid items-start gap-5 xl:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="flex min-w-0 flex-col gap-5">
          <SecretCard organization={org} endpoint={id} hint={endpoint.secretHint} isNew={isNew === 'yes'} />
          <section className="card min-w-0 overflow-hidden" aria-label="Deliveries">
            <div className="flex items-center justify-between border-b border-line px-4 py-3"><h2>Deliveries</h2><Link className="link" to={`/organizations/${encodeURIComponent(org)}/deliveries`} search={{ endpointId: id } as never}>All of them</Link></div>
            {deliveries.items === undefined ? <Loading /> : deliveries.items.length === 0
              ? <Empty title="Nothing has been sent to it yet" action={endpoint.state === 'enabled' && <Button onClick={() => setIsTesting(true)}>Send test event</Button>}>A test event goes to this endpoint alone, the real way.</Empty>
              : <BriefDeliveries organization={org} deliveries={deliveries.items.slice(0, 15)} />}
          </section>
        </div>
        <Settings endpoint={endpoint} />
      </div>

      <TestEventDialog organization={org} endpoint={endpoint} isOpen={isTesting} onClose={() => setIsTesting(false)} />
      <Dialog title="Delete this endpoint?" isOpen={isRemoving} onClose={() => setIsRemoving(false)}>
        <p>What waits to be sent to it is discarded at once. Its log stays readable until its time is over.</p>
        <ProblemNote error={remove.error} />
        <div className="flex justify-end gap-2"><Button onClick={() => setIsRemoving(false)}>Keep it</Button><Button look="danger" disabled={remove.isPending} onClick={() => remove.mutate()}>Delete endpoint</Button></div>
      </Dialog>
    </>
  )
}

function Settings({ endpoint }: { endpoint: Endpoint }) {
  const { retryPolicy, inherits, eventTypes, headers } = endpoint
  const facts: [string, React.ReactNode][] = [
    ['Events', eventTypes.includes('*') ? 'All' : <ul className="mono flex flex-col">{eventTypes.map((type) => <li key={type} className="break-all">{type}</li>)}</ul>],
    ['Format', `${endpoint.format}${inherits.includes('format') ? ' (the organization’s)' : ''}`],
    ['Retry policy', `${typeof retryPolicy === 'string' ? retryPolicy : Array.isArray(retryPolicy.schedule) ? retryPolicy.schedule.join(', ') : 'exponential'}${inherits.includes('retryPolicy') ? ' (the organization’s)' : ''}`],
    ['Order', endpoint.ordered ? 'strict' : 'as it comes'],
    ['At most, per second', endpoint.ratePerSecond ?? 'no limit'],
    ['Timeout', endpoint.timeoutSeconds === null ? "the server's" : `${endpoint.timeoutSeconds} s`],
    ...(Object.keys(headers).length > 0 ? [['Extra headers', <span key="headers" className="mono break-all">{Object.keys(headers).join(', ')}</span>] as [string, React.ReactNode]] : []),
    ['Id', <span key="id" className="mono break-all">{endpoint.id}</span>],
  ]
  return <section className="card" aria-label="Settings"><h2 className="border-b border-line px-4 py-3">Settings</h2><dl className="flex flex-col gap-3 p-4">{facts.map(([name, value]) => <div key={name}><dt className="text-[13px] text-faint">{name}</dt><dd>{value}</dd></div>)}</dl></section>
}
