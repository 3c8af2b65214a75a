import { Eye, EyeOff, RefreshCw } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../pieces/button.js'
import { CopyButton } from '../pieces/copy-button.js'
import { Dialog } from '../pieces/dialog.js'
import { Instant } from '../pieces/instant.js'
import { ProblemNote } from '../pieces/problem-note.js'
import { useChange } from '../server/change.js'
import { posthorn } from '../server/posthorn.js'
import { useOne } from '../server/reading.js'

/** The signing secret: hidden until asked for, and replaced with an overlap in which both count. */
export function SecretCard({ organization, endpoint, hint, isNew }: { organization: string; endpoint: string; hint: string; isNew: boolean }) {
  const [isShown, setIsShown] = useState(isNew)
  const [isRotating, setIsRotating] = useState(false)
  const [overlap, setOverlap] = useState('86400')
  const { data: secret, error } = useOne(['endpoints', organization, endpoint, 'secret'], () => posthorn.endpoints.secret(organization, endpoint), { isEnabled: isShown })
  const rotate = useChange((overlapSeconds: number) => posthorn.endpoints.rotate(organization, endpoint, { overlapSeconds }), { after: () => { setIsRotating(false); setIsShown(true) } })
  const finish = useChange((_given: void) => posthorn.endpoints.finishRotation(organization, endpoint))

  return (
    <section className="card p-4" aria-label="Signing secret">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h2>Signing secret</h2>
        <div className="flex gap-2">
          <Button look="quiet" aria-expanded={isShown} onClick={() => setIsShown(!isShown)}>{isShown ? <EyeOff size={15} aria-hidden /> : <Eye size={15} aria-hidden />}{isShown ? 'Hide' : 'Reveal'}</Button>
          <Button look="quiet" onClick={() => setIsRotating(true)}><RefreshCw size={15} aria-hidden />Rotate</Button>
        </div>
      </div>
      {isNew && <p className="mt-1 text-good">The endpoint is made. Copy its secret into the environment of your receiver.</p>}
      {!isShown ? <p className="mono mt-2 text-faint">whsec_{hint}</p> : (
        <div className="mt-2 flex flex-col gap-2">
          <ProblemNote error={error} />
          {secret !== undefined && <Row secret={secret.secret} name={secret.previousSecret === undefined ? 'Secret' : 'New secret'} />}
          {secret?.previousSecret !== undefined && secret.overlapEndsAt !== undefined && (
            <>
              <Row secret={secret.previousSecret} name="Old secret" />
              <div className="flex flex-wrap items-center justify-between gap-2 rounded-lg bg-wait-paper px-3 py-2 text-wait"><p>Both are in use until <Instant at={secret.overlapEndsAt} />.</p><Button disabled={finish.isPending} onClick={() => finish.mutate()}>Finish now</Button></div>
            </>
          )}
        </div>
      )}
      <Dialog title="Rotate the signing secret" isOpen={isRotating} onClose={() => setIsRotating(false)}>
        <p>A new secret is made. Until the overlap ends, requests can be verified with the old one as well, so that nothing is refused while you change your receiver.</p>
        <label className="flex flex-col gap-1.5 font-medium">Overlap
          <select className="control font-normal" value={overlap} onChange={(event) => setOverlap(event.target.value)}><option value="3600">1 hour</option><option value="86400">24 hours</option><option value="604800">7 days</option><option value="0">None: the old one ends at once</option></select>
        </label>
        <ProblemNote error={rotate.error} />
        <div className="flex justify-end gap-2"><Button onClick={() => setIsRotating(false)}>Keep it</Button><Button look="primary" disabled={rotate.isPending} onClick={() => rotate.mutate(Number(overlap))}>Rotate</Button></div>
      </Dialog>
    </section>
  )
}

function Row({ secret, name }: { secret: string; name: string }) {
  return (
    <div className="flex flex-wrap items-center gap-2">
      <code className="payload min-w-0 flex-[1_1_14rem] py-2!" aria-label={name}>{secret}</code>
      <CopyButton text={secret} />
      <CopyButton text={`WEBHOOK_SECRET=${secret}`} label="Copy for .env" />
    </div>
  )
}
