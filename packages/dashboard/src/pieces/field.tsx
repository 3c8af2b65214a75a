import { useId } from 'react'

/** A labelled control; `children` gets the ids that tie them together. */
export function Field({ label, hint, problem, children }: { label: string; hint?: React.ReactNode; problem?: string | null | undefined; children: (control: { id: string; 'aria-describedby': string; 'aria-invalid': boolean }) => React.ReactNode }) {
  const id = useId()
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="font-medium">{label}</label>
      {children({ id, 'aria-describedby': `${id}-about`, 'aria-invalid': Boolean(problem) })}
      <p id={`${id}-about`} className={`text-[13px] ${problem ? 'text-bad' : 'text-faint'}`} role={problem ? 'alert' : undefined}>{problem ?? hint}</p>
    </div>
  )
}
