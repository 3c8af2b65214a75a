import { ArrowUp } from 'lucide-react'
import { Loading } from './loading.js'
import { More } from './more.js'
import { ProblemNote } from './problem-note.js'
import { WindowedRows } from './windowed-rows.js'
import type { List } from '../server/reading.js'

/** A list of the server as a table, with all that may be said of it: it loads, it failed, it is empty, it goes on, it has news. */
export function ListTable<Item>({ list, label, head, row, empty }: { list: List<Item>; label: string; head: React.ReactNode; row: (item: Item) => React.ReactNode; empty: React.ReactNode }) {
  if (list.items === undefined) return list.error ? <ProblemNote error={list.error} /> : <div className="card"><Loading /></div>
  return (
    <>
      {list.error && <div className="mb-3"><ProblemNote error={list.error} /></div>}
      <section className="card overflow-clip" aria-label={label}>
        {list.hasNews && (
          <button type="button" className="flex w-full items-center justify-center gap-1.5 border-b border-line bg-accent-paper py-1.5 text-accent" onClick={() => { list.showNews(); scrollTo({ top: 0 }) }}>
            <ArrowUp size={14} aria-hidden />There is news. Show it
          </button>
        )}
        {list.items.length === 0 ? empty : <table className="list"><thead><tr>{head}</tr></thead><WindowedRows items={list.items} row={row} /></table>}
        <More {...list} />
      </section>
    </>
  )
}
