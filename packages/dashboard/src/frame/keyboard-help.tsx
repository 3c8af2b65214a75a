import { Dialog } from '../pieces/dialog.js'
import { keys } from './keyboard.js'

export function KeyboardHelp({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  return (
    <Dialog title="By keyboard" isOpen={isOpen} onClose={onClose}>
      <dl className="grid grid-cols-[5rem_1fr] gap-y-2.5">
        {keys.map(([key, about]) => [
          <dt key={key}><kbd className="mono rounded border border-strong-line bg-sunk px-1.5 py-0.5">{key}</kbd></dt>,
          <dd key={`${key}-about`}>{about}</dd>,
        ])}
      </dl>
    </Dialog>
  )
}
