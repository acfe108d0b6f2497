# The image: one static program on an empty file system, the shipped KPIs, and what a login over TLS needs.
#
#   docker build --tag cypher-exporter .
#   docker run --read-only --env NEO4J_URI=bolt://graph:7687 … --publish 127.0.0.1:9687:9687 cypher-exporter
#
# Own KPIs and settings are mounted over /etc/cypher-exporter/queries and /etc/cypher-exporter/config.toml.

FROM rust:1.95.0-slim-bookworm AS build
WORKDIR /build
# A static glibc: it starts on an empty file system as a musl program does, and has the allocator that the tests ran on. It
# needs an explicit target, or the crates that run in the compiler would be static as well, which they cannot be.
ENV CARGO_BUILD_TARGET=host-tuple RUSTFLAGS="-C target-feature=+crt-static"

# The dependencies, in a layer that is made anew only when they change: built for a program that does nothing.
COPY Cargo.toml Cargo.lock ./
# Examples and benches are named there, and are not here.
RUN sed -i '/^\[\[/,/^$/d' Cargo.toml \
    && mkdir src \
    && echo 'fn main() {}' >src/main.rs \
    && touch src/lib.rs \
    && cargo build --locked --release --bin cypher-exporter

COPY src src
# Only what is compiled in: a change of a KPI compiles nothing.
COPY queries/indexes.cypher queries/model.cypher queries/
# Files keep the time of their last change, which is before that of the program that does nothing: cargo would keep that one.
RUN touch src/lib.rs src/main.rs \
    && cargo build --locked --release --bin cypher-exporter \
    && mkdir -p image/var/lib/cypher-exporter image/etc/ssl/certs image/usr/local/bin \
    && cp target/*-linux-gnu/release/cypher-exporter image/usr/local/bin/ \
    && cp /etc/ssl/certs/ca-certificates.crt image/etc/ssl/certs/ \
    && echo 'hosts: files dns' >image/etc/nsswitch.conf

COPY LICENSE image/usr/share/doc/cypher-exporter/
COPY config.toml image/etc/cypher-exporter/
COPY queries image/etc/cypher-exporter/queries
# The user of the image reads them, also where only their owner could in the folder that they come from.
RUN chmod -R a+rX image

FROM scratch
LABEL org.opencontainers.image.title="cypher-exporter" \
    org.opencontainers.image.description="Runs Cypher files on a schedule against a knowledge graph and serves the answers to Prometheus" \
    org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /build/image/usr /usr
COPY --from=build /build/image/etc /etc
# A new volume that is mounted here belongs to the same user.
COPY --from=build --chown=65532:65532 /build/image/var /var
WORKDIR /etc/cypher-exporter
# The totals of window KPIs outlive the container where a volume is mounted there.
ENV CYPHER_EXPORTER__STATE__PATH=/var/lib/cypher-exporter
USER 65532:65532
EXPOSE 9687
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s --retries=3 CMD ["/usr/local/bin/cypher-exporter", "health"]
ENTRYPOINT ["/usr/local/bin/cypher-exporter"]
