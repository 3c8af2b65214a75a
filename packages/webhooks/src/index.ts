export { signingSchemes, type SigningSchemeName } from './schemes/signing-schemes.js'
export type { HashAlgorithm, SecretEncoding, SignatureLayout, SignedMessage, SignedPart, SigningScheme } from './schemes/signing-scheme.js'
export { generateSecret, isUsableSecret, secretProblem } from './secrets.js'
export { WebhookError } from './webhook-error.js'
