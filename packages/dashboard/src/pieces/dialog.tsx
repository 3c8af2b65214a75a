import { Dialog as Base } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import { buttonClass } from './button.js'

export function Dialog({ title, isOpen, onClose, children }: { title: string; isOpen: boolean; onClose: () => void; children: React.ReactNode }) {
  return (
    <Base.Root open={isOpen} onOpenChange={(open) => { if (!open) onClose() }}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-black/35" />
        <Base.Popup className="card fixed top-[8vh] left-1/2 z-50 flex max-h-[84vh] w-[min(36rem,calc(100vw-1.5rem))] -translate-x-1/2 flex-col gap-4 overflow-auto p-5 shadow-xl">
          <div className="flex items-start justify-between gap-3">
            <Base.Title className="text-base font-semibold">{title}</Base.Title>
            <Base.Close aria-label="Close" className={`${buttonClass('quiet')} -mt-1.5 -mr-2 px-2`}><X size={17} aria-hidden /></Base.Close>
          </div>
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  )
}
