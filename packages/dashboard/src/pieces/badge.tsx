const looks = {
  good: 'bg-good-paper text-good', bad: 'bg-bad-paper text-bad', wait: 'bg-wait-paper text-wait', cool: 'bg-cool-paper text-cool', none: 'bg-sunk text-faint',
}

/** Every state that is shown anywhere, by how much it asks of whoever looks. */
const ofState: Readonly<Record<string, keyof typeof looks>> = {
  succeeded: 'good', enabled: 'good', accepted: 'good', done: 'good', paid: 'good', active: 'good',
  dead: 'bad', disabled: 'bad', failing: 'bad', failed: 'bad', refused: 'bad', past_due: 'bad',
  retrying: 'wait', held: 'wait', paused: 'wait',
  pending: 'cool', running: 'cool', handshake: 'cool', duplicate: 'none', discarded: 'none', cancelled: 'none',
}

export function StateBadge({ state }: { state: string }) {
  return <Badge look={ofState[state] ?? 'none'}>{state === 'dead' ? 'dead letter' : state.replaceAll('_', ' ')}</Badge>
}

export function Badge({ look = 'none', children }: { look?: keyof typeof looks; children: React.ReactNode }) {
  return <span className={`inline-flex items-center gap-1.5 rounded-full px-2 py-0.5 text-xs font-medium whitespace-nowrap ${looks[look]}`}><span aria-hidden className="size-1.5 rounded-full bg-current" />{children}</span>
}
