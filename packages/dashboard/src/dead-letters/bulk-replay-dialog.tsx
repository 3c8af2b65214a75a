import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '../pieces/button.js'
import { Dialog } from '../pieces/dialog.js'
import { ProblemNote } from '../pieces/problem-note.js'
import { posthorn } from '../server/posthorn.js'
import { useChange } from '../server/change.js'
import type { NewReplay } from '@posthorn/client'

export type ReplayFilter = Pick<NewReplay, 'endpointId' | 'status' | 'errorClass'>

/** Counts first, then replays as a job of the server, which goes on whether or not anybody watches. */
export function BulkReplayDialog({ organization, filter, onClose }: { organization: string; filter: ReplayFilter; onClose: () => void }) {
  const counted = useQuery({ queryKey: ['replays', organization, 'count', filter], queryFn: () => posthorn.replays.dryRun(organization, filter), refetchOnWindowFocus: false })
  const [id, setId] = useState<string>()
  const start = useChange((_given: void) => posthorn.replays.start(organization, filter), { after: (replay) => setId(replay.id) })
  const progress = useQuery({ queryKey: ['replays', organization, id], queryFn: () => posthorn.replays.get(organization, id ?? ''), enabled: id !== undefined, refetchInterval: 700 })
  const cancel = useChange((_given: void) => posthorn.replays.cancel(organization, id ?? ''))
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
