/** Addresses of the dashboard. Whatever an id holds, it is one step of the path. */
export function placeIn(organization: string, ...parts: readonly string[]): string {
  return ['/organizations', organization, ...parts].map((part, index) => index === 0 ? part : encodeURIComponent(part)).join('/')
}
