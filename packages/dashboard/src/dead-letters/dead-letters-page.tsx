import { Link, useParams } from '@tanstack/react-router'
import { RotateCcw } from 'lucide-react'
import { useState } from 'react'
import { StateBadge } from '../pieces/badge.js'
import { Button } from '../pieces/button.js'
import { Empty } from '../pieces/empty.js'
import { Instant } from '../pieces/instant.js'
import { Loading } from '../pieces/loading.js'
import { PageHead } from '../pieces/page-head.js'
import { placeIn } from '../pieces/place.js'
import { ProblemNote } from '../pieces/problem-note.js'
import { BulkReplayDialog, type ReplayFilter } from './bulk-replay-dialog.js'
import { causeOfGroup, filterOf, useGroups } from './groups.js'
import type { DeadLetterGroup } from '@posthorn/client'

/** What was given up, by endpoint and cause: repair the endpoint, then send all of it again. */
export function DeadLettersPage() {
  const { org } = useParams({ strict: false })
  const { data, error } = useGroups(org)
  const [replaying, setReplaying] = useState<{ organization: string; filter: ReplayFilter }>()
  const groups = data?.groups ?? []
  return (
    <>
      <PageHead title="Dead letters" about="Deliveries that were given up after their last attempt. Repair the endpoint, then replay: the same events and ids, signed anew."
        actions={org !== undefined && groups.length > 1 && <Button onClick={() => setReplaying({ organization: org, filter: {} })}><RotateCcw size={15} aria-hidden />Replay all</Button>} />
      <div className="mb-4 empty:hidden"><ProblemNote error={error} /></div>
      {data === undefined ? !error && <div className="card"><Loading /></div>
        : groups.length === 0 ? <div className="card"><Empty title="Nothing has been given up">Every delivery has arrived or is still being tried. What is given up stays here until it is replayed or its time is over.</Empty></div>
          : (
            <section className="card overflow-clip" aria-label="Dead letters by endpoint and cause">
              <table className="list">
                <thead><tr><th>Endpoint and cause</th><th className="max-md:hidden">Newest</th><th className="text-right!">Count</th><th><span className="sr-only">Replay</span></th></tr></thead>
                <tbody>{groups.map((group) => <GroupRow key={`${group.endpoint.id} ${causeOfGroup(group)}`} group={group} hasOrganization={org === undefined} onReplay={() => setReplaying({ organization: group.organizationId, filter: filterOf(group) })} />)}</tbody>
              </table>
              {data.hasMore && <p className="border-t border-line px-4 py-2.5 text-faint">These are the newest {data.counted.toLocaleString()}; there are older ones.</p>}
            </section>
          )}
      {replaying !== undefined && <BulkReplayDialog {...replaying} onClose={() => setReplaying(undefined)} />}
    </>
  )
}

function GroupRow({ group, hasOrganization, onReplay }: { group: DeadLetterGroup; hasOrganization: boolean; onReplay: () => void }) {
  const { organizationId, endpoint, count, newestAt } = group
  const cause = causeOfGroup(group)
  return (
    <tr>
      <td className="w-full max-w-0">
        <Link data-row to={placeIn(organizationId, 'deliveries')} search={{ ...filterOf(group), state: 'dead' } as never} className="mono block truncate">{endpoint.url}</Link>
        <p className="flex flex-wrap items-center gap-x-2 text-[13px] text-faint"><span className="text-bad">{cause}</span>{hasOrganization && <span>{organizationId}</span>}{endpoint.description}{endpoint.state !== 'enabled' && <StateBadge state={endpoint.state} />}</p>
      </td>
      <td className="text-faint max-md:hidden"><Instant at={newestAt} /></td>
      <td className="text-right font-medium tabular-nums">{count.toLocaleString()}</td>
      <td className="w-px"><Button data-replay aria-label={`Replay ${count} of ${endpoint.url}: ${cause}`} onClick={onReplay}><RotateCcw size={15} aria-hidden />Replay</Button></td>
    </tr>
  )
}
