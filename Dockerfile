# fundpulse as an image: docker build -t fundpulse .
# Two stages: the first builds the program and its native modules, the second holds what runs, as a user
# without rights. Where the machine that builds has no network, use `npm run bundle` instead.
ARG NODE=22-bookworm

FROM node:${NODE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
COPY packaging ./packaging
RUN npm ci --ignore-scripts && npm rebuild better-sqlite3
COPY . .
RUN npm run build && npm prune --omit=dev --ignore-scripts \
  && rm -rf node_modules/better-sqlite3/deps node_modules/better-sqlite3/src

FROM node:${NODE}-slim
ENV NODE_ENV=production
COPY --from=build /app/package.json /app/README.md /app/README.zh-CN.md /app/LICENSE /app/
COPY --from=build /app/docs /app/docs
COPY --from=build /app/pipelines/simulate/data /app/pipelines/simulate/data
COPY --from=build /app/connectors/flink/java /app/connectors/flink/java
COPY --from=build /app/node_modules /app/node_modules
COPY --from=build /app/dist /app/dist
RUN ln -s /app/dist/pipelines/cli/main.js /usr/local/bin/fundpulse \
  && mkdir /workspace && chown node:node /workspace
# uid and gid 1000. The workspace that is mounted here must be writable for them.
USER node
WORKDIR /workspace
VOLUME /workspace
ENTRYPOINT ["fundpulse"]
CMD ["--help"]
STOPSIGNAL SIGTERM
