import { TriangleAlert } from 'lucide-react'
import { PosthornError } from '@posthorn/client'

/** What went wrong and what to do about it. */
export function ProblemNote({ error }: { error: unknown }) {
  if (error === null || error === undefined) return null
  const { detail, fix } = error instanceof PosthornError ? error : { detail: 'Something went wrong on this page.', fix: 'Load it again; if it stays, please report it.' }
  return (
    <div role="alert" className="flex gap-2.5 rounded-lg bg-bad-paper px-3.5 py-2.5 text-bad">
      <TriangleAlert size={17} aria-hidden className="mt-0.5 shrink-0" />
      <p><span className="font-medium">{detail}</span> {fix}</p>
    </div>
  )
}
