/** The formats that are built in: an envelope, its headers and a signature. `standard` is what an organization has unless it names another. */
export const formatNames = ['standard', 'bare-commerce', 'bear-billing', 'devsphere', 'better-data', 'stripe', 'github', 'shopify', 'slack'] as const
export type FormatName = (typeof formatNames)[number]
