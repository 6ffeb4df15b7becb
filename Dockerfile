# syntax=docker/dockerfile:1

# The dependencies of the product, as the lock file says; tools for development stay out.
FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
COPY core/package.json core/
COPY adapters/package.json adapters/
COPY apps/package.json apps/
COPY migrations/package.json migrations/
COPY bench/package.json bench/
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

# Node runs the sources: nothing is compiled.
FROM node:24-slim
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY package.json LICENSE ./
COPY core core
COPY adapters adapters
COPY apps apps
COPY migrations migrations
COPY deploy/healthcheck.mjs deploy/
RUN mkdir /data && chown node:node /data

ENV NODE_ENV=production
ENV STROM_DATA_DIR=/data
ENV STROM_HTTP_HOST=0.0.0.0
ENV STROM_HTTP_PORT=8080
USER node
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["node", "deploy/healthcheck.mjs"]
ENTRYPOINT ["node", "--max-semi-space-size=32", "apps/strom.ts"]
# Everything in one process listens on loopback: --network host --env NODE_ENV=development --env STROM_HTTP_HOST=127.0.0.1
CMD ["up"]
