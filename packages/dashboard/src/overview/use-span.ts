import { useNavigate, useSearch } from '@tanstack/react-router'

export const spans = ['hour', 'day', 'week', 'month'] as const
export type Span = (typeof spans)[number]

/** How far back somebody looks; it stands in the address. */
export function useSpan(): [Span, (span: Span) => void] {
  const { span: asked } = useSearch({ strict: false })
  const navigate = useNavigate()
  return [spans.find((known) => known === asked) ?? 'hour', (span) => void navigate({ to: '.', search: { span } as never, replace: true })]
}
