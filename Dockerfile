# Posthorn as one image: docker build -t posthorn . — docs/deploying.md tells how to run it.
# Debian rather than Alpine: glibc's resolver and threads are what the tests run on.
ARG NODE=node:24-slim

# The manifests alone, so that what is installed is built anew only when they change.
FROM ${NODE} AS manifests
WORKDIR /src
COPY . .
RUN find . -name package.json -o -name package-lock.json | tar -czf /manifests.tgz -T -

# Built and packed: exactly the files that npm would publish.
FROM ${NODE} AS build
WORKDIR /src
COPY --from=manifests /manifests.tgz /
RUN tar -xzf /manifests.tgz && npm ci --no-audit --no-fund
COPY . .
RUN npm run --silent build \
 && npm pack --silent -w @posthorn/webhooks -w posthorn --pack-destination / \
 && mkdir -p /app/packages/webhooks /app/packages/server \
 && tar -xzf /posthorn-webhooks-*.tgz -C /app/packages/webhooks --strip-components 1 \
 && tar -xzf /posthorn-[0-9]*.tgz -C /app/packages/server --strip-components 1

# What the server needs at run time, as the lock file has it, and nothing of the other packages.
FROM ${NODE} AS dependencies
WORKDIR /app
COPY --from=manifests /manifests.tgz /
RUN tar -xzf /manifests.tgz && npm ci --omit=dev --no-audit --no-fund -w @posthorn/webhooks -w posthorn

FROM ${NODE}
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/packages ./packages
COPY LICENSE ./
# Where SQLite's file and posthorn.config lie. On PostgreSQL nothing is ever written: the root file system may be read-only.
RUN mkdir /data && chown 1000:1000 /data && ln -s /app/packages/server/bin/posthorn.js /usr/local/bin/posthorn
WORKDIR /data
USER 1000:1000
EXPOSE 4000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.PORT || 4000) + '/readyz', { signal: AbortSignal.timeout(4000) }).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# No shell in between: SIGTERM must reach the server, which then finishes what is in flight.
ENTRYPOINT ["node", "/app/packages/server/bin/posthorn.js"]
CMD ["serve"]
