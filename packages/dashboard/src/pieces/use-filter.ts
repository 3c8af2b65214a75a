import { useNavigate, useSearch } from '@tanstack/react-router'

/** A filter that stands in the address, so that it can be sent to somebody else. */
export function useFilter<Name extends string>(names: readonly Name[]) {
  const search = useSearch({ strict: false }) as Record<string, string | undefined>
  const navigate = useNavigate()
  const filter = Object.fromEntries(names.map((name) => [name, search[name]])) as Record<Name, string | undefined>
  const go = (wanted: Record<string, string | undefined>) => void navigate({ to: '.', replace: true, search: Object.fromEntries(Object.entries(wanted).filter(([, value]) => value)) as never })
  return {
    filter,
    isFiltered: names.some((name) => filter[name] !== undefined),
    choose: (changed: Partial<Record<Name, string>>) => go({ ...filter, ...changed }),
    clear: () => go({}),
  }
}
