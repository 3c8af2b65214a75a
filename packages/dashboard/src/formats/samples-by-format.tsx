import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Loading } from '../pieces/loading.js'
import { ProblemNote } from '../pieces/problem-note.js'
import { posthorn } from '../server/posthorn.js'
import { WireSample } from './wire-sample.js'

/** An event type as it goes out, in one format after the other. */
export function SamplesByFormat({ organization, eventType, first }: { organization: string; eventType: string; first: string }) {
  const { data, error } = useQuery({ queryKey: ['samples', organization, eventType], queryFn: () => posthorn.formats.samples(organization, { eventType }), staleTime: 300_000 })
  const [chosen, setChosen] = useState(first)
  if (data === undefined) return error ? <ProblemNote error={error} /> : <Loading />
  const sample = data.samples.find(({ format }) => format === chosen) ?? data.samples[0]
  return (
    <div className="min-w-0">
      <div className="mb-1.5 flex flex-wrap items-center justify-between gap-2">
        <h2>As it is sent</h2>
        <select className="control h-8!" aria-label="Format" value={sample?.format} onChange={(event) => setChosen(event.target.value)}>{data.samples.map(({ format }) => <option key={format}>{format}</option>)}</select>
      </div>
      {sample !== undefined && <WireSample sample={sample} />}
      <p className="mt-1.5 text-[13px] text-faint">Signed with the sample secret <code className="break-all">{data.secret}</code>, which no endpoint has.</p>
    </div>
  )
}
