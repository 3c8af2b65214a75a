import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { Trash2 } from 'lucide-react'
import { Button } from '../pieces/button.js'
import { CopyButton } from '../pieces/copy-button.js'
import { Empty } from '../pieces/empty.js'
import { Loading } from '../pieces/loading.js'
import { PageHead } from '../pieces/page-head.js'
import { ProblemNote } from '../pieces/problem-note.js'
import { useChange } from '../server/change.js'
import { AnswerForm } from './answer-form.js'
import { clearRequests, inspectorUrl, readRequests } from './inspector.js'
import { RequestCard } from './request-card.js'

/** What one throw-away URL was sent, as it comes. */
export function InspectorPage() {
  const { inspector: id = '' } = useParams({ strict: false })
  const { data: requests, error } = useQuery({ queryKey: ['inspector', id], queryFn: () => readRequests(id), refetchInterval: 1_000 })
  const clear = useChange((_given: void) => clearRequests(id))
  const url = inspectorUrl(id)
  return (
    <>
      <PageHead title="Inspector" about="Whatever is sent to this URL shows here within a second."
        actions={<Button disabled={requests?.length === 0} onClick={() => clear.mutate()}><Trash2 size={15} aria-hidden />Clear</Button>} />
      <div className="card mb-5 flex flex-wrap items-center gap-x-6 gap-y-3 p-4">
        <div className="flex min-w-0 flex-[1_1_24rem] items-center gap-2"><code className="payload min-w-0 flex-1 py-2!" aria-label="URL">{url}</code><CopyButton text={url} /></div>
        <AnswerForm id={id} />
      </div>
      <ProblemNote error={error ?? clear.error} />
      {requests === undefined ? !error && <Loading /> : requests.length === 0
        ? <div className="card"><Empty title="Nothing has arrived yet" action={<CopyButton text={sampleCommand(url)} label="Copy a curl command" />}>Send any request to it, or create an endpoint with this URL and send it a test event.</Empty></div>
        : <div className="flex flex-col gap-3">{requests.map((request, index) => <RequestCard key={request.number} request={request} isOpen={index === 0} />)}</div>}
    </>
  )
}

function sampleCommand(url: string): string {
  return `curl -X POST ${url} -H 'content-type: application/json' --data '{"hello":"world"}'`
}
