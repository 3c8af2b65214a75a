/** Who has signed in, as `/session` tells it. */
export interface Session { kind: 'admin' | 'organization'; organization: string | null; scopes: string[]; endsAt: string }
