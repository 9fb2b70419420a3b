# syntax=docker/dockerfile:1

# The program in an image with nothing else: no shell, no package manager, no root.
#
#     docker build -t orderdesk .
#     docker run -p 8000:8000 -v orderdesk:/data orderdesk
#
# docs/operations.md tells the rest; compose.yaml runs it on PostgreSQL or MongoDB.

FROM rust:1-bookworm AS build
WORKDIR /source
COPY . .
# What was compiled stays in the builder's caches, so that a change compiles what it touches.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/source/target \
    cargo build --release --locked --bin orderdesk \
    && install -D target/release/orderdesk /image/orderdesk \
    && install -d /image/data

# The C library that it was linked with, and the certificates that databases are verified by.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /image/orderdesk /usr/local/bin/orderdesk
# A volume takes its owner from here.
COPY --from=build --chown=65532:65532 /image/data /data
ENV ORDERDESK_LISTEN=0.0.0.0:8000 \
    ORDERDESK_STORE=sqlite:/data/orderdesk.db
VOLUME /data
EXPOSE 8000
USER 65532:65532
# Ready: the store can be read and written.
HEALTHCHECK --interval=10s --timeout=6s --start-period=30s CMD ["/usr/local/bin/orderdesk", "health"]
ENTRYPOINT ["/usr/local/bin/orderdesk"]
