/** Nothing is here yet: what would be, and what to do next. */
export function Empty({ title, children, action }: { title: string; children: React.ReactNode; action?: React.ReactNode }) {
  return (
    <div className="flex flex-col items-start gap-2 px-6 py-10 sm:items-center sm:text-center">
      <p className="font-semibold">{title}</p>
      <p className="max-w-prose text-faint">{children}</p>
      {action !== undefined && <div className="mt-2 flex flex-wrap gap-2">{action}</div>}
    </div>
  )
}
