# The command cloudsmith-oidc as a container: no shell step in the build needs more than `docker run -i`.
#
# A release pins the base by digest: --build-arg BASE=python:3.13-slim-trixie@sha256:…
ARG BASE=python:3.13-slim-trixie

FROM ${BASE} AS build
WORKDIR /build
COPY python/requirements.txt python/requirements-build.txt ./
RUN python3 -m venv /opt/cloudsmith-oidc \
    && /opt/cloudsmith-oidc/bin/pip install --no-cache-dir --no-compile --require-hashes --no-deps -r requirements.txt \
    && python3 -m venv /opt/build \
    && /opt/build/bin/pip install --no-cache-dir --require-hashes --no-deps -r requirements-build.txt
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
    && python3 -m compileall -q --invalidation-mode unchecked-hash "$stdlib" /opt/cloudsmith-oidc \
    && rm -rf /usr/bin/apt* /usr/lib/apt /etc/apt /var/lib/apt /var/cache/apt /usr/lib/*/libapt-* \
        /usr/bin/dpkg* /usr/sbin/dpkg* /usr/lib/dpkg /usr/share/dpkg /var/lib/dpkg /var/cache/debconf /usr/share/debconf \
        /usr/bin/perl* /usr/lib/*/perl-base /usr/share/perl* /usr/bin/debconf* /usr/sbin/*-debconf \
        /usr/share/doc /usr/share/man /usr/share/info /usr/share/locale /usr/share/bash-completion \
        /var/log/* /tmp/* /root/.cache \
    && find / -xdev -type f -perm /6000 -delete

FROM scratch
# Flattened on purpose: what was removed would otherwise still be there, one layer below.
# hadolint ignore=DL3067
COPY --from=trimmed / /
ENV PATH=/opt/cloudsmith-oidc/bin:/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8 PYTHONDONTWRITEBYTECODE=1
USER 65532:65532
WORKDIR /tmp
ENTRYPOINT ["cloudsmith-oidc"]
