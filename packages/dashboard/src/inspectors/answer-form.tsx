import { useQuery } from '@tanstack/react-query'
import { useChange } from '../server/change.js'
import { planAnswer, readAnswer, type PlannedAnswer } from './inspector.js'

/** What the inspector answers from now on: so a receiver that fails or hangs can be had at will. */
export function AnswerForm({ id }: { id: string }) {
  const { data: answer } = useQuery({ queryKey: ['inspector', id, 'answer'], queryFn: () => readAnswer(id) })
  const plan = useChange((planned: PlannedAnswer) => planAnswer(id, planned))
  if (answer === undefined) return null
  return (
    <div className="flex flex-wrap items-center gap-2">
      <label className="flex items-center gap-2">Answers
        <select className="control" value={answer.status} onChange={(event) => plan.mutate({ ...answer, status: Number(event.target.value) })}>{withCurrent(statuses, answer.status).map((status) => <option key={status}>{status}</option>)}</select>
      </label>
      <label className="flex items-center gap-2">after
        <select className="control" value={answer.delayMs} onChange={(event) => plan.mutate({ ...answer, delayMs: Number(event.target.value) })}>{withCurrent(delays, answer.delayMs).map((ms) => <option key={ms} value={ms}>{ms === 0 ? 'no time' : `${ms / 1_000} s`}</option>)}</select>
      </label>
    </div>
  )
}

function withCurrent(choices: readonly number[], current: number): number[] {
  return choices.includes(current) ? [...choices] : [...choices, current]
}

const statuses = [200, 202, 204, 400, 401, 404, 410, 429, 500, 503]
const delays = [0, 1_000, 5_000, 20_000]
