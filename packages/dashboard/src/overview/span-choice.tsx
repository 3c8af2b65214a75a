import { spans, type Span } from './use-span.js'

export function SpanChoice({ span, onChoose }: { span: Span; onChoose: (span: Span) => void }) {
  return (
    <div role="group" aria-label="Span" className="flex rounded-[7px] border border-strong-line bg-card p-0.5">
      {spans.map((choice) => <button key={choice} type="button" aria-pressed={span === choice} onClick={() => onChoose(choice)} className="h-8 rounded-[5px] px-3 text-faint capitalize aria-pressed:bg-accent-paper aria-pressed:font-medium aria-pressed:text-accent">{choice}</button>)}
    </div>
  )
}
