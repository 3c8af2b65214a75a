import { Link, useNavigate } from '@tanstack/react-router'
import { Pause, Pencil, Play, Send, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Badge, StateBadge } from '../pieces/badge.js'
import { Button, buttonClass } from '../pieces/button.js'
import { ConfirmDialog } from '../pieces/confirm-dialog.js'
import { PageHead } from '../pieces/page-head.js'
import { placeIn } from '../pieces/place.js'
import { ProblemNote } from '../pieces/problem-note.js'
import { useChange } from '../server/change.js'
import { posthorn } from '../server/posthorn.js'
import type { Endpoint } from '@posthorn/client'

/** What an endpoint is, and all that can be done with it. */
export function EndpointHead({ organization, endpoint, onTest }: { organization: string; endpoint: Endpoint; onTest: () => void }) {
  const { id, url, state, managed, description } = endpoint
  const navigate = useNavigate()
  const move = useChange((action: 'pause' | 'resume' | 'enable') => posthorn.endpoints[action](organization, id))
  const remove = useChange((_given: void) => posthorn.endpoints.delete(organization, id), { after: () => navigate({ to: placeIn(organization, 'endpoints') }) })
  const [isRemoving, setIsRemoving] = useState(false)
  return (
    <>
      <PageHead mono title={url} about={<span className="flex flex-wrap items-center gap-2 font-sans"><StateBadge state={state} />{managed !== null && <Badge>the organization's webhookUrl</Badge>}{description}</span>} actions={
        <>
          {state === 'enabled' && <Button look="primary" onClick={onTest}><Send size={15} aria-hidden />Send test event</Button>}
          {state === 'enabled' && <Button disabled={move.isPending} onClick={() => move.mutate('pause')}><Pause size={15} aria-hidden />Pause</Button>}
          {state !== 'enabled' && <Button look="primary" disabled={move.isPending} onClick={() => move.mutate(state === 'paused' ? 'resume' : 'enable')}><Play size={15} aria-hidden />{state === 'paused' ? 'Resume' : 'Enable'}</Button>}
          <Link className={buttonClass()} to={placeIn(organization, 'endpoints', id, 'edit')}><Pencil size={15} aria-hidden />Edit</Link>
          {managed === null && <Button look="danger" onClick={() => setIsRemoving(true)}><Trash2 size={15} aria-hidden />Delete</Button>}
        </>
      } />
      <div className="mb-4 empty:hidden"><ProblemNote error={move.error} /></div>
      <ConfirmDialog title="Delete this endpoint?" action="Delete endpoint" isOpen={isRemoving} change={remove} onClose={() => setIsRemoving(false)}>What waits to be sent to it is discarded at once. Its log stays readable until its time is over.</ConfirmDialog>
    </>
  )
}
