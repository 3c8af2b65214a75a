import type { Catalog, CatalogType, Json } from './catalog.js'
import { dataSchema, decimal, email, type Fields, instant, integer, listOf, object, orNull, text, url } from './json-schema.js'

/** What BareCommerceCore sends, after "Available Events" of its Webhooks page. `data` is the resource itself and always has an `id`. */
export const bareCommerce: Catalog = {
  name: 'bare-commerce',
  title: 'BareCommerce',
  description: 'What happens in a store: orders, products, customers, pages, categories and media.',
  defaultFormat: 'bare-commerce',
  defaultRetryPolicy: 'bare-commerce',
  defaultEventTypePolicy: 'warn',
  types: [
    orderType('order.created', 'An order was created from a payment webhook.'),
    orderType('order.updated', "An order's status or data changed.", { status: 'processing' }),
    orderType('order.paid', "An order's payment was confirmed. Sent separately from order.created.", { paidAt: '2024-01-15T10:30:00Z' }),
    orderType('order.fulfilled', 'An order was shipped.', {
      status: 'fulfilled',
      fulfillment: { carrier: 'UPS', trackingNumber: '1Z999AA10123456784', fulfilledAt: '2024-01-16T15:05:00Z' },
    }),
    orderType('order.cancelled', 'An order was cancelled.', {
      status: 'cancelled',
      cancelReason: 'The customer changed their mind',
      cancelledAt: '2024-01-15T11:12:00Z',
    }),
    orderType('order.refunded', 'An order was refunded.', {
      status: 'refunded',
      paymentStatus: 'refunded',
      refund: { id: 'refund_123', amount: '99.99', reason: 'Returned unworn', refundedAt: '2024-01-22T09:00:00Z' },
    }),
    ...productTypes(),
    ...customerTypes(),
    ...pageTypes(),
    ...categoryTypes(),
    ...mediaTypes(),
  ],
}

function orderType(type: string, description: string, change: Resource = {}): CatalogType {
  return { type, description, schema: orderSchema(), example: { ...printedOrder(), ...change } }
}

/** The page prints two orders; the one of its cURL test has an id, a number and a total, so no order needs more. */
function orderSchema() {
  return dataSchema(
    'The order as it is after the event.',
    { id: text('The order.'), orderNumber: text('The number that customer and staff see.'), total: decimal('What the customer pays.') },
    {
      customerId: orNull(text('The customer who ordered; null for a guest.')),
      status: text('Where the order stands, such as paid, processing, fulfilled, cancelled or refunded.'),
      paymentStatus: text('Where the payment stands, such as succeeded or refunded.'),
      items: listOf(
        object(
          'One product of the order.',
          { id: text('The item.'), title: text("The product's title when it was ordered."), quantity: integer('How many were ordered.'), price: decimal('The price of one.') },
          { productId: orNull(text('The product; null where it is not one of the store.')), sku: orNull(text('The stock keeping unit.')), total: decimal('The price of all of them.') },
        ),
        'What was ordered.',
      ),
      shippingAddress: orNull(addressSchema()),
      paidAt: instant('When the payment was confirmed.'),
      fulfillment: object(
        'How the order was shipped.',
        { fulfilledAt: instant('When the order was shipped.') },
        { carrier: text('Who carries the parcel.'), trackingNumber: text("The carrier's number for the parcel.") },
      ),
      cancelReason: text('Why the order was cancelled, in words.'),
      cancelledAt: instant('When the order was cancelled.'),
      refund: object(
        'What the customer gets back.',
        { id: text('The refund.'), amount: decimal('How much is paid back.'), refundedAt: instant('When it was paid back.') },
        { reason: text('Why it was paid back, in words.') },
      ),
    },
  )
}

function addressSchema() {
  return object(
    'Where the order is shipped; null where nothing is.',
    { line1: text('Street and number.'), city: text('The city.'), country: text('The country as a two-letter code.') },
    { name: text('Who receives the parcel.'), line2: orNull(text('Apartment, floor or building.')), state: orNull(text('State or province.')), postalCode: orNull(text('The postal code.')) },
  )
}

/** The order of "order.created" as the page prints it; its `[...]` and `{...}` are filled in so that the items add up to the total. */
function printedOrder(): Resource {
  return {
    id: 'order_123',
    orderNumber: 'ORD-000001',
    customerId: 'cust_123',
    total: '99.99',
    status: 'paid',
    paymentStatus: 'succeeded',
    items: [
      { id: 'item_1', productId: 'prod_123', sku: 'LINEN-SHIRT-M', title: 'Linen shirt', quantity: 1, price: '69.99', total: '69.99' },
      { id: 'item_2', productId: 'prod_456', sku: 'CANVAS-TOTE', title: 'Canvas tote', quantity: 2, price: '15.00', total: '30.00' },
    ],
    shippingAddress: {
      name: 'Ada Lovelace',
      line1: '12 St James Square',
      line2: null,
      city: 'Springfield',
      state: 'IL',
      postalCode: '62701',
      country: 'US',
    },
  }
}

function productTypes(): CatalogType[] {
  return lifeOf('product', {
    required: { title: text('The title that shoppers see.') },
    optional: {
      slug: text("The last part of the product's address."),
      description: orNull(text('What shoppers read about the product.')),
      price: decimal('The price of one.'),
      sku: orNull(text('The stock keeping unit.')),
      stock: orNull(integer('How many can be sold; null where stock is not counted.')),
      status: text('Whether shoppers see the product, such as draft or published.'),
      categoryIds: listOf(text('A category.'), 'The categories that the product is in.'),
      images: listOf(url('An image.'), 'The images, the main one first.'),
    },
    example: {
      id: 'prod_123',
      title: 'Linen shirt',
      slug: 'linen-shirt',
      description: 'A light shirt of washed linen.',
      price: '69.99',
      sku: 'LINEN-SHIRT-M',
      stock: 42,
      status: 'published',
      categoryIds: ['cat_123'],
      images: ['https://cdn.example.com/media/linen-shirt.jpg'],
      createdAt: '2024-01-10T08:00:00Z',
      updatedAt: '2024-01-10T08:00:00Z',
    },
    change: { price: '59.99' },
  })
}

function customerTypes(): CatalogType[] {
  return lifeOf('customer', {
    required: { email: email("The customer's address.") },
    optional: {
      firstName: orNull(text('The first name.')),
      lastName: orNull(text('The last name.')),
      phone: orNull(text('The telephone number, with the country in front.')),
      acceptsMarketing: { description: 'Whether the customer agreed to be written to.', type: 'boolean' },
    },
    example: {
      id: 'cust_123',
      email: 'ada@example.com',
      firstName: 'Ada',
      lastName: 'Lovelace',
      phone: '+12175550123',
      acceptsMarketing: false,
      createdAt: '2024-01-12T14:20:00Z',
      updatedAt: '2024-01-12T14:20:00Z',
    },
    change: { acceptsMarketing: true },
  })
}

function pageTypes(): CatalogType[] {
  return lifeOf('page', {
    required: { title: text('The title that visitors see.') },
    optional: {
      slug: text("The last part of the page's address."),
      content: text('The text of the page, as HTML.'),
      status: text('Whether visitors see the page, such as draft or published.'),
    },
    example: {
      id: 'page_123',
      title: 'Shipping and returns',
      slug: 'shipping-and-returns',
      content: '<p>We ship within two working days.</p>',
      status: 'published',
      createdAt: '2024-01-08T09:00:00Z',
      updatedAt: '2024-01-08T09:00:00Z',
    },
    change: { content: '<p>We ship on the next working day.</p>' },
  })
}

function categoryTypes(): CatalogType[] {
  return lifeOf('category', {
    required: { name: text('The name that shoppers see.') },
    optional: {
      slug: text("The last part of the category's address."),
      description: orNull(text('What shoppers read about the category.')),
      parentId: orNull(text('The category above this one; null at the top.')),
    },
    example: {
      id: 'cat_123',
      name: 'Shirts',
      slug: 'shirts',
      description: 'Everything with buttons.',
      parentId: null,
      createdAt: '2024-01-08T09:00:00Z',
      updatedAt: '2024-01-08T09:00:00Z',
    },
    change: { description: 'Linen, cotton and flannel.' },
  })
}

function mediaTypes(): CatalogType[] {
  return lifeOf('media', {
    required: { url: url('Where the file is.') },
    optional: {
      filename: text('The name under which the file was uploaded.'),
      mimeType: text('The kind of file.'),
      sizeBytes: integer('The size of the file.'),
      width: orNull(integer('The width in pixels; null where it is no image.')),
      height: orNull(integer('The height in pixels; null where it is no image.')),
      altText: orNull(text('What the image shows, in words.')),
    },
    example: {
      id: 'media_123',
      url: 'https://cdn.example.com/media/linen-shirt.jpg',
      filename: 'linen-shirt.jpg',
      mimeType: 'image/jpeg',
      sizeBytes: 184320,
      width: 1600,
      height: 1200,
      altText: null,
      createdAt: '2024-01-10T07:55:00Z',
      updatedAt: '2024-01-10T07:55:00Z',
    },
    change: { altText: 'A linen shirt on a wooden hanger' },
  })
}

type Resource = { readonly [field: string]: Json }

/** The three events of a resource. A deleted one is sent as it last was, but only its id is sure to be there. */
function lifeOf(name: string, { required, optional, example, change }: { required: Fields; optional: Fields; example: Resource; change: Resource }): CatalogType[] {
  const id = { id: text(`The ${name}.`) }
  const times = { createdAt: instant(`When the ${name} was created.`), updatedAt: instant(`When the ${name} was last changed.`) }
  const present = dataSchema(`The ${name} as it is after the event.`, { ...id, ...required }, { ...optional, ...times })
  const deleted = dataSchema(`The ${name} as it last was.`, id, { ...required, ...optional, ...times })
  const changed = { ...example, ...change, updatedAt: '2024-01-15T10:30:00Z' }
  const subject = `A ${name}${name === 'media' ? ' file' : ''}`
  return [
    { type: `${name}.created`, description: `${subject} was created.`, schema: present, example },
    { type: `${name}.updated`, description: `${subject} was updated.`, schema: present, example: changed },
    { type: `${name}.deleted`, description: `${subject} was deleted.`, schema: deleted, example: changed },
  ]
}
