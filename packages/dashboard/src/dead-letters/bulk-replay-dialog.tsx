import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '../pieces/button.js'
import { Dialog } from '../pieces/dialog.js'
import { ProblemNote } from '../pieces/problem-note.js'
import { call, pathIn } from '../server/call.js'
import { useChange } from '../server/change.js'
import { useOne } from '../server/lists.js'
import type { Replay } from '../server/answers.js'

export interface ReplayFilter { endpointId?: string; eventTypes?: string[] }

/** Counts first, then replays as a job of the server, which goes on whether or not anybody watches. */
export function BulkReplayDialog({ organization, filter, onClose }: { organization: string; filter: ReplayFilter; onClose: () => void }) {
  const path = pathIn(organization, 'replays')
  const counted = useQuery({ queryKey: [path, 'count', filter], queryFn: () => call<{ matched: number; matchedIsAtLeast: boolean }>('POST', path, { body: { ...filter, dryRun: true } }), refetchOnWindowFocus: false })
  const [id, setId] = useState<string>()
  const start = useChange<void, Replay>(() => ({ method: 'POST', path, body: filter }), { after: (replay) => setId(replay.id) })
  const progress = useOne<Replay>(pathIn(organization, 'replays', id ?? ''), { isEnabled: id !== undefined, everyMs: 700 })
  const cancel = useChange((_given: void) => ({ method: 'POST', path: pathIn(organization, 'replays', id ?? '', 'cancel') }))
  const replay = progress.data ?? start.data
  const count = (told: { matched: number; matchedIsAtLeast: boolean }) => `${told.matched.toLocaleString()}${told.matchedIsAtLeast ? ' or more' : ''}`

  return (
    <Dialog title="Replay dead letters" isOpen onClose={onClose}>
      {replay === undefined ? (
        <>
          <p role="status">{counted.data === undefined ? 'Counting…' : counted.data.matched === 0 ? 'Nothing fits any more.' : <><strong>{count(counted.data)}</strong> {counted.data.matched === 1 ? 'delivery' : 'deliveries'} will be sent again, each with its whole retry policy.</>}</p>
          <ProblemNote error={counted.error ?? start.error} />
          <div className="flex justify-end gap-2"><Button onClick={onClose}>Not now</Button><Button look="primary" disabled={start.isPending || !counted.data?.matched} onClick={() => start.mutate()}>Replay {counted.data !== undefined && count(counted.data)}</Button></div>
        </>
      ) : (
        <>
          <progress className="h-2 w-full accent-(--accent)" aria-label="Progress" max={Math.max(1, replay.matched)} value={replay.state === 'done' ? Math.max(1, replay.matched) : replay.replayed} />
          <p role="status">{replay.state === 'done' ? `Done: ${replay.replayed.toLocaleString()} are on their way again.` : replay.state === 'cancelled' ? `Stopped after ${replay.replayed.toLocaleString()}.` : `${replay.replayed.toLocaleString()} of ${count(replay)} are on their way again.`}</p>
          <ProblemNote error={progress.error} />
          <div className="flex justify-end gap-2">{replay.state === 'running' && <Button look="danger" onClick={() => cancel.mutate()}>Stop</Button>}<Button look="primary" onClick={onClose}>Done</Button></div>
        </>
      )}
    </Dialog>
  )
}
