import { useState } from 'react'
import { Button } from '../pieces/button.js'
import { ProblemNote } from '../pieces/problem-note.js'
import { useChange } from '../server/change.js'
import { posthorn } from '../server/posthorn.js'
import { useOrganizations } from '../server/reading.js'
import { useSession } from '../session/use-session.js'

/** For a request that did not say whose it is: whoever runs the server says so, and its events are made. */
export function GiveToOrganization({ receipt }: { receipt: string }) {
  const organizations = useOrganizations(useSession().data) ?? []
  const [chosen, setChosen] = useState('')
  const give = useChange((organizationId: string) => posthorn.receipts.replay(receipt, { organizationId }))
  return (
    <form className="mb-5 flex flex-wrap items-center gap-2 rounded-lg bg-wait-paper px-4 py-3" onSubmit={(event) => { event.preventDefault(); give.mutate(chosen) }}>
      <p className="text-wait">Nothing said whose this is.</p>
      <select className="control min-w-0" aria-label="Organization that it belongs to" required value={chosen} onChange={(event) => setChosen(event.target.value)}><option value="">Choose an organization</option>{organizations.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}</select>
      <Button type="submit" disabled={give.isPending || chosen === ''}>Give it to them</Button>
      <ProblemNote error={give.error} />
    </form>
  )
}
