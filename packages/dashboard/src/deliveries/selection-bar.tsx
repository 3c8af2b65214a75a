import { RotateCcw, X } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../pieces/button.js'
import { ConfirmDialog } from '../pieces/confirm-dialog.js'
import { useChange } from '../server/change.js'
import { actOn, fitting, type Action } from './act-on-selection.js'
import type { Delivery } from '@posthorn/client'

/** What can be done with the deliveries that are chosen: each action says how many of them it fits. */
export function SelectionBar({ selected, onClear }: { selected: readonly Delivery[]; onClear: () => void }) {
  const act = useChange(({ action, deliveries }: { action: Action; deliveries: readonly Delivery[] }) => actOn(action, deliveries), { after: ({ failed }) => { if (failed === 0) onClear() } })
  const [discarding, setDiscarding] = useState<readonly Delivery[]>()
  if (selected.length === 0) return null
  const button = (action: Action, name: string, look: 'primary' | 'danger' | 'plain') => {
    const deliveries = selected.filter(({ state }) => fitting[action](state))
    return deliveries.length > 0 && <Button look={look} disabled={act.isPending} onClick={() => action === 'discard' ? setDiscarding(deliveries) : act.mutate({ action, deliveries })}>{action === 'replay' && <RotateCcw size={15} aria-hidden />}{name} {deliveries.length}</Button>
  }
  return (
    <div role="region" aria-label="Selection" className="card sticky bottom-4 z-10 mx-auto mt-4 flex w-fit max-w-full flex-wrap items-center gap-2 p-2 pl-4 shadow-lg">
      <p role="status" className="mr-2">{act.isPending ? 'Working …' : act.data !== undefined && act.data.failed > 0 ? <span className="text-bad">{act.data.failed} could not be: {act.data.reason}</span> : act.error !== null ? <span className="text-bad">{act.error.message}</span> : `${selected.length} selected`}</p>
      {button('replay', 'Replay', 'primary')}{button('release', 'Release', 'plain')}{button('discard', 'Discard', 'danger')}
      <ConfirmDialog title={`Discard ${discarding?.length ?? 0} deliveries?`} action="Discard" isOpen={discarding !== undefined} onClose={() => setDiscarding(undefined)}
        change={{ ...act, mutate: () => { act.mutate({ action: 'discard', deliveries: discarding ?? [] }); setDiscarding(undefined) } }}>They are not sent any more, unless somebody replays them.</ConfirmDialog>
      <Button look="quiet" aria-label="Clear the selection" className="px-2!" onClick={onClear}><X size={16} aria-hidden /></Button>
    </div>
  )
}
