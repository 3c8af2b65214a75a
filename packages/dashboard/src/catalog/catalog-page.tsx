import { Link, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { CopyButton } from '../pieces/copy-button.js'
import { Empty } from '../pieces/empty.js'
import { Loading } from '../pieces/loading.js'
import { PageHead } from '../pieces/page-head.js'
import { ProblemNote } from '../pieces/problem-note.js'
import { useCatalog } from '../server/reading.js'

/** The event types of an organization, each with what its data looks like. */
export function CatalogPage() {
  const { org = '' } = useParams({ strict: false })
  const { data: catalog, error } = useCatalog(org)
  const [sought, setSought] = useState('')
  if (error) return <ProblemNote error={error} />
  if (catalog === undefined) return <Loading />
  if (catalog === null) return <><PageHead title="Event catalog" /><div className="card"><Empty title="This organization has no catalog" action={<Link className="link" to="/settings/webhooks">Choose one in the settings</Link>}>Every well-formed event type is accepted. With a catalog, types have descriptions, schemas and samples, and may be the only ones.</Empty></div></>
  const { title, description, types, defaultFormat, defaultRetryPolicy, defaultEventTypePolicy } = catalog
  const found = types.filter((listed) => `${listed.type} ${listed.description}`.toLowerCase().includes(sought.toLowerCase()))
  return (
    <>
      <PageHead title={`Event catalog: ${title}`} about={<>{description}<span className="mt-1 block text-[13px]">Format <code>{defaultFormat}</code>, retry policy <code>{defaultRetryPolicy}</code>, unlisted types <code>{defaultEventTypePolicy}</code>, unless the organization says otherwise.</span></>} />
      <input data-search type="search" className="control mb-4 w-80 max-w-full max-sm:w-full" placeholder={`Find among ${types.length} event types`} aria-label="Find an event type" value={sought} onChange={(event) => setSought(event.target.value)} />
      <div className="card divide-y divide-line">
        {found.length === 0 && <Empty title="No such event type">None of the {types.length} types has this in its name or description.</Empty>}
        {found.map((listed) => (
          <details key={listed.type} id={listed.type}>
            <summary className="px-4 py-2.5 hover:bg-sunk"><span className="mono font-medium break-all">{listed.type}</span><span className="ml-3 text-faint max-sm:ml-5 max-sm:block">{listed.description}</span></summary>
            <div className="grid gap-4 px-4 pb-4 lg:grid-cols-2">
              <div className="min-w-0"><div className="mb-1.5 flex items-center justify-between"><h2>Sample of its data</h2><CopyButton text={JSON.stringify(listed.example, null, 2)} /></div><pre className="payload" tabIndex={0}>{JSON.stringify(listed.example, null, 2)}</pre></div>
              <div className="min-w-0"><div className="mb-1.5 flex items-center justify-between"><h2>JSON Schema</h2><CopyButton text={JSON.stringify(listed.schema, null, 2)} /></div><pre className="payload" tabIndex={0}>{JSON.stringify(listed.schema, null, 2)}</pre></div>
            </div>
          </details>
        ))}
      </div>
    </>
  )
}
