type Fact = readonly [name: string, value: React.ReactNode]

/** Facts in a card, one below another; `false` where one does not apply. */
export function FactList({ facts, className = 'flex flex-col' }: { facts: readonly (Fact | false)[]; className?: string }) {
  return (
    <dl className={`${className} gap-x-6 gap-y-3 p-4`}>
      {facts.filter((fact) => fact !== false).map(([name, value]) => <div key={name} className="min-w-0"><dt className="text-[13px] text-faint">{name}</dt><dd>{value}</dd></div>)}
    </dl>
  )
}
