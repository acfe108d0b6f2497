# The image: one static program on an empty file system, the shipped KPIs, and the CA certificates for TLS.
#
#   docker build --tag cypher-exporter .
#   docker run --read-only --env NEO4J_URI=bolt://graph:7687 … --publish 127.0.0.1:9687:9687 cypher-exporter
#
# Mount your own KPIs and settings over /etc/cypher-exporter/queries and /etc/cypher-exporter/config.toml.

FROM rust:1.95.0-slim-bookworm AS build
WORKDIR /build
# A static glibc: it runs on an empty file system as a musl program does, and uses the allocator that the tests use. The explicit
# target keeps proc macros and build scripts dynamic, since they cannot be built statically.
ENV CARGO_BUILD_TARGET=host-tuple RUSTFLAGS="-C target-feature=+crt-static"

# The dependencies, in a layer that is rebuilt only when they change: built with empty crates.
COPY Cargo.toml Cargo.lock ./
COPY crates/cypher/Cargo.toml crates/cypher/
COPY crates/embedded/Cargo.toml crates/embedded/
COPY crates/promql/Cargo.toml crates/promql/
COPY crates/template/Cargo.toml crates/template/
COPY crates/test-support/Cargo.toml crates/test-support/
COPY crates/world/Cargo.toml crates/world/
# Cargo.toml names examples and benches, which are not copied.
RUN sed -i '/^\[\[/,/^$/d' Cargo.toml \
    && for crate in . crates/*; do mkdir "$crate/src" && touch "$crate/src/lib.rs"; done \
    && echo 'fn main() {}' >src/main.rs \
    && cargo build --locked --release --bin cypher-exporter

COPY crates crates
COPY askama.toml ./
COPY src src
# Only what is compiled in: a change of a KPI does not recompile anything.
COPY queries/indexes.cypher queries/model.cypher queries/
# Copied files keep their modification time, which is older than the empty crates: without `touch`, cargo would keep those.
RUN touch src/main.rs src/lib.rs crates/*/src/lib.rs \
    && cargo build --locked --release --bin cypher-exporter \
    && mkdir -p image/var/lib/cypher-exporter image/etc/ssl/certs image/usr/local/bin \
    && cp target/*-linux-gnu/release/cypher-exporter image/usr/local/bin/ \
    && cp /etc/ssl/certs/ca-certificates.crt image/etc/ssl/certs/ \
    && echo 'hosts: files dns' >image/etc/nsswitch.conf

COPY LICENSE image/usr/share/doc/cypher-exporter/
COPY config.toml image/etc/cypher-exporter/
COPY queries image/etc/cypher-exporter/queries
# The user of the image must be able to read them, whatever their mode is in the build context.
RUN chmod -R a+rX image

FROM scratch
LABEL org.opencontainers.image.title="cypher-exporter" \
    org.opencontainers.image.description="Runs Cypher files on a schedule against Neo4j and serves the results to Prometheus" \
    org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /build/image/usr /usr
COPY --from=build /build/image/etc /etc
# A new volume that is mounted here gets the same owner.
COPY --from=build --chown=65532:65532 /build/image/var /var
WORKDIR /etc/cypher-exporter
# Mount a volume there for the totals of window KPIs to outlive the container.
ENV CYPHER_EXPORTER__STATE__PATH=/var/lib/cypher-exporter
USER 65532:65532
EXPOSE 9687
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s --retries=3 CMD ["/usr/local/bin/cypher-exporter", "health"]
ENTRYPOINT ["/usr/local/bin/cypher-exporter"]
