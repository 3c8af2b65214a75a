import { Link, useParams } from '@tanstack/react-router'
import { RotateCcw } from 'lucide-react'
import { useState } from 'react'
import { BriefDeliveries } from '../deliveries/brief-deliveries.js'
import { StateBadge } from '../pieces/badge.js'
import { Button } from '../pieces/button.js'
import { Empty } from '../pieces/empty.js'
import { Loading } from '../pieces/loading.js'
import { More } from '../pieces/more.js'
import { PageHead } from '../pieces/page-head.js'
import { ProblemNote } from '../pieces/problem-note.js'
import { posthorn } from '../server/posthorn.js'
import { useEndpointsById, useList } from '../server/reading.js'
import { BulkReplayDialog, type ReplayFilter } from './bulk-replay-dialog.js'

/** What was given up, by endpoint: repair the endpoint, then send all of it again. */
export function DeadLettersPage() {
  const { org = '' } = useParams({ strict: false })
  const list = useList(['deliveries', org, { state: 'dead' }], posthorn.deliveries.list(org, { state: 'dead' }))
  const endpoints = useEndpointsById(org)
  const [replaying, setReplaying] = useState<ReplayFilter>()
  const groups = Map.groupBy(list.items ?? [], ({ endpointId }) => endpointId)
  return (
    <>
      <PageHead title="Dead letters" about="Deliveries that were given up after their last attempt. Repair the endpoint, then replay: the same events and ids, signed anew." actions={groups.size > 1 && <Button onClick={() => setReplaying({})}><RotateCcw size={15} aria-hidden />Replay all</Button>} />
      <ProblemNote error={list.error} />
      {list.items === undefined ? !list.error && <Loading /> : list.items.length === 0 && <div className="card"><Empty title="Nothing has been given up">Every delivery has arrived or is still being tried. What is given up stays here until it is replayed or its time is over.</Empty></div>}
      <div className="flex flex-col gap-5">
        {[...groups].map(([endpointId, deliveries]) => {
          const endpoint = endpoints.get(endpointId)
          return (
            <section key={endpointId} className="card overflow-hidden" aria-label={endpoint?.url ?? endpointId}>
              <div className="flex flex-wrap items-center justify-between gap-3 border-b border-line px-4 py-3">
                <div className="flex min-w-0 flex-wrap items-center gap-2"><Link to={`/organizations/${encodeURIComponent(org)}/endpoints/${endpointId}`} className="mono break-all text-accent underline underline-offset-2">{endpoint?.url ?? endpointId}</Link>{endpoint !== undefined && <StateBadge state={endpoint.state} />}</div>
                <Button onClick={() => setReplaying({ endpointId })}><RotateCcw size={15} aria-hidden />Replay this endpoint's</Button>
              </div>
              <BriefDeliveries organization={org} deliveries={deliveries} />
            </section>
          )
        })}
      </div>
      <More {...list} />
      {replaying !== undefined && <BulkReplayDialog organization={org} filter={replaying} onClose={() => setReplaying(undefined)} />}
    </>
  )
}
