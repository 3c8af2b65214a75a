import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { Button } from '../pieces/button.js'
import { Dialog } from '../pieces/dialog.js'
import { placeIn } from '../pieces/place.js'
import { ProblemNote } from '../pieces/problem-note.js'
import { posthorn } from '../server/posthorn.js'
import { useChange } from '../server/change.js'
import { useCatalog } from '../server/reading.js'
import type { Delivery, Endpoint } from '@posthorn/client'

/** Sends the catalog's example of a type to one endpoint, and leads to what becomes of it. */
export function TestEventDialog({ organization, endpoint, isOpen, onClose }: { organization: string; endpoint: Endpoint; isOpen: boolean; onClose: () => void }) {
  const navigate = useNavigate()
  const types = useCatalog(organization, { isEnabled: isOpen }).data?.types ?? []
  const exact = endpoint.eventTypes.find((type) => types.some((listed) => listed.type === type))
  const [chosen, setChosen] = useState<string>()
  const type = chosen ?? exact ?? types[0]?.type
  const sample = types.find((listed) => listed.type === type)

  const test = useChange((_given: void) => posthorn.endpoints.test(organization, endpoint.id, type === undefined ? {} : { eventType: type }), {
    after: async ({ id }) => {
      const delivery = await deliveryOf(organization, id)
      onClose()
      if (delivery !== undefined) await navigate({ to: placeIn(organization, 'deliveries', delivery.id) })
    },
  })

  return (
    <Dialog title="Send a test event" isOpen={isOpen} onClose={onClose}>
      <p className="text-faint">It goes to this endpoint alone, signed and retried like any other, and is marked as a test.</p>
      {types.length > 0 && (
        <label className="flex flex-col gap-1.5 font-medium">Event type
          <select className="control mono font-normal" value={type} onChange={(event) => setChosen(event.target.value)}>{types.map((listed) => <option key={listed.type}>{listed.type}</option>)}</select>
        </label>
      )}
      {sample !== undefined && <pre className="payload max-h-64" tabIndex={0} aria-label="Sample">{JSON.stringify(sample.example, null, 2)}</pre>}
      <ProblemNote error={test.error} />
      <div className="flex justify-end gap-2"><Button onClick={onClose}>Not now</Button><Button look="primary" disabled={test.isPending} onClick={() => test.mutate()}>{test.isPending ? 'Sending…' : 'Send'}</Button></div>
    </Dialog>
  )
}

/** Dispatch makes the delivery a moment after the event is accepted. */
async function deliveryOf(organization: string, eventId: string): Promise<Delivery | undefined> {
  for (let look = 0; look < 20; look++) {
    const { data: [delivery] } = await posthorn.deliveries.list(organization, { eventId }).page({ limit: 1 })
    if (delivery !== undefined) return delivery
    await new Promise((resolve) => { setTimeout(resolve, 100) })
  }
  return undefined
}
