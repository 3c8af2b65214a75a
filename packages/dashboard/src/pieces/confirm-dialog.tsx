import { Button } from './button.js'
import { Dialog } from './dialog.js'
import { ProblemNote } from './problem-note.js'

/** Asks before something that cannot be taken back, and says what it does. */
export function ConfirmDialog({ title, children, action, isOpen, change, onClose }: { title: string; children: React.ReactNode; action: string; isOpen: boolean; change: { mutate: () => void; isPending: boolean; error: unknown }; onClose: () => void }) {
  return (
    <Dialog title={title} isOpen={isOpen} onClose={onClose}>
      <p>{children}</p>
      <ProblemNote error={change.error} />
      <div className="flex justify-end gap-2"><Button onClick={onClose}>Keep it</Button><Button look="danger" disabled={change.isPending} onClick={() => change.mutate()}>{action}</Button></div>
    </Dialog>
  )
}
