import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { makeInspector } from '../inspectors/inspector.js'
import { Button } from '../pieces/button.js'
import { Field } from '../pieces/field.js'
import { ProblemNote } from '../pieces/problem-note.js'
import { posthorn } from '../server/posthorn.js'

/** The URL, judged by the server while it is typed, by the rules that count when it is stored. */
export function UrlField({ organization, url, onChange, judgement, isNew, isManaged }: { organization: string; url: string; onChange: (url: string) => void; judgement: ReturnType<typeof useJudgement>; isNew: boolean; isManaged: boolean }) {
  const inspector = useMutation({ mutationFn: makeInspector, onSuccess: (made) => onChange(made.url) })
  const problem = judgement?.isAccepted === false ? `${judgement.detail} ${judgement.fix}` : undefined
  const hint = isManaged ? `The webhookUrl of ${organization}: it is changed in the settings.` : judgement?.isAccepted ? <span className="text-good">This URL can be used.</span> : 'Where events are sent, as POST requests: https://example.com/webhooks'
  return (
    <>
      <Field label="URL" problem={problem} hint={hint}>
        {(control) => (
          <div className="flex flex-wrap gap-2">
            <input {...control} className="control mono min-w-0 flex-[1_1_16rem]" value={url} onChange={(event) => onChange(event.target.value)} required autoFocus={isNew} spellCheck={false} inputMode="url" disabled={isManaged} />
            {isNew && <Button disabled={inspector.isPending} onClick={() => inspector.mutate()}>Use an inspector</Button>}
          </div>
        )}
      </Field>
      <ProblemNote error={inspector.error} />
    </>
  )
}

/** What the server says to a URL, once nobody has typed for a moment; undefined until it has said so. */
export function useJudgement(organization: string, url: string) {
  const typed = url.trim()
  const settled = useSettled(typed, 250)
  const judged = useQuery({ queryKey: ['endpoint-url', organization, settled], queryFn: () => posthorn.endpoints.judgeUrl(organization, settled), enabled: settled !== '', staleTime: 60_000 })
  return settled === typed && settled !== '' ? judged.data : undefined
}

function useSettled(value: string, forMs: number): string {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), forMs)
    return () => clearTimeout(timer)
  }, [value, forMs])
  return settled
}
