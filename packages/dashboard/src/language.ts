/** Some systems (LANG=C) name a language that the browser itself refuses, and the charts ask for it while they load. */
try {
  new Intl.NumberFormat(navigator.language)
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en-US' })
}

export {}
