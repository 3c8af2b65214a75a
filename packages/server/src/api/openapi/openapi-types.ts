/** A JSON Schema (2020-12) as far as this document uses it. */
export interface Schema {
  $ref?: string
  type?: string | string[]
  properties?: Record<string, Schema>
  items?: Schema
  prefixItems?: Schema[]
  additionalProperties?: Schema | boolean
  allOf?: Schema[]
  anyOf?: Schema[]
  oneOf?: Schema[]
  enum?: unknown[]
  const?: unknown
  example?: unknown
  examples?: unknown[]
  description?: string
  format?: string
  pattern?: string
  default?: unknown
  required?: string[]
  minimum?: number
  maximum?: number
}

export interface MediaType { schema?: Schema; example?: unknown }
/** What stands here, or where it stands. */
export interface ResponseObject { $ref?: string; description?: string; headers?: Record<string, unknown>; content?: Record<string, MediaType> }

export interface Parameter { $ref?: string; name: string; in: string; required?: boolean; description?: string; schema: Schema; example?: unknown }

export interface OperationObject {
  operationId?: string
  summary: string
  description?: string
  tags: string[]
  parameters?: Parameter[]
  requestBody?: { required?: boolean; content: Record<string, MediaType> }
  responses: Record<string, ResponseObject>
}

export interface OpenApiDocument {
  openapi: string
  info: object
  servers?: object[]
  tags?: { name: string }[]
  paths: Record<string, Record<string, OperationObject>>
  components: { schemas: Record<string, Schema>; securitySchemes?: object; responses?: Record<string, ResponseObject>; parameters?: Record<string, Parameter>; headers?: Record<string, unknown> }
}
