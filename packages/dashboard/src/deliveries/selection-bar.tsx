import { RotateCcw, X } from 'lucide-react'
import { Button } from '../pieces/button.js'
import { useChange } from '../server/change.js'
import { posthorn } from '../server/posthorn.js'
import { hasEnded } from './delivery-states.js'
import type { Delivery } from '@posthorn/client'

type Action = 'replay' | 'release' | 'discard'

/** What can be done with the deliveries that are chosen: each action says how many of them it fits. */
export function SelectionBar({ organization, selected, onClear }: { organization: string; selected: readonly Delivery[]; onClear: () => void }) {
  const act = useChange(({ action, deliveries }: { action: Action; deliveries: readonly Delivery[] }) => actOnEach(organization, action, deliveries), { after: ({ failed }) => { if (failed === 0) onClear() } })
  if (selected.length === 0) return null
  const fitting: Record<Action, Delivery[]> = { replay: selected.filter(({ state }) => hasEnded(state)), release: selected.filter(({ state }) => state === 'held'), discard: selected.filter(({ state }) => !hasEnded(state)) }
  const button = (action: Action, name: string, look: 'primary' | 'danger' | 'plain') => fitting[action].length > 0 && (
    <Button look={look} disabled={act.isPending} onClick={() => act.mutate({ action, deliveries: fitting[action] })}>{action === 'replay' && <RotateCcw size={15} aria-hidden />}{name} {fitting[action].length}</Button>
  )
  return (
    <div role="region" aria-label="Selection" className="card sticky bottom-4 z-10 mx-auto mt-4 flex w-fit max-w-full flex-wrap items-center gap-2 p-2 pl-4 shadow-lg">
      <p role="status" className="mr-2">{act.isPending ? 'Working …' : act.data !== undefined && act.data.failed > 0 ? <span className="text-bad">{act.data.failed} could not be: {act.data.reason}</span> : `${selected.length} selected`}</p>
      {button('replay', 'Replay', 'primary')}{button('release', 'Release', 'plain')}{button('discard', 'Discard', 'danger')}
      <Button look="quiet" aria-label="Clear the selection" className="px-2!" onClick={onClear}><X size={16} aria-hidden /></Button>
    </div>
  )
}

/** A few at a time; one that cannot be does not stop the others. */
async function actOnEach(organization: string, action: Action, deliveries: readonly Delivery[]): Promise<{ failed: number; reason: string }> {
  const waiting = [...deliveries]
  let failed = 0
  let reason = ''
  const work = async () => {
    for (let delivery = waiting.shift(); delivery !== undefined; delivery = waiting.shift()) {
      await posthorn.deliveries[action](organization, delivery.id).catch((error: Error) => {
        failed++
        reason = error.message
      })
    }
  }
  await Promise.all(Array.from({ length: 6 }, work))
  return { failed, reason }
}
