import { useEffect, useRef, useState } from 'react'

/** The rows of a long table. What is far out of sight is one empty row as high as it was, so that thousands cost what dozens do. */
export function WindowedRows<Item>({ items, row }: { items: readonly Item[]; row: (item: Item) => React.ReactNode }) {
  return chunksOf(items).map((chunk, index) => <Chunk key={index} items={chunk} row={row} />)
}

function Chunk<Item>({ items, row }: { items: readonly Item[]; row: (item: Item) => React.ReactNode }) {
  const body = useRef<HTMLTableSectionElement>(null)
  const [heightOutOfSight, setHeightOutOfSight] = useState<number>()
  useEffect(() => {
    const element = body.current as HTMLTableSectionElement
    const observer = new IntersectionObserver(([entry]) => setHeightOutOfSight(entry?.isIntersecting ? undefined : element.offsetHeight), { rootMargin: '1500px 0px' })
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return <tbody ref={body}>{heightOutOfSight === undefined ? items.map(row) : <tr style={{ height: heightOutOfSight }}><td /></tr>}</tbody>
}

function chunksOf<Item>(items: readonly Item[]): Item[][] {
  return Array.from({ length: Math.ceil(items.length / chunkLength) }, (_none, index) => items.slice(index * chunkLength, (index + 1) * chunkLength))
}

const chunkLength = 50
