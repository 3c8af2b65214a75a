import { useQuery } from '@tanstack/react-query'
import { posthorn } from '../server/posthorn.js'
import type { Format } from '@posthorn/client'

/** The formats that an organization may have: the built-in ones, and the operator's own. */
export function useFormats(organization: string): readonly Format[] {
  return useQuery({ queryKey: ['formats', organization], queryFn: () => posthorn.formats.of(organization), staleTime: 300_000 }).data ?? []
}

/** What a receiver looks at. */
export function aboutFormat({ isBuiltIn, signature: { header, algorithm, encoding, signed } }: Format): string {
  const over = signed.filter((part) => typeof part === 'string').join(', ')
  return `${isBuiltIn ? '' : "This server's own. "}${header}: HMAC-${algorithm.toUpperCase()} in ${encoding}${over === '' ? '' : `, over ${over}`}.`
}
