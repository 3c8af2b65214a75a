/** The place of what is being loaded. It shows itself late, so that a quick answer does not flicker. */
export function Loading() {
  return <div role="status" aria-label="Loading" className="flex animate-pulse flex-col gap-3 p-5 [animation-delay:200ms]">{[70, 90, 55].map((width) => <div key={width} className="h-3.5 rounded bg-sunk" style={{ width: `${width}%` }} />)}</div>
}
