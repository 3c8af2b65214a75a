import type { ButtonHTMLAttributes } from 'react'

export const buttonLooks = {
  plain: 'border-strong-line bg-card hover:border-faint',
  primary: 'border-accent bg-accent text-on-accent hover:opacity-90',
  quiet: 'border-transparent text-faint hover:text-ink hover:bg-sunk',
  danger: 'border-bad/50 text-bad bg-card hover:border-bad hover:bg-bad-paper',
}

/** How a button looks, also where it is a link. */
export function buttonClass(look: keyof typeof buttonLooks = 'plain'): string {
  return `inline-flex h-9 max-sm:h-10 items-center justify-center gap-1.5 rounded-[7px] border px-3 font-medium whitespace-nowrap disabled:opacity-55 disabled:cursor-not-allowed ${buttonLooks[look]}`
}

export function Button({ look = 'plain', className = '', type = 'button', ...rest }: ButtonHTMLAttributes<HTMLButtonElement> & { look?: keyof typeof buttonLooks }) {
  return <button type={type} className={`${buttonClass(look)} ${className}`} {...rest} />
}
