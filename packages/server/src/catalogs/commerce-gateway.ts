import type { Catalog, CatalogType } from './catalog.js'
import { dataSchema, decimal, instant, integer, listOf, number, object, text, url, withOneOf } from './json-schema.js'

/**
 * What Better Data's Commerce Gateway tells, after "Supported Events" of its Webhooks page, and the federation events of its
 * merchants. The page prints the fields that its handlers take: `productId` and `available`, `sessionId` and `orderId`.
 */
export const commerceGateway: Catalog = {
  name: 'commerce-gateway',
  title: 'Better Data Commerce Gateway',
  description: 'What changes in the shops behind a gateway: stock, orders, products and conversational checkouts.',
  defaultFormat: 'better-data',
  defaultRetryPolicy: 'better-data',
  defaultEventTypePolicy: 'warn',
  types: [...gatewayTypes(), ...federationTypes()],
}

/**
 * The gateway's four events as a merchant's `webhookUrl` receives them ("Federation Webhooks" of Better Data's page, which
 * names no types): the same data under `federation.` and the same name.
 */
export function federationTypes(): CatalogType[] {
  return gatewayTypes().map(({ type, description, schema, example }) => ({
    type: `federation.${type}`,
    description: `Federation, to the merchant's webhookUrl: ${description}`,
    schema,
    example,
  }))
}

function gatewayTypes(): CatalogType[] {
  return [
    {
      type: 'inventory.updated',
      description: 'Stock levels changed on Shopify or Square.',
      schema: dataSchema(
        'How much of a product is there now.',
        { productId: text("What is counted, by the platform's own id."), available: number('How much can be sold; below zero where more was sold than there is.') },
        { locationId: text("Where it is counted, by the platform's own id.") },
      ),
      example: { productId: '808950810', available: 3, locationId: '655441491' },
    },
    {
      type: 'order.created',
      description: 'A new order was placed on Shopify or Square.',
      schema: dataSchema(
        'The order that was placed.',
        { orderId: text("The order, by the platform's own id.") },
        {
          sessionId: text('The conversation that led to the order; left out where there was none.'),
          orderNumber: text('The number that customer and merchant see.'),
          ...orderFields(),
          createdAt: instant('When it was placed.'),
        },
      ),
      example: {
        orderId: '820982911946154508',
        sessionId: 'sess_7f3a9c',
        orderNumber: '1001',
        total: '99.99',
        currency: 'USD',
        items: [
          { productId: '808950810', title: 'Linen shirt', quantity: 1, price: '69.99' },
          { productId: '808950811', title: 'Canvas tote', quantity: 2, price: '15.00' },
        ],
        createdAt: '2025-03-10T15:00:00Z',
      },
    },
    {
      type: 'product.updated',
      description: 'The price, description or images of a product changed on Shopify or Square.',
      // Square tells only that its catalog has changed, so one of the two fields is there.
      schema: withOneOf(
        ['productId', 'changedSince'],
        dataSchema(
          'The product as it is now, or since when to look for changes where the platform names no product.',
          {},
          {
            productId: text("The product, by the platform's own id."),
            title: text('The title that shoppers see.'),
            description: text('What shoppers read about the product.'),
            price: decimal('The price of one.'),
            currency: text('The currency as a three-letter code.'),
            images: listOf(url('An image.'), 'The images, the main one first.'),
            updatedAt: instant('When it changed.'),
            changedSince: instant('Something in the catalog changed at or after this moment; the platform does not say what.'),
          },
        ),
      ),
      example: {
        productId: '788032119674292922',
        title: 'Linen shirt',
        description: 'A light shirt of washed linen.',
        price: '59.99',
        currency: 'USD',
        images: ['https://cdn.example.com/linen-shirt.jpg'],
        updatedAt: '2025-03-10T15:00:00Z',
      },
    },
    {
      type: 'checkout.completed',
      description: 'A conversational checkout in Better Data Cloud was successful.',
      schema: dataSchema(
        'The conversation that ended in a purchase, and its order.',
        { sessionId: text('The conversation.'), orderId: text('The order that it led to.') },
        { ...orderFields(), completedAt: instant('When the checkout was completed.') },
      ),
      example: {
        sessionId: 'sess_7f3a9c',
        orderId: '820982911946154508',
        total: '99.99',
        currency: 'USD',
        items: [
          { productId: '808950810', title: 'Linen shirt', quantity: 1, price: '69.99' },
          { productId: '808950811', title: 'Canvas tote', quantity: 2, price: '15.00' },
        ],
        completedAt: '2025-03-10T15:00:00Z',
      },
    },
  ]
}

function orderFields() {
  return {
    total: decimal('What the customer pays.'),
    currency: text('The currency as a three-letter code.'),
    items: listOf(
      object(
        'One product of the order.',
        { title: text("The product's title when it was ordered."), quantity: integer('How many were ordered.') },
        { productId: text("The product, by the platform's own id."), price: decimal('The price of one.') },
      ),
      'What was ordered.',
    ),
  }
}
