# The agent's image. Build: docker build --tag falcon-iar .     Needs the public bases and the npm registry.
#
#   docker run --rm falcon-iar -runmode watcher                            the agent; a chart passes such arguments
#   docker run --rm --entrypoint iar falcon-iar scan debian:12 -o purls    one image, by hand
#
# It holds one program (Node), the agent with its production dependencies, and the C++ library that Node needs: no
# shell, no package manager. It runs as nobody in particular, under any user id, on a read-only root file system; a
# writable /tmp lets it read files too large for memory. For a release, pin the bases by digest:
# --build-arg BUILD_BASE=…@sha256:… --build-arg RUNTIME_BASE=…@sha256:…
ARG BUILD_BASE=docker.io/library/node:24-bookworm-slim
# Any base with glibc and libstdc++ of Debian 12 or later will do.
ARG RUNTIME_BASE=gcr.io/distroless/cc-debian12:nonroot

FROM ${BUILD_BASE} AS build
WORKDIR /build
COPY . .
RUN node scripts/setup.mjs && node scripts/pack-agent.mjs /packed

FROM ${RUNTIME_BASE}
ARG RUNTIME_BASE
ARG VERSION=unversioned
ARG REVISION=unknown
LABEL org.opencontainers.image.title="falcon-iar" \
      org.opencontainers.image.description="Image Assessment at Runtime: inventories of the container images that run" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.base.name="${RUNTIME_BASE}"
# Node, most of the image, has a layer of its own that depends on nothing but Node: an update of the agent leaves it.
COPY --from=build /packed/node/ /
COPY --from=build /packed/agent/ /
# What the launcher ./iar sets, for less memory.
# Compiled code is not kept: a cache made at build time would only serve the same user id on the same kind of processor,
# and one made at run time would lie in /tmp, which is the pod's memory or is gone with it.
ENV NODE_OPTIONS=--max-semi-space-size=4 \
    NODE_DISABLE_COMPILE_CACHE=1 \
    MALLOC_ARENA_MAX=2 \
    MALLOC_TRIM_THRESHOLD_=131072
# By number, so that Kubernetes can tell that it is not root (runAsNonRoot).
USER 65532:65532
# /healthz, /readyz and /metrics of `iar run`. No HEALTHCHECK: Kubernetes asks these itself and ignores it, and a scan by
# hand has nothing to ask.
EXPOSE 8080
# A script whose interpreter is Node: the process that gets the signals is Node itself.
ENTRYPOINT ["/usr/local/bin/iar", "run"]
