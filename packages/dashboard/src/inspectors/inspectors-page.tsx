import { useState } from 'react'
import { Button } from '../pieces/button.js'
import { CopyButton } from '../pieces/copy-button.js'
import { Empty } from '../pieces/empty.js'
import { PageHead } from '../pieces/page-head.js'
import { ProblemNote } from '../pieces/problem-note.js'
import { useOrganizations, useEndpointsById } from '../server/reading.js'
import { makeInspector } from './make-inspector.js'
import { useSession } from '../session/use-session.js'
import type { Organization } from '@posthorn/client'

/** Throw-away URLs that show what is sent to them: a new one, and those that endpoints point to. */
export function InspectorsPage() {
  const organizations = useOrganizations(useSession().data)
  const [made, setMade] = useState<string>()
  const [error, setError] = useState<unknown>()

  async function make() {
    try {
      setMade(await makeInspector())
      setError(undefined)
    } catch (caught) {
      setError(caught)
    }
  }

  return (
    <>
      <PageHead title="Inspectors" about="URLs that take every request and show it: headers, body, and whether its signature verifies. They keep 100 requests for 24 hours, in memory." actions={<Button look="primary" onClick={() => void make()}>Make an inspector</Button>} />
      <ProblemNote error={error} />
      {made !== undefined && <div className="card mb-5 flex flex-wrap items-center gap-3 p-4"><code className="min-w-0 flex-1 break-all">{made}</code><CopyButton text={made} /><a className="text-accent underline" href={made} target="_blank" rel="noreferrer">Open</a></div>}
      <section className="card overflow-hidden" aria-label="Endpoints that point to an inspector">
        <h2 className="border-b border-line px-4 py-3">Endpoints that point to an inspector</h2>
        {organizations?.length === 0 ? <Empty title="None yet">Create an endpoint and choose “Use an inspector”.</Empty> : <table className="list"><tbody>{organizations?.slice(0, 50).map((organization) => <InspectorsOf key={organization.id} organization={organization} />)}</tbody></table>}
      </section>
    </>
  )
}

function InspectorsOf({ organization }: { organization: Organization }) {
  const endpoints = useEndpointsById(organization.id)
  return [...endpoints.values()].filter(({ url }) => inspectorPattern.test(url)).map(({ id, url }) => (
    <tr key={id}>
      <td className="max-w-0 w-full"><a data-row href={`/inspect/${inspectorPattern.exec(url)?.[1] ?? ''}`} target="_blank" rel="noreferrer" className="mono block truncate">{url}</a></td>
      <td className="text-faint max-sm:hidden whitespace-nowrap">{organization.name}</td>
    </tr>
  ))
}

const inspectorPattern = /\/inspect\/([0-9a-f]{32})/
