# The command cloudsmith-oidc as a container: no shell step in the build needs more than `docker run -i`.
#
# A release says its VERSION, REVISION and SOURCE_DATE_EPOCH. Built by hand, it can also pin BASE by digest: docs/image.md.
ARG BASE=python:3.13-slim-trixie

FROM ${BASE} AS build
WORKDIR /build
COPY python/requirements.txt python/requirements-build.txt ./
RUN python3 -m venv /opt/cloudsmith-oidc \
    && /opt/cloudsmith-oidc/bin/pip install --no-cache-dir --no-compile --require-hashes --no-deps -r requirements.txt \
    && python3 -m venv /opt/build \
    && /opt/build/bin/pip install --no-cache-dir --no-compile --require-hashes --no-deps -r requirements-build.txt
COPY python ./
RUN /opt/build/bin/pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /build/wheel . \
    && /opt/cloudsmith-oidc/bin/pip install --no-cache-dir --no-compile --no-deps --no-index /build/wheel/*.whl \
    && /opt/cloudsmith-oidc/bin/python3 -m pip uninstall --quiet --yes pip

# What runs needs Python, a shell and tar; what could install something goes, and what only a developer would use.
FROM ${BASE} AS trimmed
COPY --from=build /opt/cloudsmith-oidc /opt/cloudsmith-oidc
RUN stdlib=$(python3 -c 'import sysconfig; print(sysconfig.get_path("stdlib"))') \
    && rm -rf "$stdlib"/ensurepip "$stdlib"/idlelib "$stdlib"/lib2to3 "$stdlib"/tkinter "$stdlib"/turtledemo \
        "$stdlib"/pydoc_data "$stdlib"/test "$stdlib"/site-packages/* "$stdlib"/dist-packages/* \
        /usr/lib/python3/dist-packages/* /usr/local/bin/pip* /usr/bin/pip* /usr/share/python-wheels \
    # -f: byte code that the base brings is valid only for the time stamps of its files, which change below.
    && python3 -m compileall -q -f --invalidation-mode unchecked-hash "$stdlib" /opt/cloudsmith-oidc \
    && rm -rf /usr/bin/apt* /usr/lib/apt /etc/apt /var/lib/apt /var/cache/apt /usr/lib/*/libapt-* \
        /usr/bin/perl* /usr/lib/*/perl-base /usr/share/perl* /usr/bin/debconf* /usr/sbin/*-debconf \
        /usr/share/man /usr/share/info /usr/share/locale /usr/share/bash-completion \
        /var/log/* /tmp/* /root/.cache /var/cache/ldconfig/aux-cache \
    && find / -xdev -type f -perm /6000 -delete \
    && find /usr/share/doc -type f ! -name copyright -delete \
    && find /usr/share/doc -type d -empty -delete \
    && mkdir -p /usr/share/doc/cloudsmith-oidc \
    # A package of Debian's is in the image as long as one of its files is, other than its licence.
    && for list in /var/lib/dpkg/info/*.list; do \
        while read -r file; do \
            if [ -f "$file" ] && [ "${file#/usr/share/doc/}" = "$file" ]; then \
                package=${list##*/}; \
                dpkg-query --show --showformat '${Package} ${Version} ${Architecture}\n' "${package%.list}"; \
                break; \
            fi; \
        done <"$list"; \
    done >/usr/share/doc/cloudsmith-oidc/debian.txt \
    && rm -rf /usr/bin/dpkg* /usr/sbin/dpkg* /usr/lib/dpkg /usr/share/dpkg /var/lib/dpkg \
        /var/cache/debconf /usr/share/debconf

# What is in the image, and under which licences. What finds that out stays out.
FROM build AS documents
COPY --from=trimmed /usr/share/doc/cloudsmith-oidc/debian.txt ./
RUN /opt/build/bin/python3 sbom.py /opt/cloudsmith-oidc/bin/python3 <debian.txt >/build/sbom.cdx.json \
    && /opt/build/bin/pip-licenses --python /opt/cloudsmith-oidc/bin/python3 --with-system --with-urls \
        --output-file /build/licences.txt

FROM trimmed AS complete
ARG SOURCE_DATE_EPOCH=0
COPY --from=documents /build/sbom.cdx.json /build/licences.txt /usr/share/doc/cloudsmith-oidc/
# No file is younger than the commit. What the engine mounts is left alone.
RUN find / -xdev -newermt "@$SOURCE_DATE_EPOCH" ! -path /etc/hosts ! -path /etc/resolv.conf ! -path /etc/hostname \
    ! -path '/proc*' ! -path '/sys*' ! -path '/dev*' \
    -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +

FROM scratch
# Flattened on purpose: what was removed would otherwise still be there, one layer below.
# hadolint ignore=DL3067
COPY --from=complete / /
ENV PATH=/opt/cloudsmith-oidc/bin:/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8 PYTHONDONTWRITEBYTECODE=1
USER 65532:65532
WORKDIR /tmp
ENTRYPOINT ["cloudsmith-oidc"]
ARG BASE
ARG VERSION=unreleased
ARG REVISION=unknown
LABEL org.opencontainers.image.title="cloudsmith-oidc" \
    org.opencontainers.image.description="Log Jenkins jobs in to Cloudsmith with an OpenID Connect ID token" \
    org.opencontainers.image.licenses="Apache-2.0" \
    org.opencontainers.image.version="$VERSION" \
    org.opencontainers.image.revision="$REVISION" \
    org.opencontainers.image.base.name="$BASE"
