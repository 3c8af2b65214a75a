import { useEffect } from 'react'

/** The head of a page, which also names the browser's tab. */
export function PageHead({ title, about, actions, mono = false }: { title: string; about?: React.ReactNode; actions?: React.ReactNode; mono?: boolean }) {
  useEffect(() => { document.title = `${title} · Posthorn` }, [title])
  return (
    <header className="mb-5 flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <div className="min-w-0">
        <h1 className={mono ? 'mono text-lg break-all' : 'break-words'}>{title}</h1>
        {about !== undefined && <div className="mt-1 max-w-prose text-faint">{about}</div>}
      </div>
      {actions !== undefined && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </header>
  )
}
